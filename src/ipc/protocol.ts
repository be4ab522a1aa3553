import type { PipeKind } from '../agent/ports.ts';

/**
 * The agent's pipes. One connection carries one request; the agent answers with any number of events and exactly one
 * result or error. Every message is one JSON object in UTF-8, at most MAX_MESSAGE bytes. The only further messages a
 * client may send are one cancel, and `taken` for each event that the agent waits for.
 */
export const PROTOCOL_VERSION = 1;
/** Only administrators and the system can create pipes below this prefix, so nobody can take the name first. */
const PREFIX = '\\\\.\\pipe\\ProtectedPrefix\\Administrators\\EPM';
export const PIPE_NAMES: Readonly<Record<PipeKind, string>> = {
  user: `${PREFIX}\\agent`,
  administration: `${PREFIX}\\administration`,
};
/** Bytes. */
export const MAX_MESSAGE = 64 * 1024;
