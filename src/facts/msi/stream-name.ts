/**
 * Names of streams in an installer database. Two characters of `0-9A-Za-z._` are packed into one UTF-16 unit from
 * 0x3800 on, one alone into a unit from 0x4800 on, and 0x4840 before a name says that it is a table. The format is not
 * documented; msitools and relic read it the same way.
 */
const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';
const PAIRS = 0x3800;
const SINGLES = 0x4800;
const TABLE = 0x4840;

/** Name of the stream that holds a table, as it is in the file. */
export function tableStreamName(table: string): string {
  return String.fromCharCode(TABLE) + encodeStreamName(table);
}

/** Packs what can be packed; other characters stay as they are. */
export function encodeStreamName(name: string): string {
  let encoded = '';
  for (let index = 0; index < name.length; index += 1) {
    const first = CHARACTERS.indexOf(name.charAt(index));
    const second = index + 1 < name.length ? CHARACTERS.indexOf(name.charAt(index + 1)) : -1;
    if (first === -1) {
      encoded += name.charAt(index);
    } else if (second === -1) {
      encoded += String.fromCharCode(SINGLES + first);
    } else {
      encoded += String.fromCharCode(PAIRS + first + (second << 6));
      index += 1;
    }
  }
  return encoded;
}
