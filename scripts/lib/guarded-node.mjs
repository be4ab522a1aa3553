/**
 * Node's executable, guarded against what lies around it. Both must hold before the first instruction of Node.
 * - The guard of native/guard takes out of the environment what Node and OpenSSL would obey. Node has no switch for that,
 *   and reads the first of these names before the first line of a program.
 * - The libraries that it names come from System32 alone, and not from its own folder first.
 * Offsets: Microsoft's "PE Format", sections "Optional Header", "Section Table" and "The Load Configuration Structure".
 */
import { DIRECTORY, peHeaders } from '../../tooling/pe-headers.mjs';

const GUARD_SECTION = '.guard';
/** Offset of DependentLoadFlags in IMAGE_LOAD_CONFIG_DIRECTORY64 (winnt.h). */
const DEPENDENT_LOAD_FLAGS = 78;
const LOAD_LIBRARY_SEARCH_SYSTEM32 = 0x800;
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
  const headers = peHeaders(image);
  const { optional, sections } = headers;
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
  searchSystem32Only(copy, headers);
  return copy;
}

/** Windows 10 1607 and later obey it when they load what the program imports, before anything in it has run. */
function searchSystem32Only(image, { directory, sections }) {
  const address = image.readUInt32LE(directory(DIRECTORY.loadConfiguration));
  const section = sections.find(({ address: start, used }) => address >= start && address < start + used);
  if (section === undefined) throw new Error('the program has no load configuration');
  const place = section.offset + address - section.address;
  if (image.readUInt32LE(place) < DEPENDENT_LOAD_FLAGS + 2) throw new Error('its load configuration is too short');
  image.writeUInt16LE(LOAD_LIBRARY_SEARCH_SYSTEM32, place + DEPENDENT_LOAD_FLAGS);
}

/** `sub rsp, 28h` (what a call needs by the x64 convention), `call guard`, `add rsp, 28h`, `jmp entry`. */
function jumpsTo({ at, guard, entry }) {
  const bytes = Buffer.from('4883ec28e8000000004883c428e900000000', 'hex');
  bytes.writeInt32LE(guard - (at + 9), 5);
  bytes.writeInt32LE(entry - (at + 18), 14);
  return bytes;
}

function guardCode(guard) {
  const { optional, sections } = peHeaders(guard);
  const section = sections.find(({ name }) => name === GUARD_SECTION);
  if (section === undefined) throw new Error(`the guard has no section ${GUARD_SECTION}`);
  if (guard.readUInt32LE(optional + 16) !== section.address) throw new Error('the guard does not begin its section');
  return guard.subarray(section.offset, section.offset + Math.min(section.used, section.size));
}
