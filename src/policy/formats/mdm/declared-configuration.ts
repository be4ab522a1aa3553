/**
 * Windows declared-configuration documents (WinDC): their frame, their results and the alerts in which a device tells
 * their state ("DeclaredConfiguration CSP", "Declared configuration extensibility"). The body that Microsoft's Endpoint
 * Privilege Management puts into such a document is published nowhere, so that no policy is read from one.
 */
import { defined } from '../../../model/defined.ts';
import { EpmError } from '../../../model/errors.ts';
import { decodePolicyText, parsePolicyXml } from '../input.ts';
import { type XmlElement } from '../../../text/xml.ts';

/** States of a document, as numbers of the CSP's page: transient ones first, then those that stay. */
const STATES: Readonly<Record<number, string>> = {
  0: 'not defined',
  1: 'configuration requested',
  2: 'configuration in progress',
  3: 'configuration in progress, asynchronous part pending',
  10: 'deletion requested',
  11: 'deletion in progress',
  20: 'query requested',
  21: 'query in progress',
  40: 'storage of the URI made',
  60: 'configured',
  61: 'configuration failed',
  62: 'configuration failed in the infrastructure',
  63: 'configured, without refresh',
  70: 'deleted',
  71: 'deletion failed',
  72: 'deletion failed in the infrastructure',
  80: 'queried',
  81: 'query failed',
  82: 'query failed in the infrastructure',
};

interface DeclaredState {
  readonly number: number;
  readonly meaning: string;
  /** The number ends in 1 or 2: something failed. */
  readonly failed: boolean;
  /** It stays until the document changes. */
  readonly permanent: boolean;
}

export interface DeclaredConfiguration {
  readonly kind: 'document' | 'result' | 'alert';
  readonly id: string;
  readonly context: string;
  readonly scenario: string | undefined;
  readonly checksum: string | undefined;
  readonly resultChecksum: string | undefined;
  readonly state: DeclaredState | undefined;
  /** Parts of the body: CSP and URI, or a class of an MI provider, with what became of each where that is told. */
  readonly items: readonly { readonly path: string; readonly status?: string; readonly state?: DeclaredState }[];
}

const ROOTS = ['DeclaredConfiguration', 'DeclaredConfigurationResult', 'DeclaredConfigurations', 'Alert'];
const MAX_ITEMS = 1000;

/** True when a document of this root is for {@link readDeclaredConfigurations}. */
export function isDeclaredConfiguration(rootName: string): boolean {
  return ROOTS.includes(rootName);
}

/**
 * Reads a document, a result, or an alert with the states of several.
 * @throws EpmError EPM_POLICY_INVALID when it is none of them
 */
export function readDeclaredConfigurations(input: Uint8Array): readonly DeclaredConfiguration[] {
  const root = parsePolicyXml(decodePolicyText(input));
  if (!isDeclaredConfiguration(root.name)) throw invalid(`Its root is ${root.name.slice(0, 64)}.`);
  const isAlert = root.name === 'Alert' || root.name === 'DeclaredConfigurations';
  const found = isAlert ? descendants(root).filter(({ name }) => name === 'DeclaredConfiguration') : [root];
  if (found.length === 0) throw invalid('The alert tells the state of no document.');
  const kind = isAlert ? 'alert' : root.name === 'DeclaredConfigurationResult' ? 'result' : 'document';
  return found.map((element) => readOne(element, kind));
}

/** Depth and number are bounded by the reader of the XML. */
function descendants(element: XmlElement): readonly XmlElement[] {
  return element.children.flatMap((child) => [child, ...descendants(child)]);
}

function readOne(element: XmlElement, kind: DeclaredConfiguration['kind']): DeclaredConfiguration {
  const { attributes } = element;
  const { id, context } = attributes;
  if (id === undefined || context === undefined) throw invalid('A document has no id or no context.');
  return {
    kind,
    id,
    context,
    scenario: attributes['osdefinedscenario'],
    checksum: attributes['checksum'],
    resultChecksum: attributes['result_checksum'],
    state: stateOf(attributes['state']),
    items: element.children.flatMap(itemsOf).slice(0, MAX_ITEMS),
  };
}

function itemsOf(part: XmlElement): DeclaredConfiguration['items'] {
  const told = ({ attributes }: XmlElement) => {
    const state = stateOf(attributes['state']);
    const { status } = attributes;
    return defined({ status, state });
  };
  if (part.name === 'CSP') {
    const name = part.attributes['name'] ?? '';
    const uris = part.children.filter((child) => child.name === 'URI');
    if (uris.length === 0) return [{ path: name, ...told(part) }];
    return uris.map((uri) => ({ path: `${name}/${uri.attributes['path'] ?? ''}`, ...told(uri) }));
  }
  if (part.name === 'DSC') {
    const { namespace = '', className = '' } = part.attributes;
    return [{ path: `${namespace}:${className}`, ...told(part) }];
  }
  return [];
}

function stateOf(text: string | undefined): DeclaredState | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,3}$/.test(text) ? Number(text) : -1;
  const meaning = STATES[number];
  if (meaning === undefined) throw invalid(`"${text.slice(0, 16)}" is no state of a document.`);
  const permanent = number >= 60;
  return { number, meaning, failed: permanent && (number % 10 === 1 || number % 10 === 2), permanent };
}

function invalid(reason: string): EpmError {
  return new EpmError('EPM_POLICY_INVALID', `The declared configuration cannot be read. ${reason}`);
}
