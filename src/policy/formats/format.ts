/** The formats a policy travels in, and what reading and writing one answers. */
import type { PolicyDocument } from '../../model/policy.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { EpmError } from '../../model/errors.ts';
import type { PolicyFile } from './json/policy-file.ts';
import type { RuleImportResult } from '../declaration/rule-import-result.ts';

/**
 * `json` the policy file · `graph` Microsoft Graph configuration policies · `syncml` OMA-DM commands · `intune-profile`
 * an Intune custom profile (windows10CustomConfiguration) · `registry` the key tree as JSON · `reg` text of regedit.exe ·
 * `registry-pol` Registry.pol of Group Policy.
 */
export const POLICY_FORMATS = ['json', 'graph', 'syncml', 'intune-profile', 'registry', 'reg', 'registry-pol'] as const;
export type PolicyFormat = (typeof POLICY_FORMATS)[number];

export interface ReadOptions {
  /** Contents of the second input: reusable settings of Graph, or certificate files. Only `graph` asks for it. */
  readonly certificates?: readonly Uint8Array[];
}

/** What a reader made of its input. No rule of the input is missing: each has its entry in a report. */
export interface ReadPolicies {
  readonly policies: readonly PolicyFile[];
  /** What could not be taken outside of any policy. */
  readonly problems: readonly Diagnostic[];
}

/** @throws EpmError EPM_POLICY_INVALID when the input as a whole is not of this format */
export type PolicyReader = (input: Uint8Array, options: ReadOptions) => ReadPolicies;

/** What a writer made, and every rule that the format cannot carry whole. */
export interface WrittenPolicy {
  readonly bytes: Uint8Array;
  /** Only rules that were changed or left out. */
  readonly rules: readonly RuleImportResult[];
  readonly problems: readonly Diagnostic[];
}

/** The format can hold nothing of the policy. What became of each rule is told all the same. */
export class NothingWritten extends EpmError {
  readonly written: Omit<WrittenPolicy, 'bytes'>;

  constructor(message: string, hint: string, written: Omit<WrittenPolicy, 'bytes'>) {
    super('EPM_POLICY_INVALID', message, { hint });
    this.written = written;
  }
}

export interface WriteOptions {
  /** Write what would elevate more, or deny less, where the format is read by another product than this one: `graph`. */
  readonly allowLooser?: boolean;
}

/** @throws EpmError EPM_POLICY_INVALID when the policy as a whole has no place in this format */
export type PolicyWriter = (document: PolicyDocument, options?: WriteOptions) => WrittenPolicy;
