/**
 * Rejects what is known to keep an ADMX file from working: in MDM ingestion (registry roots the Policy CSP refuses,
 * prefixed references inside the file, other files), and in the editor (missing strings and presentations).
 */

import { childOf, childrenOf, parseXml, type XmlElement, XmlError } from '../../src/text/xml.ts';

export interface AdmxProblem {
  /** Stable identifier of the trap. */
  readonly reason: string;
  readonly message: string;
}

/** Bytes of an ADMX file that Intune takes. */
const MAX_BYTES = 1024 * 1024;
/** Roots the Policy CSP refuses to let an ingested ADMX write to, and the exceptions it makes ("Win32 and Desktop Bridge app policy configuration"). */
const REFUSED_ROOTS = ['system', 'software\\microsoft', 'software\\policies\\microsoft'];
const ALLOWED_ROOTS = [
  'software\\policies\\microsoft\\office',
  'software\\microsoft\\office',
  'software\\microsoft\\windows\\currentversion\\explorer',
  'software\\microsoft\\internet explorer',
  'software\\policies\\microsoft\\shared tools\\proofing tools',
  'software\\policies\\microsoft\\imejp',
  'software\\policies\\microsoft\\ime\\shared',
  'software\\policies\\microsoft\\shared tools\\graphics filters',
  'software\\policies\\microsoft\\windows\\currentversion\\explorer',
  'software\\policies\\microsoft\\softwareprotectionplatform',
  'software\\policies\\microsoft\\officesoftwareprotectionplatform',
  'software\\policies\\microsoft\\windows\\windows search\\preferences',
  'software\\policies\\microsoft\\exchange',
  'software\\policies\\microsoft\\vba\\security',
  'software\\microsoft\\shared tools\\proofing tools',
  'software\\microsoft\\shared tools\\graphics filters',
  'software\\microsoft\\windows\\windows search\\preferences',
  'software\\microsoft\\exchange',
  'software\\microsoft\\onedrive',
  'software\\microsoft\\edge',
  'software\\microsoft\\edgeupdate',
];

/** Whether the Policy CSP lets an ingested ADMX write below a key (without hive). */
export function isAllowedPolicyKey(key: string): boolean {
  const folded = key.toLowerCase();
  const below = (root: string): boolean => folded === root || folded.startsWith(`${root}\\`);
  return !REFUSED_ROOTS.some(below) || ALLOWED_ROOTS.some(below);
}

/**
 * Checks an ADMX file, and its ADML file when there is one.
 * @returns Everything found; empty: none of the known traps.
 */
export function checkAdmx(admxText: string, admlText?: string): readonly AdmxProblem[] {
  const problems: AdmxProblem[] = [];
  const add = (reason: string, message: string): void => void problems.push({ reason, message });
  const admx = parse(admxText, 'policyDefinitions', add);
  const adml = admlText === undefined ? undefined : parse(admlText, 'policyDefinitionResources', add);
  if (admx === undefined) return problems;
  if (Buffer.byteLength(admxText) > MAX_BYTES) add('tooLarge', 'The file is larger than 1 MiB.');

  for (const using of childrenOf(childOf(admx, 'policyNamespaces'), 'using')) {
    add('otherFile', `The file uses the namespace "${using.attributes['namespace'] ?? ''}" of another file.`);
  }
  const categories = namesOf(childOf(admx, 'categories'), 'category');
  const supported = namesOf(childOf(childOf(admx, 'supportedOn') ?? admx, 'definitions'), 'definition');
  const policies = childrenOf(childOf(admx, 'policies'), 'policy');
  for (const holder of [...childrenOf(childOf(admx, 'categories'), 'category'), ...policies]) {
    checkReference(holder, 'parentCategory', categories, holder.name === 'policy', add);
  }
  const seen = new Set<string>();
  for (const policy of policies) {
    const name = policy.attributes['name'] ?? '';
    if (!/^\w+$/.test(name)) add('name', `"${name}" may have only letters, digits and "_".`);
    if (seen.has(name.toLowerCase())) add('nameTwice', `Two policies are called "${name}".`);
    seen.add(name.toLowerCase());
    checkReference(policy, 'supportedOn', supported, true, add);
    checkKeys(policy, add);
  }
  if (adml !== undefined) checkResources(admx, adml, policies, add);
  return problems;
}

type Add = (reason: string, message: string) => void;

function parse(text: string, root: string, add: Add): XmlElement | undefined {
  try {
    const element = parseXml(text);
    if (element.name === root) return element;
    add('root', `The root is "${element.name}" and must be "${root}".`);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    add('notXml', error.message);
  }
  return undefined;
}

function namesOf(parent: XmlElement | undefined, child: string): ReadonlySet<string> {
  return new Set(childrenOf(parent, child).map((element) => element.attributes['name'] ?? ''));
}

function checkReference(
  holder: XmlElement,
  kind: string,
  known: ReadonlySet<string>,
  required: boolean,
  add: Add,
): void {
  const holderName = holder.attributes['name'] ?? '';
  const reference = childOf(holder, kind)?.attributes['ref'];
  if (reference === undefined) {
    if (required) add('noReference', `"${holderName}" has no ${kind}.`);
  } else if (reference.includes(':')) {
    // Ingestion does not resolve prefixes, not even the file's own.
    add('prefix', `${kind} of "${holderName}" has a prefix: "${reference}".`);
  } else if (!known.has(reference)) {
    add('danglingReference', `${kind} of "${holderName}" is "${reference}", which the file does not define.`);
  }
}

function checkKeys(policy: XmlElement, add: Add): void {
  const name = policy.attributes['name'] ?? '';
  const visit = (element: XmlElement): void => {
    const { key } = element.attributes;
    if (key !== undefined) {
      if (/^\\|\\$|\\\\|\//.test(key) || /^(?:hk|computer\\)/i.test(key)) {
        add('key', `The key "${key}" of "${name}" must be a path below the hive.`);
      } else if (!isAllowedPolicyKey(key)) {
        add('refusedRoot', `"${name}" writes to "${key}", which ingestion refuses.`);
      }
    }
    if (element.name === 'text' && element.attributes['maxLength'] === undefined) {
      add('maxLength', `A text element of "${name}" has no maxLength; its default is 1023.`);
    }
    element.children.forEach(visit);
  };
  visit(policy);
}

function checkResources(admx: XmlElement, adml: XmlElement, policies: readonly XmlElement[], add: Add): void {
  const resources = childOf(adml, 'resources') ?? adml;
  const strings = new Set(childrenOf(childOf(resources, 'stringTable'), 'string').map(idOf));
  const presentations = new Map(
    childrenOf(childOf(resources, 'presentationTable'), 'presentation').map((element) => [idOf(element), element]),
  );
  const visit = (element: XmlElement): void => {
    for (const value of Object.values(element.attributes)) {
      const [, table, id] = /^\$\((string|presentation)\.(.*)\)$/.exec(value) ?? [];
      if (id === undefined) continue;
      if (table === 'string' ? !strings.has(id) : !presentations.has(id))
        add('missingResource', `${value} is missing.`);
    }
    element.children.forEach(visit);
  };
  visit(admx);
  for (const policy of policies) {
    const name = policy.attributes['name'] ?? '';
    const elements = (childOf(policy, 'elements')?.children ?? []).map(idOf);
    const id = /^\$\(presentation\.(.*)\)$/.exec(policy.attributes['presentation'] ?? '')?.[1];
    const controls = (presentations.get(id ?? '')?.children ?? []).flatMap((control) => {
      if (control.name === 'comboBox') add('comboBox', `"${name}" has a combo box, which Intune cannot show.`);
      return control.attributes['refId'] ?? [];
    });
    for (const element of elements) {
      if (!controls.includes(element)) add('noControl', `Element "${element}" of "${name}" has no control.`);
    }
    for (const control of controls) {
      if (!elements.includes(control)) add('noElement', `A control of "${name}" refers to "${control}".`);
    }
  }
}

function idOf(element: XmlElement): string {
  return element.attributes['id'] ?? '';
}
