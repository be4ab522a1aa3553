/**
 * The type of a file by extension and content together (decision M9). Only fixed, bounded positions are read: the
 * bytes are hostile until a rule says otherwise, which is why this is not a general parser.
 */
import type { FileRefusal, FileType } from '../model/file-facts.ts';
import type { ByteSource } from './byte-source.ts';

type FileTypeResult =
  | { readonly type: FileType; readonly refusal: undefined }
  | { readonly type: undefined; readonly refusal: FileRefusal };

type Content = 'executable' | 'library' | 'installerDatabase' | 'otherCompoundFile' | 'other';

const EXTENSION = /\.(exe|msi|ps1)$/i;
/** IMAGE_DOS_HEADER.e_lfanew and IMAGE_FILE_HEADER.Characteristics, PE format specification. */
const E_LFANEW_OFFSET = 0x3c;
const DOS_HEADER_LENGTH = 0x40;
const PE_HEADER_LENGTH = 24;
const CHARACTERISTICS_OFFSET = 22;
const IMAGE_FILE_EXECUTABLE_IMAGE = 0x0002;
const IMAGE_FILE_DLL = 0x2000;
/** Header signature, sector shift and first directory sector of a compound file, [MS-CFB] 2.2; entry layout 2.6.1. */
const COMPOUND_FILE = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const SECTOR_SHIFT_OFFSET = 30;
const DIRECTORY_SECTOR_OFFSET = 48;
const ENTRY_CLASS_OFFSET = 80;
const ENTRY_LENGTH = 128;
/** {000C1084-0000-0000-C000-000000000046}, the class of an installer database; transforms and patches have others. */
const INSTALLER_DATABASE_CLASS = '84100c0000000000c000000000000046';
/** Magic numbers of formats that are never a script, whatever their bytes look like. */
const NEVER_TEXT: readonly (readonly number[])[] = [
  [0x4d, 0x5a],
  COMPOUND_FILE,
  [0x50, 0x4b, 0x03, 0x04],
  [0x7f, 0x45, 0x4c, 0x46],
  [0x25, 0x50, 0x44, 0x46],
];

/**
 * @param name file name with extension
 * @throws EpmError EPM_FILE_UNREADABLE from the source
 */
export async function fileTypeOf(name: string, source: ByteSource): Promise<FileTypeResult> {
  const extension = EXTENSION.exec(name)?.[1]?.toLowerCase() as FileType | undefined;
  if (extension === undefined) {
    return refusal('typeUnknown', 'Only files with the extension .exe, .msi or .ps1 are elevated.');
  }
  if (source.size === 0) return refusal('typeMismatch', 'The file is empty.');
  const head = await source.read(0, 512);
  if (extension === 'ps1') {
    return NEVER_TEXT.some((magic) => startsWith(head, magic))
      ? refusal('typeMismatch', 'The file has the extension .ps1, but its content is not a script.')
      : { type: 'ps1', refusal: undefined };
  }
  const content = await contentOf(head, source);
  if (extension === 'exe') {
    if (content === 'executable') return { type: 'exe', refusal: undefined };
    return refusal(
      'typeMismatch',
      content === 'library'
        ? 'The file has the extension .exe, but it is a library that cannot be started.'
        : 'The file has the extension .exe, but its content is not a Windows program.',
    );
  }
  if (content === 'installerDatabase') return { type: 'msi', refusal: undefined };
  return refusal(
    'typeMismatch',
    content === 'otherCompoundFile'
      ? 'The file has the extension .msi, but it is not an installer database (a transform, patch or document).'
      : 'The file has the extension .msi, but its content is not an installer package.',
  );
}

/**
 * The type by which a library is inspected: its content alone, because any name is loaded. No library is started, so that
 * it always has a refusal.
 * @throws EpmError EPM_FILE_UNREADABLE from the source
 */
export async function libraryTypeOf(
  source: ByteSource,
): Promise<{ readonly type: 'exe' | undefined; readonly refusal: FileRefusal }> {
  const content = source.size === 0 ? 'other' : await contentOf(await source.read(0, 512), source);
  const isImage = content === 'library' || content === 'executable';
  return {
    type: isImage ? 'exe' : undefined,
    refusal: { reason: 'typeUnknown', message: 'The file is a library, which no rule elevates.' },
  };
}

async function contentOf(head: Uint8Array, source: ByteSource): Promise<Content> {
  if (startsWith(head, [0x4d, 0x5a])) return portableExecutable(head, source);
  if (startsWith(head, COMPOUND_FILE)) return compoundFile(head, source);
  return 'other';
}

async function portableExecutable(head: Uint8Array, source: ByteSource): Promise<Content> {
  if (head.length < DOS_HEADER_LENGTH) return 'other';
  const offset = view(head).getUint32(E_LFANEW_OFFSET, true);
  if (offset < 4 || offset > source.size - PE_HEADER_LENGTH) return 'other';
  const header = await source.read(offset, PE_HEADER_LENGTH);
  if (header.length < PE_HEADER_LENGTH || !startsWith(header, [0x50, 0x45, 0, 0])) return 'other';
  const characteristics = view(header).getUint16(CHARACTERISTICS_OFFSET, true);
  if ((characteristics & IMAGE_FILE_DLL) !== 0) return 'library';
  return (characteristics & IMAGE_FILE_EXECUTABLE_IMAGE) !== 0 ? 'executable' : 'other';
}

async function compoundFile(head: Uint8Array, source: ByteSource): Promise<Content> {
  if (head.length < 512) return 'other';
  const shift = view(head).getUint16(SECTOR_SHIFT_OFFSET, true);
  if (shift !== 9 && shift !== 12) return 'other';
  const sector = view(head).getUint32(DIRECTORY_SECTOR_OFFSET, true);
  const offset = (sector + 1) * 2 ** shift;
  if (offset > source.size - ENTRY_LENGTH) return 'other';
  const root = await source.read(offset, ENTRY_LENGTH);
  if (root.length < ENTRY_LENGTH) return 'other';
  const classId = Buffer.from(root.subarray(ENTRY_CLASS_OFFSET, ENTRY_CLASS_OFFSET + 16)).toString('hex');
  return classId === INSTALLER_DATABASE_CLASS ? 'installerDatabase' : 'otherCompoundFile';
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((value, index) => bytes[index] === value);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function refusal(reason: FileRefusal['reason'], message: string): FileTypeResult {
  return { type: undefined, refusal: { reason, message } };
}
