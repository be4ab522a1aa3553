/** The policies of the demo: one rule of each kind. */
import { parsePolicyFile, type PolicyFile } from '../../src/policy/formats/json/policy-file.ts';

/** Folders and names of the programs, as a standard user finds them on the device. */
export const PROGRAMS = {
  diskDoctor: 'C:\\Tools\\DiskDoctor.exe',
  clockSync: 'C:\\Tools\\ClockSync.exe',
  registryEditor: 'C:\\Tools\\RegistryEditor.exe',
  unknown: 'C:\\Tools\\FreeGame.exe',
  printerSetup: 'C:\\Tools\\PrinterSetup.exe',
  taxViewer: 'C:\\Tools\\TaxViewer.exe',
} as const;

export const PACKAGE = 'C:\\Tools\\FieldTools.msi';
export const SCRIPT = 'C:\\Tools\\RepairPrinter.ps1';

/** SHA-256 of what is approved, hexadecimal. */
export interface Digests {
  readonly program: string;
  readonly package: string;
  readonly script: string;
}

/** What Intune knows of. */
export function demoPolicy(digests: Digests): PolicyFile {
  return parsePolicyFile(demoPolicyText(digests));
}

/** @param more lists of a policy file that Intune has no place for. @returns a policy file */
export function demoPolicyText(
  { program: sha256, package: packageHash, script }: Digests,
  more: { readonly approverKeys?: object } = {},
): string {
  return JSON.stringify({
    version: 1,
    id: 'Office PCs',
    settings: { enabled: true, defaultElevationResponse: 'denyAll' },
    rules: [
      { name: 'Clock', type: 'automatic', fileName: 'ClockSync.exe', filePath: 'C:\\Tools', fileHash: sha256 },
      {
        name: 'Disk doctor',
        description: 'Repairs disks. The user says why.',
        type: 'userConfirmed',
        validations: ['justification'],
        fileName: 'DiskDoctor.exe',
        filePath: 'C:\\Tools',
        fileHash: sha256,
      },
      {
        name: 'Field tools',
        type: 'userConfirmed',
        fileName: 'FieldTools.msi',
        fileHash: packageHash,
        arguments: ['/qn "GREETING=Hello from the field"'],
      },
      { name: 'No registry editors', type: 'deny', fileName: 'RegistryEditor.exe' },
      { name: 'Printer repair', type: 'automatic', fileName: 'RepairPrinter.ps1', fileHash: script },
      {
        name: 'Printer setup 4.2',
        type: 'userConfirmed',
        fileName: 'PrinterSetup.exe',
        fileHash: sha256,
      },
      { name: 'Tax viewer', type: 'supportApproved', fileName: 'TaxViewer.exe', fileHash: sha256 },
    ],
    ...more,
  });
}
