/** Reads a shortcut by its format, [MS-SHLLINK]: what Windows would start, whoever wrote it. */

export interface ShortcutFile {
  /** Of LinkInfo; undefined: it has none. */
  readonly target: string | undefined;
  readonly description?: string;
  readonly relativePath?: string;
  readonly folder?: string;
  readonly arguments?: string;
  readonly icon?: string;
  readonly iconIndex: number;
}

const HEADER = 0x4c;
const CLASS = '0114020000000000c000000000000046';
const HAS_ID_LIST = 0x1;
const HAS_LINK_INFO = 0x2;
const IS_UNICODE = 0x80;
/** StringData in the order of the file, by the flag that says it is there. */
const TEXTS = [
  ['description', 0x4],
  ['relativePath', 0x8],
  ['folder', 0x10],
  ['arguments', 0x20],
  ['icon', 0x40],
] as const;

/** @throws Error when it is no shortcut */
export function readShortcutFile(bytes: Buffer): ShortcutFile {
  const isShortcut = bytes.readUInt32LE(0) === HEADER && bytes.toString('hex', 4, 20) === CLASS;
  if (!isShortcut) throw new Error('no shortcut');
  const flags = bytes.readUInt32LE(20);
  let at = HEADER;
  if ((flags & HAS_ID_LIST) !== 0) at += 2 + bytes.readUInt16LE(at);
  let target: string | undefined;
  if ((flags & HAS_LINK_INFO) !== 0) {
    target = localPath(bytes.subarray(at, at + bytes.readUInt32LE(at)));
    at += bytes.readUInt32LE(at);
  }
  const texts: Record<string, string> = {};
  for (const [name, flag] of TEXTS) {
    if ((flags & flag) === 0) continue;
    const length = bytes.readUInt16LE(at) * ((flags & IS_UNICODE) === 0 ? 1 : 2);
    const text = bytes.toString((flags & IS_UNICODE) === 0 ? 'latin1' : 'utf16le', at + 2, at + 2 + length);
    // Wine counts an end that the format does not have.
    texts[name] = text.replace(/\0$/, '');
    at += 2 + length;
  }
  return { target, iconIndex: bytes.readInt32LE(56), ...texts };
}

/** LocalBasePath, in Unicode where LinkInfo has that too. */
function localPath(info: Buffer): string {
  const headerSize = info.readUInt32LE(4);
  if (headerSize >= 0x24) {
    const text = info.subarray(info.readUInt32LE(28)).toString('utf16le');
    return text.slice(0, text.indexOf('\0'));
  }
  const start = info.readUInt32LE(16);
  return info.toString('latin1', start, info.indexOf(0, start));
}
