/** Summary information of a package: a simple property set, [MS-OLEPS] 2.21, with the properties of Windows Installer. */
import { MalformedContent } from '../malformed.ts';
import { hex, viewOf } from './bytes.ts';
import { decodeCodePage } from './code-page.ts';
import { MAX_TEXT } from './string-pool.ts';

export const SUMMARY_STREAM = '\u0005SummaryInformation';
/** Bytes of the stream. The properties have no use for more than some hundred. */
export const MAX_SUMMARY = 256 * 1024;
/** Windows Installer writes nineteen. */
const MAX_PROPERTIES = 128;

/** Summary property identifiers, Windows Installer reference "Summary Information Stream Property Set". */
const NAMES: Readonly<Record<number, string>> = {
  1: 'codePage',
  2: 'title',
  3: 'subject',
  4: 'author',
  5: 'keywords',
  6: 'comments',
  7: 'template',
  8: 'lastAuthor',
  9: 'revisionNumber',
  11: 'lastPrinted',
  12: 'created',
  13: 'lastSaved',
  14: 'pageCount',
  15: 'wordCount',
  16: 'characterCount',
  18: 'application',
  19: 'security',
};
const CODE_PAGE = 1;
/** Properties that are numbers, and those that are times; the others are texts. */
const NUMBERS = [CODE_PAGE, 14, 15, 16, 19];
const TIMES = [11, 12, 13];
const PLACE = 'summary information';
/** FMTID_SummaryInformation, {F29F85E0-4FF9-1068-AB91-08002B27B3D9}. */
const FORMAT = 'e0859ff2f94f6810ab9108002b27b3d9';
const TYPE = { int16: 2, int32: 3, text: 30, time: 64 } as const;
/** 1 January 1970 in FILETIME milliseconds. */
const FILETIME_EPOCH = 11_644_473_600_000;
/** Where ISO years have four digits. */
const LAST_TIME = 253_402_300_799_999;

/**
 * @param bytes the whole stream, at most {@link MAX_SUMMARY} bytes
 * @returns properties by name; numbers in decimal digits, times as ISO 8601 in UTC
 * @throws MalformedContent
 */
export function readSummary(bytes: Uint8Array): Record<string, string> {
  const view = viewOf(bytes);
  const need = (offset: number, length: number): void => {
    if (offset + length > bytes.length) {
      throw new MalformedContent(`${PLACE}, offset ${hex(offset)}`, 'The property set ends too early.');
    }
  };
  need(0, 48);
  if (view.getUint16(0, true) !== 0xfffe || view.getUint32(24, true) === 0) {
    throw new MalformedContent(PLACE, 'It is not a property set.');
  }
  if (Buffer.from(bytes.subarray(28, 44)).toString('hex') !== FORMAT) {
    throw new MalformedContent(`${PLACE}, offset 0x1c`, 'It is a property set of another kind.');
  }
  const section = view.getUint32(44, true);
  need(section, 8);
  const count = view.getUint32(section + 4, true);
  if (count > MAX_PROPERTIES) throw new MalformedContent(PLACE, `It has more than ${MAX_PROPERTIES} properties.`);
  need(section + 8, count * 8);
  const offsets = new Map<number, number>();
  for (let index = 0; index < count; index += 1) {
    const id = view.getUint32(section + 8 + index * 8, true);
    if (offsets.has(id)) throw new MalformedContent(PLACE, 'A property is there twice.');
    offsets.set(id, section + view.getUint32(section + 12 + index * 8, true));
  }
  const codePage = codePageOf(offsets.get(CODE_PAGE));
  const summary: Record<string, string> = {};
  for (const [id, offset] of offsets) {
    const name = NAMES[id];
    const value = name === undefined ? undefined : valueAt(id, offset, codePage);
    if (name !== undefined && value !== undefined) summary[name] = id === CODE_PAGE ? String(codePage) : value;
  }
  return summary;

  function codePageOf(offset: number | undefined): number {
    if (offset === undefined) return 0;
    need(offset, 8);
    // The number is unsigned although its type is not: 65001 is stored as -535.
    return view.getUint32(offset, true) === TYPE.int16 ? view.getUint16(offset + 4, true) : 0;
  }

  /** A value of another type than Windows Installer writes is left out, as it is there. */
  function valueAt(id: number, offset: number, page: number): string | undefined {
    need(offset, 8);
    const type = view.getUint32(offset, true);
    const isNumber = type === TYPE.int16 || type === TYPE.int32;
    if (isNumber !== NUMBERS.includes(id) || (type === TYPE.time) !== TIMES.includes(id)) return undefined;
    if (type === TYPE.int16) return String(view.getInt16(offset + 4, true));
    if (type === TYPE.int32) return String(view.getInt32(offset + 4, true));
    if (type === TYPE.time) {
      need(offset, 12);
      return timeOf(view.getBigUint64(offset + 4, true));
    }
    if (type !== TYPE.text) return undefined;
    const length = view.getUint32(offset + 4, true);
    if (length > MAX_TEXT) throw new MalformedContent(PLACE, `A text has more than ${MAX_TEXT} bytes.`);
    need(offset + 8, length);
    const text = bytes.subarray(offset + 8, offset + 8 + length);
    const end = text.indexOf(0);
    return decodeCodePage(end === -1 ? text : text.subarray(0, end), page);
  }
}

/** @param fileTime 100 ns since 1601; 0 is no time */
function timeOf(fileTime: bigint): string | undefined {
  const time = Number(fileTime / 10_000n) - FILETIME_EPOCH;
  return fileTime === 0n || time > LAST_TIME ? undefined : new Date(time).toISOString();
}
