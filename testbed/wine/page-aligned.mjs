/**
 * A Windows program whose sections begin on pages of the file. Windows maps any image; Wine maps a section only when it
 * begins on a page of the file, and reads it into memory of its own when it does not: 94 MB for every process of Node.
 * Offsets: Microsoft's "PE Format", sections "COFF File Header", "Optional Header", "Section Table" and ".debug".
 */
import { DIRECTORY, peHeaders } from '../../tooling/pe-headers.mjs';

const PAGE = 4096;
const DEBUG_SIZE = 28;

const up = (size) => Math.ceil(size / PAGE) * PAGE;

/**
 * What changes is where things lie in the file; in memory all stays where it was.
 * @param {Buffer} image bytes of an unsigned PE32+ file
 * @returns {Buffer}
 */
export function alignedToPages(image) {
  const { coff, optional, directory, sections: found } = peHeaders(image);
  if (image.readUInt32LE(optional + 32) !== PAGE) throw new Error('Its sections are not apart by pages in memory.');
  if (image.readUInt32LE(coff + 8) !== 0) throw new Error('It has a symbol table, which lies by file offset.');
  if (image.readUInt32LE(directory(DIRECTORY.security)) !== 0) throw new Error('It is signed.');

  const sections = found.map((section) => ({ ...section, newOffset: 0 }));
  const oldHeaders = image.readUInt32LE(optional + 60);
  const headers = up(oldHeaders);
  if (sections.some(({ address }) => address < headers)) throw new Error('Its headers do not fit before its sections.');
  let end = headers;
  for (const section of sections.filter(({ size }) => size > 0)) {
    section.newOffset = end;
    end += up(section.size);
  }
  if (image.length > Math.max(...sections.map(({ offset, size }) => offset + size), oldHeaders)) {
    throw new Error('Data follows its sections.');
  }

  const result = Buffer.alloc(end);
  image.copy(result, 0, 0, oldHeaders);
  result.writeUInt32LE(PAGE, optional + 36);
  result.writeUInt32LE(headers, optional + 60);
  // The checksum counts for drivers only.
  result.writeUInt32LE(0, optional + 64);
  for (const { header, offset, size, newOffset } of sections) {
    if (size === 0) continue;
    image.copy(result, newOffset, offset, offset + size);
    result.writeUInt32LE(up(size), header + 16);
    result.writeUInt32LE(newOffset, header + 20);
  }
  const debug = directory(DIRECTORY.debug);
  moveDebugData(result, sections, result.readUInt32LE(debug), result.readUInt32LE(debug + 4));
  return result;
}

/** Entries of the debug directory say where their data lies by file offset, too. */
function moveDebugData(result, sections, address, size) {
  if (address === 0) return;
  const place = (rva) => {
    const section = sections.find((each) => rva >= each.address && rva < each.address + each.size);
    if (section === undefined) throw new Error('Its debug directory lies in no section.');
    return section.newOffset + rva - section.address;
  };
  const start = place(address);
  for (let entry = start; entry + DEBUG_SIZE <= start + size; entry += DEBUG_SIZE) {
    const data = result.readUInt32LE(entry + 20);
    result.writeUInt32LE(data === 0 ? 0 : place(data), entry + 24);
  }
}
