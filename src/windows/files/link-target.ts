/** Where a junction, a mounted volume or a symbolic link leads: REPARSE_DATA_BUFFER of ntifs.h, [MS-FSCC] 2.1.2. */
import { textFromUtf16 } from '../dll/text.ts';
import type { FolderPlace } from './links.ts';

const MOUNT_POINT = 0xa000_0003;
const SYMBOLIC_LINK = 0xa000_000c;
/** SYMLINK_FLAG_RELATIVE of [MS-FSCC] 2.1.2.4. */
const RELATIVE = 1;
/** Fixed parts, behind which the names are; a symbolic link has flags besides. */
const MOUNT_POINT_HEADER = 16;
const SYMBOLIC_LINK_HEADER = 20;
const LOCAL_NAME = /^\\\?\?\\([a-z]:|volume\{[0-9a-f-]{36}\})(?:\\(.*))?$/is;

/**
 * @param data of the reparse point, as FSCTL_GET_REPARSE_POINT gives it
 * @param link where the link is
 * @returns undefined: a link of another kind, or to no volume of this machine
 */
export function linkTarget(data: Uint8Array, link: FolderPlace): FolderPlace | undefined {
  if (data.length < SYMBOLIC_LINK_HEADER) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const tag = view.getUint32(0, true);
  if (tag !== MOUNT_POINT && tag !== SYMBOLIC_LINK) return undefined;
  // Offset and length of the name that Windows follows; the other name is for people.
  const start = (tag === MOUNT_POINT ? MOUNT_POINT_HEADER : SYMBOLIC_LINK_HEADER) + view.getUint16(8, true);
  const end = start + view.getUint16(10, true);
  if (end > data.length) return undefined;
  const name = textFromUtf16(data.subarray(start, end), (end - start) >> 1);
  if (tag === SYMBOLIC_LINK && (view.getUint32(16, true) & RELATIVE) !== 0) return beside(link, name);
  const [, volume, path = ''] = LOCAL_NAME.exec(name) ?? [];
  return volume === undefined ? undefined : below({ volume, names: [] }, path);
}

/** From the folder that the link is in, or with `\` from the root of its volume. */
function beside({ volume, names }: FolderPlace, name: string): FolderPlace | undefined {
  return below({ volume, names: name.startsWith('\\') ? [] : names.slice(0, -1) }, name);
}

function below({ volume, names }: FolderPlace, path: string): FolderPlace | undefined {
  const result = [...names];
  for (const name of path.split('\\')) {
    if (name === '..') {
      if (result.pop() === undefined) return undefined;
    } else if (name !== '' && name !== '.') {
      result.push(name);
    }
  }
  return { volume, names: result };
}
