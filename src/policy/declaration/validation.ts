/** Runs the compiled schemas and turns what they report into diagnostics. */
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import type { DiagnosticCode } from '../../model/diagnostic-codes.ts';
import * as cases from '../cases/generated/validators.ts';
import * as generated from './generated/validators.ts';
import { pointerNames, pointerStep } from '../../text/json-pointer.ts';

/** What a compiled validator reports (ajv's ErrorObject, the part that is used). */
interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

/** Forms that are checked. */
type SchemaName = 'approverKey' | 'notification' | 'rule' | 'settings' | 'frame' | 'cases';

const validators: Readonly<Record<SchemaName, Validator>> = {
  approverKey: generated.validateApproverKey as Validator,
  notification: generated.validateNotification as Validator,
  rule: generated.validateRule as Validator,
  settings: generated.validateSettings as Validator,
  frame: generated.validatePolicyFrame as Validator,
  cases: cases.validateCaseFile as Validator,
};

/** What is wrong with a value, and the first member of the object it belongs to; undefined: the object itself. */
interface ValueDiagnostic {
  readonly diagnostic: Diagnostic;
  readonly member: string | undefined;
}

/** Diagnostics kept for one member, and for all unknown members together; a hostile value can have a great many. */
const DIAGNOSTICS_KEPT = 8;

/**
 * Checks a plain value. Places are JSON pointers inside the value. Every faulty member that the schema knows has at least
 * one diagnostic in the answer.
 */
export function checkValue(schema: SchemaName, value: unknown): readonly ValueDiagnostic[] {
  const validate = validators[schema];
  if (validate(value)) return [];
  const found: ValueDiagnostic[] = [];
  const pointers = new Set<string>();
  const counts = new Map<string, number>();
  for (const error of validate.errors ?? []) {
    const { code, message, member: inner } = explain(error);
    const pointer = inner === undefined ? error.instancePath : `${error.instancePath}${pointerStep(inner)}`;
    const member = pointerNames(pointer)[0];
    const group = code === 'unknownMember' ? '' : `/${member ?? ''}`;
    const count = counts.get(group) ?? 0;
    // A wrong type also fails every other keyword, and `oneOf` each of its branches; one diagnostic a place is enough.
    if (pointers.has(pointer) || count >= DIAGNOSTICS_KEPT) continue;
    pointers.add(pointer);
    counts.set(group, count + 1);
    found.push({ diagnostic: diagnostic(code, message, pointer === '' ? undefined : { pointer }), member });
  }
  return found;
}

function explain({ keyword, params }: SchemaError): { code: DiagnosticCode; message: string; member?: string } {
  switch (keyword) {
    case 'additionalProperties': {
      const member = String(params['additionalProperty']);
      return { code: 'unknownMember', message: `"${shorten(member)}" is not known here.`, member };
    }
    case 'required': {
      const member = String(params['missingProperty']);
      return { code: 'missing', message: `"${member}" is missing.`, member };
    }
    case 'dependentRequired': {
      const member = String(params['property']);
      return { code: 'missing', message: `"${member}" needs "${String(params['missingProperty'])}".`, member };
    }
    case 'type':
      return { code: 'wrongType', message: `This must be of type ${String(params['type'])}.` };
    case 'enum':
      return { code: 'unknownValue', message: `This must be one of: ${String(params['allowedValues'])}.` };
    case 'const':
      return { code: 'unknownValue', message: `This must be ${String(params['allowedValue'])}.` };
    case 'minLength':
      return { code: 'empty', message: 'This must not be empty.' };
    case 'maxLength':
      return { code: 'tooLong', message: `This is longer than ${String(params['limit'])} characters.` };
    case 'minimum':
    case 'maximum':
      return {
        code: 'unknownValue',
        message: `This must be ${String(params['comparison'])} ${String(params['limit'])}.`,
      };
    case 'minItems':
      return { code: 'empty', message: 'This must not be empty.' };
    case 'maxItems':
    case 'maxProperties':
      return { code: 'tooMany', message: `There are more than ${String(params['limit'])} entries.` };
    case 'uniqueItems':
      return { code: 'givenTwice', message: 'An entry is given twice.' };
    case 'discriminator': {
      const member = String(params['tag']);
      if (params['tagValue'] === undefined) return { code: 'missing', message: `"${member}" is missing.`, member };
      return { code: 'unknownValue', message: 'There is no such kind.', member };
    }
    case 'oneOf':
      return { code: 'ambiguous', message: 'Give exactly one of "sha256" and "name".' };
    case 'pattern':
      return { code: 'badCharacters', message: 'This is blank, or has characters that are not allowed here.' };
    default:
      return { code: 'invalid', message: 'This is not valid.' };
  }
}

function shorten(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
