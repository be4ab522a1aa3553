import { EpmError } from '../../model/errors.ts';
import { defined } from '../../model/defined.ts';

/** Why no rule, or none that is of use, can be made of something. Member `reason` of the error's data. */
type NoRuleReason =
  | 'argumentsCut'
  | 'argumentsNeeded'
  | 'argumentsUnknown'
  | 'contentUnknown'
  | 'externalFiles'
  | 'fileRefused'
  | 'noMatch'
  | 'noSuchRecord'
  | 'notSigned'
  | 'recordCut'
  | 'recordWithoutFile'
  | 'ruleRejected'
  | 'signatureBroken'
  | 'textsUnsigned';

/** @returns EPM_RULE_SOURCE, to throw */
export function noRule(reason: NoRuleReason, message: string, hint?: string): EpmError {
  return new EpmError('EPM_RULE_SOURCE', message, { ...defined({ hint }), data: { reason } });
}
