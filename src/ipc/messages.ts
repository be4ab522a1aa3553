/**
 * Messages of the pipe as bytes. Reading is strict: valid UTF-8, bounded depth, no member twice, no unknown member, no
 * half characters. What passes has exactly the form of the channel map.
 */
import type { PolicyReport, PolicyRuleReport, TestResult } from '../agent/contract.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import { EpmError } from '../model/errors.ts';
import { hasDuplicates, parseJson, valueOf } from '../text/json-text.ts';
import { MAX_MESSAGE, type AgentMessage, type Channel, type ClientMessage } from './channels.ts';
import * as generated from './generated/validators.ts';

interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly keyword: string }[] | null;
}

/** Message, body, arguments. */
const MAX_DEPTH = 3;

const BODIES: Readonly<Record<Channel, Validator>> = {
  elevate: generated.validateElevate as Validator,
  test: generated.validateTest as Validator,
  policy: generated.validatePolicy as Validator,
  audit: generated.validateAudit as Validator,
  status: generated.validateStatus as Validator,
};

/**
 * @param bytes one message as the pipe delivered it
 * @throws EpmError EPM_REQUEST_TOO_LARGE, EPM_REQUEST_MALFORMED with the place in `data.place`, never with content
 */
export function parseClientMessage(bytes: Uint8Array): ClientMessage {
  if (bytes.length > MAX_MESSAGE) {
    throw new EpmError('EPM_REQUEST_TOO_LARGE', `The message has ${bytes.length} bytes; the limit is ${MAX_MESSAGE}.`);
  }
  const value = parseObject(bytes);
  if ('cancel' in value) {
    check(generated.validateCancel as Validator, value, '');
    return value as unknown as ClientMessage;
  }
  check(generated.validateRequest as Validator, value, '');
  const { channel, body } = value as { channel: Channel; body: unknown };
  check(BODIES[channel], body, '/body');
  return value as unknown as ClientMessage;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('it is not UTF-8 text');
  }
  const parsed = parseJson(text, { comments: false, maxDepth: MAX_DEPTH });
  if ('fault' in parsed)
    throw malformed(parsed.fault.reason === 'tooDeep' ? 'it is nested too deeply' : 'it is not JSON');
  if (parsed.root.type !== 'Object') throw malformed('it is not an object');
  if (hasDuplicates(parsed.root)) throw malformed('a member is given twice');
  const value = valueOf(parsed.root) as Record<string, unknown>;
  if (!isWellFormed(value)) throw malformed('a text in it is not valid Unicode');
  return value;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isWellFormed);
}

function check(validate: Validator, value: unknown, prefix: string): void {
  if (validate(value)) return;
  const first = validate.errors?.[0];
  // Pointers below the root name members of the schema only: unknown members are reported at their parent.
  const place = `${prefix}${first?.instancePath ?? ''}`;
  throw malformed(
    `"${place === '' ? '/' : place}" is not as the protocol wants it (${first?.keyword ?? 'schema'})`,
    place,
  );
}

function malformed(why: string, place?: string): EpmError {
  return new EpmError(
    'EPM_REQUEST_MALFORMED',
    `The message is not a valid request: ${why}.`,
    place === undefined ? {} : { data: { place } },
  );
}

/** @returns the message as UTF-8, at most MAX_MESSAGE bytes; results that are too long are cut and marked */
export function encodeAgentMessage<C extends Channel>(message: AgentMessage<C>): Uint8Array {
  const bytes = encode(message);
  if (bytes.length <= MAX_MESSAGE) return bytes;
  for (let keep = 0.5; keep > 0.0001; keep /= 2) {
    const shorter = encode(shorten(message, keep));
    if (shorter.length <= MAX_MESSAGE) return shorter;
  }
  throw new EpmError('EPM_INTERNAL', 'An answer is longer than one message and cannot be cut.');
}

/** @throws EpmError EPM_REQUEST_TOO_LARGE */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const bytes = encode(message);
  if (bytes.length > MAX_MESSAGE) {
    throw new EpmError('EPM_REQUEST_TOO_LARGE', `The request has ${bytes.length} bytes; the limit is ${MAX_MESSAGE}.`);
  }
  return bytes;
}

function encode(message: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

/** @param keep share of each list that stays, 0–1; texts keep the same share of their longest form */
function shorten(message: AgentMessage, keep: number): unknown {
  if (message.kind === 'error') return message;
  const { body } = message;
  if ('trace' in body) return { kind: message.kind, body: shortenTest(body, keep) };
  if ('rules' in body && Array.isArray(body.rules))
    return { kind: message.kind, body: shortenPolicy(body as PolicyReport, keep) };
  if ('record' in body)
    return { kind: message.kind, body: { record: shortenRecord(body.record, keep), truncated: true } };
  return message;
}

function shortenTest(result: TestResult, keep: number): TestResult {
  const { trace } = result;
  return {
    ...result,
    trace: {
      candidates: head(trace.candidates, keep),
      nearMisses: head(trace.nearMisses, keep),
      rejected: head(trace.rejected, keep),
      wouldChange: head(trace.wouldChange, keep),
    },
    explanation: `${cut(result.explanation, keep)}\n(The explanation was too long for one message and is cut here.)`,
    truncated: true,
  };
}

function shortenPolicy(report: PolicyReport, keep: number): PolicyReport {
  const [first] = report.rules;
  const kept = head(report.rules, keep);
  // Always at least one, so that whoever asks for the rest gets on; only its argument list can be that long.
  const rules = kept.length > 0 || first === undefined ? kept : [withoutArguments(first)];
  const isCut = report.truncated === true || rules.length < report.rules.length;
  return { ...report, rules, ...(isCut ? { truncated: true } : {}) };
}

function withoutArguments(rule: PolicyRuleReport): PolicyRuleReport {
  const { arguments: left, ...rest } = rule;
  return left === undefined ? rule : { ...rest, truncated: true };
}

function shortenRecord(record: AuditRecord, keep: number): AuditRecord {
  return {
    ...record,
    ...(record.filePath === undefined ? {} : { filePath: cut(record.filePath, keep) }),
    ...(record.arguments === undefined
      ? {}
      : { arguments: head(record.arguments, keep).map((value) => cut(value, keep)) }),
  };
}

function head<T>(list: readonly T[], keep: number): readonly T[] {
  return list.slice(0, Math.floor(list.length * keep));
}

function cut(text: string, keep: number): string {
  const length = Math.floor(Math.min(text.length, MAX_MESSAGE / 2) * keep);
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
