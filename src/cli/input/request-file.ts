/** A support request as an input: its signed text, or as the agent gives it in JSON. */
import { sha256 } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import type { StatedRequest } from '../../model/support-request.ts';
import { readRequestText, REQUEST_PREFIX } from '../../requests/request-text.ts';
import { displayText } from '../../text/display.ts';
import type { Io } from '../io.ts';
import { decodePasted } from './pasted-text.ts';
import { LONGEST_OBJECT, readBytes, requireFile, toJsonObject } from './read-file.ts';

type Members = Readonly<Record<string, unknown>>;

/** Texts of the file that a rule may be made of. */
const FILE_TEXTS = ['fileDescription', 'productName', 'productInternalName', 'productVersion'];

/**
 * @param place the text itself, the name of a file, or `-` for standard input; a file or an input may have the JSON of
 *   `epm request show --json`, of which nothing is proved
 * @throws EpmError EPM_REQUEST_TEXT_INVALID, EPM_ARGUMENT, EPM_HASH_INVALID, EPM_REQUEST_TOO_LARGE, and the codes of
 *   reading files
 */
export async function requestInput(io: Io, place: string): Promise<StatedRequest> {
  if (place.startsWith(REQUEST_PREFIX)) return readRequestText(place).request;
  const isInput = place === '-';
  if (!isInput) await requireFile(place);
  const bytes = isInput ? await io.input(LONGEST_OBJECT) : await readBytes(place);
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').replaceAll('\0', '');
  if (start.includes(REQUEST_PREFIX)) return readRequestText(decodePasted(bytes)).request;
  const value = toJsonObject(bytes, isInput ? undefined : place);
  const { requests } = value;
  const [only, other] = Array.isArray(requests) ? (requests as readonly unknown[]) : [value];
  const from = isInput ? 'on standard input' : `in "${displayText(place)}"`;
  if (other !== undefined) throw unusable(from, 'requests');
  return toRequest(only, from);
}

function toRequest(value: unknown, from: string): StatedRequest {
  const request = members(value);
  const file = members(request?.['applicationDetail']);
  if (request === undefined || file === undefined) throw unusable(from, 'applicationDetail');
  const wrong =
    ['filePath', 'fileHash'].find((name) => typeof file[name] !== 'string') ??
    FILE_TEXTS.find((name) => !['string', 'undefined'].includes(typeof file[name])) ??
    (isList(request['arguments'], (item) => typeof item === 'string') ? undefined : 'arguments') ??
    (isList(file['certificateChain'] ?? [], isCertificate) ? undefined : 'certificateChain');
  if (wrong !== undefined) throw unusable(from, wrong);
  const fileHash = sha256(file['fileHash'] as string);
  return { ...request, applicationDetail: { ...file, fileHash } } as unknown as StatedRequest;
}

function members(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isCertificate(value: unknown): boolean {
  const certificate = members(value);
  return typeof certificate?.['sha256'] === 'string' && ['string', 'undefined'].includes(typeof certificate['der']);
}

function unusable(from: string, member: string): EpmError {
  return new EpmError('EPM_ARGUMENT', `The support request ${from} has no usable "${member}".`, {
    hint: 'Give the text of one request, or what `epm request show --json` printed.',
  });
}
