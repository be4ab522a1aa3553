/** Runs the compiled schemas and turns their findings into reasons a person understands. */
import type { RejectionReason } from '../model/rule.ts';
import * as generated from './generated/validators.ts';

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

const validators: Readonly<Record<'rule' | 'settings' | 'frame', Validator>> = {
  rule: generated.validateRule as Validator,
  settings: generated.validateSettings as Validator,
  frame: generated.validatePolicyFrame as Validator,
};

/** A reason, and the first member of the object it belongs to; undefined: the object itself. */
export interface Fault extends RejectionReason {
  readonly member: string | undefined;
}

/** Checks a plain value. `place` of each fault is the JSON pointer inside the value. */
export function findFaults(schema: 'rule' | 'settings' | 'frame', value: unknown): readonly Fault[] {
  const validate = validators[schema];
  if (validate(value)) return [];
  const faults: Fault[] = [];
  for (const finding of validate.errors ?? []) {
    const { reason, message, member } = explain(finding);
    const place = member === undefined ? finding.instancePath : `${finding.instancePath}/${escapeStep(member)}`;
    // A wrong type also fails every other keyword, and `oneOf` each of its branches; one reason a place is enough.
    if (!faults.some((fault) => fault.place === place)) {
      faults.push({ reason, place, message, member: firstStep(place) });
    }
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

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function firstStep(pointer: string): string | undefined {
  const step = pointer.split('/')[1];
  return step?.replaceAll('~1', '/').replaceAll('~0', '~');
}
