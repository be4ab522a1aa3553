/**
 * Policies in an Intune custom profile (Graph: windows10CustomConfiguration), whose `omaSettings` are OMA-URIs with
 * values. Graph hides the values of such a profile when it is read: `isEncrypted` is true and the value is `****`. An
 * export that did not fetch the plain text holds no policy, and is refused with the way to get it.
 */
import { diagnostic, pointerPlace, type Diagnostic } from '../../../model/diagnostic.ts';
import { EpmError } from '../../../model/errors.ts';
import type { PortablePolicy } from '../../../model/policy.ts';
import { ADMX_POLICIES, renderAdmx } from '../../declaration/admx.ts';
import { LIMITS } from '../../declaration/limits.ts';
import { toJson } from '../../declaration/canonical.ts';
import type { ReadPolicies, WrittenPolicy } from '../format.ts';
import { parseJson, valueOf, type JsonNode } from '../../../text/json-text.ts';
import { OmaPolicies } from './oma-policy.ts';
import type { PolicyFile } from '../json/policy-file.ts';
import { ADMX_INSTALL_URI, deliveryOf, installOperation } from './syncml.ts';
import { decodePolicyText } from '../input.ts';

const PROFILE_TYPE = '#microsoft.graph.windows10CustomConfiguration';
const SETTING_TYPE = '#microsoft.graph.omaSetting';
const MAX_DEPTH = 12;
const MAX_ROWS = 10_000;

/** Members by name in lower case, as exports differ in case. */
type Members = ReadonlyMap<string, JsonNode>;

/**
 * Reads one profile, a list of them, or Graph's answer with a list in `value`.
 * @throws EpmError EPM_POLICY_INVALID when the text is not of this format, when a value of EPM's is hidden, or when a
 *   device would refuse rules of it
 */
export function readIntuneProfile(input: Uint8Array): ReadPolicies {
  const text = decodePolicyText(input).replace(/^\ufeff/, '');
  if (text.length > LIMITS.policyFile) throw invalid(`It has more than ${LIMITS.policyFile} characters.`);
  const parsed = parseJson(text, { comments: false, maxDepth: MAX_DEPTH });
  if ('fault' in parsed) throw invalid(parsed.fault.message, parsed.fault.place.line);
  const policies: PolicyFile[] = [];
  const problems: Diagnostic[] = [];
  for (const { members, pointer } of profilesIn(parsed.root)) {
    const read = readProfile(members, pointer);
    policies.push(...read.policies);
    problems.push(...read.problems);
  }
  return { policies, problems };
}

function profilesIn(root: JsonNode): readonly { readonly members: Members; readonly pointer: string }[] {
  if (root.type === 'Array') return root.elements.map((element, index) => profile(element, `/${index}`));
  const { members } = profile(root, '');
  const list = members.get('value');
  if (members.has('omasettings') || list?.type !== 'Array') return [{ members, pointer: '' }];
  return list.elements.map((element, index) => profile(element, `/value/${index}`));
}

/** What the PowerShell SDK keeps apart as AdditionalProperties belongs to the profile itself. */
function profile(node: JsonNode, pointer: string): { readonly members: Members; readonly pointer: string } {
  const members = membersOf(node, pointer);
  const additional = members.get('additionalproperties');
  if (additional?.type !== 'Object') return { members, pointer };
  const merged = new Map(members);
  for (const [name, value] of membersOf(additional, `${pointer}/AdditionalProperties`)) {
    if (merged.has(name)) throw invalid(`${pointer}/${name}: This is given twice.`, value.line);
    merged.set(name, value);
  }
  return { members: merged, pointer };
}

function readProfile(members: Members, pointer: string): ReadPolicies {
  const rows = members.get('omasettings');
  if (rows?.type !== 'Array') throw invalid(`${pointer || '/'}: There is no list "omaSettings".`);
  if (rows.elements.length > MAX_ROWS) throw invalid(`${pointer}/omaSettings has more than ${MAX_ROWS} rows.`);
  const oma = new OmaPolicies();
  const problems: Diagnostic[] = [];
  rows.elements.forEach((row, index) => {
    const at = `${pointer}/omaSettings/${index}`;
    const problem = readRow(oma, membersOf(row, at), at, row.line);
    if (problem !== undefined) problems.push(problem);
  });
  const read = oma.policies();
  return { policies: read.policies, problems: [...read.problems, ...problems] };
}

function readRow(oma: OmaPolicies, row: Members, pointer: string, line: number): Diagnostic | undefined {
  const uri = textOf(row.get('omauri'));
  if (uri === undefined) throw invalid(`${pointer}: The row has no omaUri.`, line);
  // Whose address it is shows before its value is asked for.
  const outcome = oma.apply('Get', uri, '');
  if (outcome.kind === 'other') {
    const message = `${uri.slice(0, 256)} is not EPM's and was left out.`;
    return diagnostic('otherItem', message, pointerPlace(pointer, line));
  }
  // Intune has one row an address; of two, which one a device gets is not told.
  const value = valueOfRow(row, uri, pointer, line);
  const done = outcome.kind === 'refused' ? outcome : oma.apply('Add', uri, value);
  if (done.kind !== 'refused') return undefined;
  const message = `A device would refuse ${uri.slice(0, 256)} with status ${done.status}: ${done.message}`;
  if (done.isList) throw invalid(`${pointer}: ${message}`, line);
  return diagnostic('refusedItem', message, pointerPlace(pointer, line));
}

function valueOfRow(row: Members, uri: string, pointer: string, line: number): string {
  const value = textOf(row.get('value'));
  const encrypted = row.get('isencrypted');
  const isMissing = value === undefined || value.trim() === '';
  const isHidden = isMissing
    ? encrypted?.type === 'Boolean' && encrypted.value
    : // Whoever put the plain text there may have left the mark.
      /^\*{4,}$/.test(value.trim());
  if (isHidden) {
    const reference = textOf(row.get('secretreferencevalueid'))?.slice(0, 128) ?? '…';
    throw new EpmError(
      'EPM_POLICY_INVALID',
      `${pointer}: The export holds "****" in place of the value of ${uri.slice(0, 256)}, because Graph hides it.`,
      {
        hint: `Ask Graph for the plain text (GET …/deviceManagement/deviceConfigurations/{id}/getOmaSettingPlainTextValue(secretReferenceValueId='${reference}')), put it in place of "****".`,
        data: { line, pointer },
      },
    );
  }
  const type = textOf(row.get('@odata.type'))?.toLowerCase().replace(SETTING_TYPE.toLowerCase(), '') ?? 'string';
  if (value === undefined || (type !== 'string' && type !== 'stringxml')) {
    throw invalid(
      `${pointer}: The value of ${uri.slice(0, 256)} must be a text (status 415), not ${type.slice(0, 64)}.`,
      line,
    );
  }
  return type === 'string' ? value : decodeBase64(value, pointer, line);
}

/** StringXml is a file, so that it may be in any encoding a file may have. */
function decodeBase64(value: string, pointer: string, line: number): string {
  const dense = value.replace(/\s+/g, '');
  if (dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(dense)) {
    throw invalid(`${pointer}: The value of a StringXml row must be base64.`, line);
  }
  return decodePolicyText(Buffer.from(dense, 'base64')).replace(/^\ufeff/, '');
}

/** A profile with the ADMX first, then one row per setting and list. */
export function writeIntuneProfile(document: PortablePolicy): WrittenPolicy {
  const titles = new Map(ADMX_POLICIES.map(({ name, title }) => [name, title]));
  const install = installOperation(renderAdmx());
  const rows = [install, ...deliveryOf(document)].map(({ uri, data = '' }) => ({
    '@odata.type': `${SETTING_TYPE}String`,
    displayName: uri === ADMX_INSTALL_URI ? 'EPM.admx' : (titles.get(uri.slice(uri.lastIndexOf('/') + 1)) ?? uri),
    omaUri: uri,
    value: data,
  }));
  const file = { '@odata.type': PROFILE_TYPE, displayName: `EPM ${document.id}`, omaSettings: rows };
  return { bytes: Buffer.from(`${toJson(file, 2)}\n`), rules: [], problems: [] };
}

function membersOf(node: JsonNode, pointer: string): Members {
  if (node.type !== 'Object') throw invalid(`${pointer || '/'}: This must be a JSON object.`, node.line);
  const members = new Map<string, JsonNode>();
  for (const member of node.members) {
    const name = member.name.toLowerCase();
    if (members.has(name)) {
      throw invalid(`${pointer}/${member.name.slice(0, 64)}: This is given twice.`, member.value.line);
    }
    members.set(name, member.value);
  }
  return members;
}

function textOf(node: JsonNode | undefined): string | undefined {
  const value = node === undefined || node.type === 'Object' || node.type === 'Array' ? undefined : valueOf(node);
  return typeof value === 'string' ? value : undefined;
}

function invalid(reason: string, line?: number): EpmError {
  const where = line === undefined ? '' : ` at line ${line}`;
  return new EpmError('EPM_POLICY_INVALID', `The Intune profile cannot be read${where}. ${reason}`, {
    hint: 'Export the custom profile (windows10CustomConfiguration) from Graph as JSON.',
    ...(line === undefined ? {} : { data: { line } }),
  });
}
