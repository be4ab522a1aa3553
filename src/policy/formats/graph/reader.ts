/** Elevation policies as Microsoft Graph gives them and as tools export them. */
import { diagnostic, pointerPlace, type Diagnostic } from '../../../model/diagnostic.ts';
import { EpmError, isEpmError } from '../../../model/errors.ts';
import { LIMITS } from '../../declaration/limits.ts';
import type { PolicyReader } from '../format.ts';
import type { PolicyFile } from '../json/policy-file.ts';
import { parseGraph } from './graph-text.ts';
import { TEMPLATE_FAMILY } from './definitions.ts';
import { Diagnostics, elementsOf, openObject, shownText, type Located } from './json-view.ts';
import { readGraphPolicy } from './read-policy.ts';
import { readReusableSettings } from './reusable-settings.ts';

/** Diagnostics kept outside of policies. */
const DIAGNOSTICS_KEPT = 256;
const POLICY_TYPE = '#microsoft.graph.devicemanagementconfigurationpolicy';
const ELEVATION = /^device_vendor_msft_policy_(?:privilegemanagement|elevationclientsettings)_/i;
/** Policies of other kinds that are named. */
const NAMED = 5;
/** Policies of one input. */
const MAX_POLICIES = 1000;
/** Rules of all policies of one input. */
const MAX_RULES = 2 * LIMITS.rules;

/**
 * Reads configuration policies: one policy, `{ "settings": [ … ] }`, `{ "settingsDetails": [ … ] }`, a list of policies
 * or of settings, or `{ "value": [ … ] }` around a list. Names are read without case and `AdditionalProperties`
 * flattened; types and template ids are not needed.
 *
 * Each rule of the input has its entry in a report, with reasons, JSON pointer and line. Policies of a list that cannot
 * be imported are `problems`; the others stay.
 * @param input UTF-8 with or without byte order mark, or UTF-16 with one.
 * @param options `certificates`: exports of reusable settings, which rules refer to by id.
 * @throws EpmError EPM_POLICY_INVALID when the input or a certificate input as a whole is not of this format, or no
 *   policy of it can be imported.
 */
export const readGraph: PolicyReader = (input, options) => {
  const diagnostics = new Diagnostics('warning', DIAGNOSTICS_KEPT);
  const certificates = readReusableSettings(options.certificates ?? [], diagnostics);
  const root = parseGraph(input, 'The Graph policy');
  const policies: PolicyFile[] = [];
  const faults: EpmError[] = [];
  let rules = 0;
  const listed = policiesOf(root, diagnostics);
  const foreign: Located[] = [];
  for (const policy of listed) {
    if (listed.length > 1 && isForeign(policy)) {
      foreign.push(policy);
      continue;
    }
    try {
      const file = readGraphPolicy(policy, certificates);
      policies.push(file);
      rules += file.report.length;
    } catch (error) {
      if (!isEpmError(error)) throw error;
      faults.push(error);
    }
    if (rules > MAX_RULES) throw notGraph(policy, `There are more than ${MAX_RULES} rules.`);
  }
  if (foreign[0] !== undefined) reportForeign(foreign, foreign[0], diagnostics);
  const [first] = faults;
  if (policies.length === 0) throw first ?? notGraph(root, 'There is no policy in it.');
  return { policies, problems: [...diagnostics.found, ...faults.slice(0, DIAGNOSTICS_KEPT).map(asProblem)] };
};

function policiesOf(root: Located, diagnostics: Diagnostics): readonly Located[] {
  const object = openObject(root);
  if (object === undefined) return policiesOfList(root);
  const [collision] = object.collisions;
  if (collision !== undefined) throw notGraph(root, `"${collision.slice(0, 64)}" is given more than once.`);
  const isPolicy = ['settings', 'settingsDetails'].some((name) => object.one(name) !== undefined);
  const value = object.one('value');
  if (isPolicy || value === undefined) return [root];
  const next = object.one('@odata.nextLink');
  if (next !== undefined) {
    diagnostics.add('moreFollows', next, 'The list is one page of several; what is on the other pages is not here.');
  }
  return policiesOfList(value);
}

/** A list is of policies or, as `/configurationPolicies/{id}/settings` gives it, of the settings of one policy. */
function policiesOfList(list: Located): readonly Located[] {
  const elements = elementsOf(list);
  if (elements === undefined) throw notGraph(list, 'A policy or a list of policies is expected.');
  if (elements.length > MAX_POLICIES && !elements.some(isSettingEntry)) {
    throw notGraph(list, `There are more than ${MAX_POLICIES} policies.`);
  }
  return elements.some(isSettingEntry) ? [list] : elements;
}

/** A policy that names what it is for, and that is something else than elevation. */
function isForeign(policy: Located): boolean {
  const object = openObject(policy);
  if (object === undefined) return false;
  const type = object.text('@odata.type')?.toLowerCase();
  if (type !== undefined && type !== '' && type !== POLICY_TYPE) return true;
  const template = object.one('templateReference');
  const reference = template === undefined ? undefined : openObject(template);
  const family = reference?.text('templateFamily')?.toLowerCase();
  if (family !== undefined && family !== '')
    return family !== TEMPLATE_FAMILY.toLowerCase() && !mentionsElevation(policy);
  const settings = object.one('settings');
  return settings !== undefined && elementsOf(settings)?.length !== 0 && !mentionsElevation(policy);
}

/** Whether some setting of the policy is one of elevation management: only then is what is wrong with it told. */
function mentionsElevation({ node }: Located): boolean {
  if (node.type === 'String') return ELEVATION.test(node.value);
  if (node.type === 'Array') return node.elements.some((element) => mentionsElevation({ node: element, pointer: '' }));
  return node.type === 'Object' && node.members.some(({ value }) => mentionsElevation({ node: value, pointer: '' }));
}

function reportForeign(foreign: readonly Located[], first: Located, diagnostics: Diagnostics): void {
  const names = foreign.slice(0, NAMED).map((policy) => {
    const object = openObject(policy);
    return `"${shownText(object?.text('name') ?? object?.text('displayName') ?? policy.pointer)}"`;
  });
  const more = foreign.length > NAMED ? ` and ${foreign.length - NAMED} more` : '';
  const what = foreign.length === 1 ? 'One policy is' : `${foreign.length} policies are`;
  diagnostics.add('otherPolicies', first, `${what} of another kind and left out: ${names.join(', ')}${more}.`, 'note');
}

function isSettingEntry(element: Located): boolean {
  return openObject(element)?.one('settingInstance') !== undefined;
}

function notGraph(at: Located, message: string): EpmError {
  const line = at.node.line;
  return new EpmError('EPM_POLICY_INVALID', `This is not Graph JSON of elevation policies, line ${line}: ${message}`, {
    hint: 'Give configurationPolicies as Graph writes them, with their settings.',
    data: { line, pointer: at.pointer },
  });
}

function asProblem(error: EpmError): Diagnostic {
  const { pointer, line } = (error.data ?? {}) as { readonly pointer?: unknown; readonly line?: unknown };
  const place = typeof pointer === 'string' ? pointerPlace(pointer, Number(line)) : undefined;
  return diagnostic('policyNotImported', error.message, place);
}
