/** Records the answers of the probes of permissions and integrity levels. */
import type { Answer } from '../../agent/selftest/probe.ts';
import { asLowIntegrity, asRestricted } from './identities.ts';
import { file } from './locks.ts';
import { DELETE, GENERIC_READ, GENERIC_WRITE, openError, type ProbeTools } from './tools.ts';

export function permissions(tools: ProbeTools): Answer {
  const path = file(tools);
  return {
    ownRead: openError(tools, path, GENERIC_READ),
    ...asRestricted(tools, () => ({
      read: openError(tools, path, GENERIC_READ),
      write: openError(tools, path, GENERIC_WRITE),
      remove: openError(tools, path, DELETE),
    })),
  };
}

export function integrity(tools: ProbeTools): Answer {
  const path = file(tools);
  return asLowIntegrity(tools, () => ({
    read: openError(tools, path, GENERIC_READ),
    write: openError(tools, path, GENERIC_WRITE),
  }));
}
