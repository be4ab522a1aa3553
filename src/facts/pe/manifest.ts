/**
 * What the manifest of a program asks for ("Application manifests", element `requestedExecutionLevel` of
 * `assembly/trustInfo/security/requestedPrivileges`).
 */
import type { ExecutableFacts } from '../../model/file-facts.ts';
import type { Turns } from '../turns.ts';
import type { Piece } from './bytes.ts';
import { scanXml, type XmlEvents } from './xml-scan.ts';

/** Bytes. Manifests have some thousand; those that list the classes of many components some hundred thousand. */
export const MAX_MANIFEST = 512 * 1024;

const PATH = ['assembly', 'trustInfo', 'security', 'requestedPrivileges', 'requestedExecutionLevel'];
/** The versions of the schema, urn:schemas-microsoft-com:asm.v1 and so on; tools mix them within one manifest. */
const NAMESPACE = /^urn:schemas-microsoft-com:asm\.v[123]$/;
const LEVELS = ['asInvoker', 'highestAvailable', 'requireAdministrator'] as const;

/** @throws what `turns` throws; MalformedContent when it is no manifest that Windows would take, or asks for two levels */
export async function readManifest(
  data: Piece,
  turns: Turns,
): Promise<Pick<ExecutableFacts, 'requestedLevel' | 'uiAccess'>> {
  const path: boolean[] = [];
  let found: Pick<ExecutableFacts, 'requestedLevel' | 'uiAccess'> | undefined;
  const malformed = (problem: string) => data.malformed(0, problem);
  const events: XmlEvents = {
    malformed,
    open({ name, namespace, attributes }) {
      path.push((path.at(-1) ?? true) && name === PATH[path.length] && NAMESPACE.test(namespace));
      if (path.length !== PATH.length || path.at(-1) !== true) return;
      if (found !== undefined) throw malformed('The manifest asks for more than one execution level.');
      found = requestOf(attributes, malformed);
    },
    close: () => void path.pop(),
  };
  await scanXml(decode(data), events, turns);
  return found ?? {};
}

function requestOf(
  attributes: ReadonlyMap<string, string>,
  malformed: (problem: string) => Error,
): Pick<ExecutableFacts, 'requestedLevel' | 'uiAccess'> {
  const level = attributes.get('level')?.trim().toLowerCase();
  const requestedLevel = LEVELS.find((each) => each.toLowerCase() === level);
  if (requestedLevel === undefined) throw malformed('The manifest asks for an unknown execution level.');
  const access = attributes.get('uiAccess')?.trim().toLowerCase();
  if (access !== undefined && access !== 'true' && access !== 'false') {
    throw malformed('The manifest says neither true nor false about uiAccess.');
  }
  return { requestedLevel, ...(access === undefined ? {} : { uiAccess: access === 'true' }) };
}

/** UTF-8, or UTF-16 by its byte order mark or its first character. Names are ASCII, so other encodings read as well. */
function decode({ bytes }: Piece): string {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0x3c && bytes[1] === 0);
  // Tools pad the resource with NUL characters or blanks, at either end.
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes).replace(/\0+$/, '').trim();
}
