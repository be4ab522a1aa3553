/**
 * Node's executable with the guard of native/guard in it: a function that runs before Node and takes out of the
 * environment what Node and OpenSSL would obey. Node has no switch for that, and reads the first of these names before
 * the first line of a program.
 * Offsets: Microsoft's "PE Format", sections "Optional Header" and "Section Table".
 */

const SECTION_SIZE = 40;
const GUARD_SECTION = '.guard';
/** What linkers fill code with. */
const INT3 = 0xcc;

/**
 * The function goes behind the code, into the rest of the section's last block, so that nothing else moves.
 * @param {Buffer} image bytes of an unsigned PE32+ file
 * @param {Buffer} guard bytes of epmguard.exe, whose section `.guard` begins with the function
 * @returns {Buffer} the same program, entered through the guard
 */
export function withGuard(image, guard) {
  const code = guardCode(guard);
  const { optional, sections } = headersOf(image);
  const text = sections.find(({ name }) => name === '.text');
  const entry = image.readUInt32LE(optional + 16);
  if (text === undefined || entry < text.address || entry >= text.address + text.used) {
    throw new Error('the program is not entered in its section .text');
  }
  const start = Math.ceil(text.used / 16) * 16;
  const address = text.address + start;
  const jumps = jumpsTo({ at: address, guard: address + 32, entry });
  const end = start + 32 + code.length;
  if (end > text.size) throw new Error(`the guard has ${end - text.size} bytes more than there is room for`);
  const copy = Buffer.from(image);
  const place = text.offset + start;
  const rest = copy.subarray(text.offset + text.used, text.offset + text.size);
  if (rest.some((byte) => byte !== 0 && byte !== INT3)) {
    throw new Error('the rest of the section .text is not empty');
  }
  jumps.copy(copy, place);
  code.copy(copy, place + 32);
  copy.writeUInt32LE(end, text.header + 8);
  copy.writeUInt32LE(address, optional + 16);
  return copy;
}

/** `sub rsp, 28h` (what a call needs by the x64 convention), `call guard`, `add rsp, 28h`, `jmp entry`. */
function jumpsTo({ at, guard, entry }) {
  const bytes = Buffer.from('4883ec28e8000000004883c428e900000000', 'hex');
  bytes.writeInt32LE(guard - (at + 9), 5);
  bytes.writeInt32LE(entry - (at + 18), 14);
  return bytes;
}

function guardCode(guard) {
  const { optional, sections } = headersOf(guard);
  const section = sections.find(({ name }) => name === GUARD_SECTION);
  if (section === undefined) throw new Error(`the guard has no section ${GUARD_SECTION}`);
  if (guard.readUInt32LE(optional + 16) !== section.address) throw new Error('the guard does not begin its section');
  return guard.subarray(section.offset, section.offset + Math.min(section.used, section.size));
}

function headersOf(image) {
  const header = image.readUInt32LE(0x3c);
  const optional = header + 24;
  if (image.toString('latin1', header, header + 4) !== 'PE\0\0' || image.readUInt16LE(optional) !== 0x20b) {
    throw new Error('this is not a 64-bit PE file');
  }
  const table = optional + image.readUInt16LE(header + 20);
  const sections = Array.from({ length: image.readUInt16LE(header + 6) }, (_, index) => {
    const at = table + index * SECTION_SIZE;
    return {
      header: at,
      name: image.toString('latin1', at, at + 8).replace(/\0+$/, ''),
      used: image.readUInt32LE(at + 8),
      address: image.readUInt32LE(at + 12),
      size: image.readUInt32LE(at + 16),
      offset: image.readUInt32LE(at + 20),
    };
  });
  return { optional, sections };
}
