/** What a 64-bit program imports, read from its headers. Offsets: Microsoft's "PE Format". */

const IMPORT_DIRECTORY = 1;
const LOAD_CONFIG_DIRECTORY = 10;
const DELAY_IMPORT_DIRECTORY = 13;
/** Offset of DependentLoadFlags in IMAGE_LOAD_CONFIG_DIRECTORY64 (winnt.h). */
const DEPENDENT_LOAD_FLAGS = 78;

export function importsOf(image: Buffer): {
  /** Names of the libraries that are loaded before the first instruction. */
  readonly names: readonly string[];
  readonly hasDelayedImports: boolean;
  readonly dependentLoadFlags: number;
} {
  const header = image.readUInt32LE(0x3c);
  const optional = header + 24;
  const table = optional + image.readUInt16LE(header + 20);
  const sections = Array.from({ length: image.readUInt16LE(header + 6) }, (_, index) => table + index * 40);
  const fileOffset = (address: number): number => {
    const section = sections.find((at) => {
      const start = image.readUInt32LE(at + 12);
      return address >= start && address < start + image.readUInt32LE(at + 16);
    });
    if (section === undefined) throw new Error('An address lies in no section.');
    return image.readUInt32LE(section + 20) + address - image.readUInt32LE(section + 12);
  };
  const directory = (index: number): number => image.readUInt32LE(optional + 112 + 8 * index);
  const names: string[] = [];
  for (let at = fileOffset(directory(IMPORT_DIRECTORY)); image.readUInt32LE(at + 12) !== 0; at += 20) {
    const name = fileOffset(image.readUInt32LE(at + 12));
    names.push(image.toString('latin1', name, image.indexOf(0, name)));
  }
  return {
    names,
    hasDelayedImports: directory(DELAY_IMPORT_DIRECTORY) !== 0,
    dependentLoadFlags: image.readUInt16LE(fileOffset(directory(LOAD_CONFIG_DIRECTORY)) + DEPENDENT_LOAD_FLAGS),
  };
}
