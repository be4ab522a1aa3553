import type { Caller } from '../../agent/ports.ts';

/** A caller whose token the native part keeps as long as the connection is open. */
export interface NativeCaller extends Caller {
  /** Number of the connection in the native part. */
  readonly connection: number;
}
