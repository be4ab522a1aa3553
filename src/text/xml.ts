/** XML read within bounds: no document type, hence no entities to expand, and limits on size, depth and elements. */
import xml2js from 'xml2js';

export interface XmlElement {
  /** Local name, without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, CDATA included. */
  readonly text: string;
}

/** Why a text is not read as XML, as one sentence or two for a person. */
export class XmlError extends Error {}

export interface XmlLimits {
  /** UTF-16 units. */
  readonly maxLength: number;
  readonly maxDepth: number;
  readonly maxElements: number;
}

const DEFAULT_LIMITS: XmlLimits = { maxLength: 8 * 1024 * 1024, maxDepth: 32, maxElements: 200_000 };

/** What xml2js makes of an element when children keep their order. */
interface ParsedElement {
  readonly '#name': string;
  readonly $?: Readonly<Record<string, string>>;
  readonly $$?: readonly ParsedElement[];
  readonly _?: string;
}
/** The part of the underlying sax parser that is watched. */
interface SaxParser {
  onopentag: (tag: unknown) => void;
  onclosetag: (name: string) => void;
}

/**
 * Parses one document.
 * @throws XmlError when it is not well-formed, has a document type, or passes a limit.
 */
export function parseXml(text: string, limits: XmlLimits = DEFAULT_LIMITS): XmlElement {
  if (text.length > limits.maxLength) throw invalid(`It has more than ${limits.maxLength} characters.`);
  // Also what only begins like one: the parser's time for an unknown declaration grows with the square of its length.
  if (/<!(?!--|\[CDATA\[)/.test(text)) throw invalid('It declares a document type, which is never accepted.');
  const parser = new xml2js.Parser({
    explicitRoot: false,
    explicitChildren: true,
    preserveChildrenOrder: true,
    includeWhiteChars: true,
    async: false,
  });
  watch((parser as unknown as { saxParser: SaxParser }).saxParser, limits);
  let fault: Error | undefined;
  let root: ParsedElement | undefined;
  try {
    parser.parseString(text.replace(/^\ufeff/, ''), (error: Error | null, result: ParsedElement | string | null) => {
      // The parser may call back again after a fault; the first one stands.
      if (error !== null) fault ??= error;
      else if (typeof result === 'object' && result !== null) root = result;
    });
  } catch (error) {
    // What stands behind the root is thrown, since the result was handed out before.
    fault ??= error instanceof Error ? error : new Error('It is not XML.');
  }
  if (fault !== undefined) throw invalid(fault.message.split('\n')[0] ?? '');
  if (root === undefined) throw invalid('It has no root.');
  return toElement(root);
}

function watch(sax: SaxParser, limits: XmlLimits): void {
  const { onopentag, onclosetag } = sax;
  let depth = 0;
  let elements = 0;
  sax.onopentag = (tag) => {
    depth += 1;
    elements += 1;
    if (depth > limits.maxDepth) throw new Error(`Elements are nested more than ${limits.maxDepth} deep.`);
    if (elements > limits.maxElements) throw new Error(`There are more than ${limits.maxElements} elements.`);
    onopentag.call(sax, tag);
  };
  sax.onclosetag = (name) => {
    depth -= 1;
    onclosetag.call(sax, name);
  };
}

function toElement(parsed: ParsedElement): XmlElement {
  return {
    name: parsed['#name'].replace(/^.*:/, ''),
    attributes: parsed.$ ?? {},
    children: (parsed.$$ ?? []).filter((child) => !child['#name'].startsWith('__')).map(toElement),
    text: parsed._ ?? '',
  };
}

function invalid(reason: string): XmlError {
  return new XmlError(`The XML cannot be read. ${reason}`);
}

/** Escapes text for an attribute value or for character data. Line breaks in attributes would otherwise become blanks. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\t\r\n]/g, (character) => {
    switch (character) {
      case '&':
        return '&amp;';
      case '<':
        return '&lt;';
      case '>':
        return '&gt;';
      case '"':
        return '&quot;';
      default:
        return `&#${character.charCodeAt(0)};`;
    }
  });
}

/** First child element of a name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** All child elements of a name. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}
