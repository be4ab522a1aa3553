/** Facts about named pipes: nobody can put a server of their own in the place of the agent. */
import type { Probe } from './probe.ts';

const ACCESS_DENIED = 5;

export const PIPE_PROBES = [
  {
    id: 'firstPipeInstance',
    title: 'A second server of a pipe is refused',
    relies: 'The agent notices that somebody serves its pipe already, and does not start.',
    source: 'FILE_FLAG_FIRST_PIPE_INSTANCE, CreateNamedPipeW, Microsoft Learn',
    needs: 'administrator',
    restores: 'Makes a pipe with a random name, which ends with its handle.',
    expected: { first: 0, second: ACCESS_DENIED },
  },
  {
    id: 'protectedPrefix',
    title: 'Only administrators create pipes below ProtectedPrefix\\Administrators',
    relies: 'No user can serve the pipe of the agent, also while the agent does not run.',
    source: 'tiraniddo.dev, "Named Pipe Secure Prefixes", 2017',
    needs: 'administrator',
    restores: 'Makes a pipe with a random name, which ends with its handle.',
    expected: { administrator: 0, restricted: ACCESS_DENIED },
  },
] as const satisfies readonly Probe[];
