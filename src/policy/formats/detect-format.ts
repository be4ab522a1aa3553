/**
 * Which format an input is in, by its content alone. A format is named only when nothing else fits; otherwise the input is
 * refused with what it was taken for, since a policy read as another format would lose rules.
 */
import { EpmError } from '../../model/errors.ts';
import { isDeclaredConfiguration } from './mdm/declared-configuration.ts';
import type { PolicyFormat } from './format.ts';
import { parseJson, valueOf } from '../../text/json-text.ts';
import { isRegText } from './reg/reg-file.ts';
import { isRegistryPol } from './registry-pol.ts';
import { decodePolicyText } from './input.ts';

/** Deepest that JSON is looked at here; the readers have limits of their own. */
const MAX_DEPTH = 64;
const HINT = 'Check that it is the right file. To `epm policy convert` you can say its format with --from.';
/** What `epm policy new-rule` prints is such a text: lists for a policy file. */
const NO_VERSION =
  'Write "version": 1 before the rules, and "settings": {"enabled": true} where no other policy turns EPM on.';

/** @throws EpmError EPM_POLICY_INVALID when it is of no format, or may be of several */
export function detectFormat(input: Uint8Array): PolicyFormat {
  if (isRegistryPol(input)) return 'registry-pol';
  const text = decodePolicyText(input).replace(/^\ufeff/, '');
  if (isRegText(text)) return 'reg';
  const start = text.trimStart();
  if (start.startsWith('<')) return xmlFormat(start);
  if (start.startsWith('{') || start.startsWith('[') || start.startsWith('/')) return jsonFormat(text);
  throw unknown('It is no policy: neither JSON, XML, a .reg file nor Registry.pol.');
}

/** Name of the first element, behind the declaration and comments. */
function xmlFormat(text: string): PolicyFormat {
  let rest = text;
  while (/^<[?!]/.test(rest)) {
    const close = rest.startsWith('<!--') ? '-->' : '>';
    const end = rest.indexOf(close);
    if (end === -1) break;
    rest = rest.slice(end + close.length).trimStart();
  }
  const name = /^<(?:[\w.-]{1,64}:)?([\w.-]{1,64})/.exec(rest)?.[1] ?? '';
  if (name === 'SyncML') return 'syncml';
  if (isDeclaredConfiguration(name)) {
    throw unknown(
      'It is a declared-configuration document. What Endpoint Privilege Management writes into one is not published, so no policy is read from it.',
      'Look at its frame with `epm policy inspect`.',
    );
  }
  if (name === 'policyDefinitions') {
    throw unknown(
      'It is an ADMX file, which defines policies and holds none.',
      'Convert what sets the policies: SyncML, Registry.pol or a .reg file.',
    );
  }
  throw unknown(
    `It is XML with the root "${name}", which is no format of a policy.`,
    'Give SyncML, or another format.',
  );
}

function jsonFormat(text: string): PolicyFormat {
  const value = jsonValue(text);
  const formats = new Set<PolicyFormat>();
  const objects = objectsOf(value);
  if (objects.some(isCaseFile))
    throw refused('This is a file of test cases, no policy.', 'Run them with `epm policy test`.');
  for (const object of objects) addFormats(object, formats);
  const [format, second] = formats;
  if (format === undefined) {
    if (objects.some(({ rules }) => Array.isArray(rules)))
      throw refused('It has rules and no version, so it is no policy file yet.', NO_VERSION);
    throw unknown('It is JSON, but no format of a policy has these members.');
  }
  if (second !== undefined) throw unknown(`It may be ${[...formats].join(' or ')}.`);
  return format;
}

/** JSON.parse is quick; only a text with comments, or a broken one, goes the careful way. */
function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const parsed = parseJson(text, { comments: true, maxDepth: MAX_DEPTH });
    if ('root' in parsed) return valueOf(parsed.root);
    const { message, place } = parsed.fault;
    const { line, column } = place;
    throw unknown(
      `It looks like JSON and is not valid at line ${line}, column ${column}: ${message}`,
      'Correct it there.',
    );
  }
}

/** The object itself, or those of a list or of Graph's `value`. */
function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return list.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
    const members = withoutCase(entry);
    const inner: unknown = members['value'];
    return Array.isArray(inner)
      ? [members, ...inner.flatMap((item: unknown) => (isObject(item) ? [withoutCase(item)] : []))]
      : [members];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutCase(value: object): Readonly<Record<string, unknown>> {
  const members = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) members[name.toLowerCase()] = member;
  const additional = members['additionalproperties'];
  if (isObject(additional))
    for (const [name, member] of Object.entries(additional)) members[name.toLowerCase()] ??= member;
  return members;
}

/** A policy that a later version gives cases too would still have rules or settings. */
function isCaseFile(members: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(members['cases']) && members['rules'] === undefined && members['settings'] === undefined;
}

const GRAPH_MEMBERS = ['settinginstance', 'settingsdetails', 'templatereference', 'settingdefinitionid'];

function addFormats(members: Readonly<Record<string, unknown>>, formats: Set<PolicyFormat>): void {
  const has = (name: string): boolean => members[name] !== undefined;
  const type = typeof members['@odata.type'] === 'string' ? members['@odata.type'].toLowerCase() : '';
  // What Graph returns of any deviceConfiguration has a version of its own.
  const isOfGraph = has('omasettings') || type.startsWith('#microsoft.graph.');
  if (has('version') && !Array.isArray(members['settings']) && (!isOfGraph || has('rules'))) formats.add('json');
  if (has('omasettings') || type.endsWith('.windows10customconfiguration')) formats.add('intune-profile');
  if (Array.isArray(members['settings']) || GRAPH_MEMBERS.some(has)) formats.add('graph');
  if (typeof members['key'] === 'string' && (has('values') || has('subkeys'))) formats.add('registry');
}

function unknown(reason: string, hint = HINT): EpmError {
  return refused(`What the input is cannot be told, or it is no policy. ${reason}`, hint);
}

function refused(message: string, hint: string): EpmError {
  return new EpmError('EPM_POLICY_INVALID', message, { hint });
}
