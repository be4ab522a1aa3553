/**
 * Headers of a 64-bit Windows program, for those who change one. What is read here is made by this machine or by Node;
 * programs of others are read by src/facts/pe, which trusts no byte of them.
 * Offsets: Microsoft's "PE Format", sections "COFF File Header", "Optional Header" and "Section Table".
 */

const PE32_PLUS = 0x20b;
const SECTION_SIZE = 40;

/** Index of each directory that is used. */
export const DIRECTORY = /** @type {const} */ ({ security: 4, debug: 6, loadConfiguration: 10 });

/**
 * @typedef {object} Section
 * @property {number} header offset of its row in the section table
 * @property {string} name
 * @property {number} used bytes in memory
 * @property {number} address in memory, relative to the image
 * @property {number} size bytes in the file
 * @property {number} offset in the file
 */

/**
 * @param {Buffer} image bytes of a PE32+ file
 * @returns {{ coff: number, optional: number, directory: (index: number) => number, sections: Section[] }} offsets of the headers,
 *   of a directory's entry, and the sections in their order
 * @throws {Error} when it is no 64-bit PE file
 */
export function peHeaders(image) {
  const signature = image.readUInt32LE(0x3c);
  const coff = signature + 4;
  const optional = coff + 20;
  if (image.toString('latin1', signature, coff) !== 'PE\0\0' || image.readUInt16LE(optional) !== PE32_PLUS) {
    throw new Error('This is not a 64-bit PE file.');
  }
  const table = optional + image.readUInt16LE(coff + 16);
  const sections = Array.from({ length: image.readUInt16LE(coff + 2) }, (_, index) => {
    const header = table + index * SECTION_SIZE;
    return {
      header,
      name: image.toString('latin1', header, header + 8).replace(/\0+$/, ''),
      used: image.readUInt32LE(header + 8),
      address: image.readUInt32LE(header + 12),
      size: image.readUInt32LE(header + 16),
      offset: image.readUInt32LE(header + 20),
    };
  });
  return { coff, optional, directory: (index) => optional + 112 + 8 * index, sections };
}
