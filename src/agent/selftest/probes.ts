/** The table of probes, in the order in which they are asked. */
import { FILE_PROBES } from './file-probes.ts';
import { MACHINE_PROBES } from './machine-probes.ts';
import { PIPE_PROBES } from './pipe-probes.ts';
import { PROCESS_PROBES } from './process-probes.ts';
import { TOKEN_PROBES } from './token-probes.ts';

export const PROBES = [...MACHINE_PROBES, ...PIPE_PROBES, ...FILE_PROBES, ...TOKEN_PROBES, ...PROCESS_PROBES] as const;

export type ProbeId = (typeof PROBES)[number]['id'];
