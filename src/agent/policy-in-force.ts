/** The policy that decisions are made by, and what it was made of. */
import type { CompiledPolicy } from '../engine/index.ts';
import type { Sid } from '../model/brands.ts';
import type { PolicyDocument } from '../model/policy.ts';

export interface PolicyInForce {
  readonly compiled: CompiledPolicy;
  readonly documents: readonly PolicyDocument[];
  /** Users for whom nothing is in force, because their own policy is there and was never readable. */
  readonly withheld: ReadonlySet<Sid>;
  /** SHA-256 over the canonical form of every policy, hexadecimal; does not depend on the order of delivery. */
  readonly digest: string;
  /** Milliseconds since 1970, UTC. */
  readonly since: number;
}
