/** Records the answers of the probes of permissions and integrity levels. */
import type { Answer } from '../../agent/selftest/probe.ts';
import { NotPossible } from '../../agent/selftest/run-probes.ts';
import { asLowIntegrity, asRestricted, ownToken } from './identities.ts';
import { file } from './locks.ts';
import { isSystem, readToken } from './token-reader.ts';
import { DELETE, GENERIC_READ, GENERIC_WRITE, makeFolder, openError, type ProbeTools } from './tools.ts';

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

/** Rights that an owner has by being the owner, and FILE_FLAG_BACKUP_SEMANTICS, by which a folder is opened. */
const READ_CONTROL = 0x2_0000;
const WRITE_DAC = 0x4_0000;
const FOLDER = 0x200_0000;
/** SYNCHRONIZE | FILE_READ_ATTRIBUTES, which CreateFileW asks for besides; in SDDL. */
const USUAL = '0x100080';

export function ownerRights(tools: ProbeTools): Answer {
  if (isSystem(tools)) throw new NotPossible('what the local system owns says nothing about others');
  const folder = makeFolder(tools);
  const { user } = readToken(tools, ownToken(tools));
  const ownedBy = (name: string, entry: string): string =>
    makeFolder(
      tools,
      `${folder}\\${name}`,
      `O:${user}G:BAD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;${USUAL};;;${user})${entry}`,
    );
  const usual = ownedBy('usual', '');
  const limited = ownedBy('limited', '(A;;RC;;;OW)');
  return asRestricted(tools, () => ({
    usualOwner: openError(tools, usual, WRITE_DAC, FOLDER),
    read: openError(tools, limited, READ_CONTROL, FOLDER),
    change: openError(tools, limited, WRITE_DAC, FOLDER),
  }));
}

export function integrity(tools: ProbeTools): Answer {
  const path = file(tools);
  return asLowIntegrity(tools, () => ({
    read: openError(tools, path, GENERIC_READ),
    write: openError(tools, path, GENERIC_WRITE),
  }));
}
