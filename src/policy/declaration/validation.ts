/** Runs the compiled schemas and turns their findings into reasons a person understands. */
import type { RejectionReason } from '../../model/rule.ts';
import * as cases from '../cases/generated/validators.ts';
import * as generated from './generated/validators.ts';
import { pointerNames, pointerStep } from '../../text/json-text.ts';

/** What a compiled validator reports (ajv's ErrorObject, the part that is used). */
interface Finding {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly Finding[] | null;
}

/** Forms that are checked. */
export type SchemaName = 'rule' | 'settings' | 'frame' | 'cases';

const validators: Readonly<Record<SchemaName, Validator>> = {
  rule: generated.validateRule as Validator,
  settings: generated.validateSettings as Validator,
  frame: generated.validatePolicyFrame as Validator,
  cases: cases.validateCaseFile as Validator,
};

/** A reason, and the first member of the object it belongs to; undefined: the object itself. */
export interface Fault extends RejectionReason {
  readonly member: string | undefined;
}

/** Reasons kept for one member, and for all unknown members together; a hostile value can have a great many. */
const REASONS_KEPT = 8;

/**
 * Checks a plain value. `place` of each fault is the JSON pointer inside the value. Every faulty member that the
 * schema knows has at least one fault in the answer.
 */
export function findFaults(schema: SchemaName, value: unknown): readonly Fault[] {
  const validate = validators[schema];
  if (validate(value)) return [];
  const faults: Fault[] = [];
  const places = new Set<string>();
  const counts = new Map<string, number>();
  for (const finding of validate.errors ?? []) {
    const { reason, message, member: inner } = explain(finding);
    const place = inner === undefined ? finding.instancePath : `${finding.instancePath}${pointerStep(inner)}`;
    const member = pointerNames(place)[0];
    const group = reason === 'unknownMember' ? '' : `/${member ?? ''}`;
    const count = counts.get(group) ?? 0;
    // A wrong type also fails every other keyword, and `oneOf` each of its branches; one reason a place is enough.
    if (places.has(place) || count >= REASONS_KEPT) continue;
    places.add(place);
    counts.set(group, count + 1);
    faults.push({ reason, place, message, member });
  }
  return faults;
}

function explain({ keyword, params }: Finding): { reason: string; message: string; member?: string } {
  switch (keyword) {
    case 'additionalProperties': {
      const member = String(params['additionalProperty']);
      return { reason: 'unknownMember', message: `"${shorten(member)}" is not known here.`, member };
    }
    case 'required': {
      const member = String(params['missingProperty']);
      return { reason: 'missing', message: `"${member}" is missing.`, member };
    }
    case 'dependentRequired': {
      const member = String(params['property']);
      return { reason: 'missing', message: `"${member}" needs "${String(params['missingProperty'])}".`, member };
    }
    case 'type':
      return { reason: 'wrongType', message: `This must be of type ${String(params['type'])}.` };
    case 'enum':
      return { reason: 'unknownValue', message: `This must be one of: ${String(params['allowedValues'])}.` };
    case 'const':
      return { reason: 'unknownValue', message: `This must be ${String(params['allowedValue'])}.` };
    case 'minLength':
      return { reason: 'empty', message: 'This must not be empty.' };
    case 'maxLength':
      return { reason: 'tooLong', message: `This is longer than ${String(params['limit'])} characters.` };
    case 'minimum':
    case 'maximum':
      return {
        reason: 'unknownValue',
        message: `This must be ${String(params['comparison'])} ${String(params['limit'])}.`,
      };
    case 'minItems':
      return { reason: 'empty', message: 'This must not be empty.' };
    case 'maxItems':
    case 'maxProperties':
      return { reason: 'tooMany', message: `There are more than ${String(params['limit'])} entries.` };
    case 'uniqueItems':
      return { reason: 'givenTwice', message: 'An entry is given twice.' };
    case 'oneOf':
      return { reason: 'ambiguous', message: 'Give exactly one of "sha256" and "name".' };
    case 'pattern':
      return { reason: 'badCharacters', message: 'This is blank, or has characters that are not allowed here.' };
    default:
      return { reason: 'invalid', message: 'This is not valid.' };
  }
}

function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
