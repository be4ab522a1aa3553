/** File facts as a person reads them. */
import {
  type CertificateFacts,
  FAULT_WORDS,
  type FileFacts,
  type InstallerFacts,
  type MachineVerdict,
  type PlaceFacts,
  type SignatureFacts,
} from '../../model/file-facts.ts';
import { shown } from './text.ts';
import { chainOf } from './export-certificates.ts';

/** A line of a section: a name and what it is; several values stand below each other. */
type Line = readonly [name: string, value: string | readonly string[] | undefined];

const TYPES = { exe: 'program (.exe)', msi: 'installer package (.msi)', ps1: 'PowerShell script (.ps1)' } as const;

const LEVELS = {
  asInvoker: 'no other rights (asInvoker)',
  highestAvailable: 'the highest rights its user has (highestAvailable)',
  requireAdministrator: 'administrator rights (requireAdministrator)',
} as const;

const ORIGINS = { embedded: 'in the file', nested: 'inside another signature', catalog: 'in a catalog' } as const;

const NEIGHBOURS = {
  dotSourced: 'dot-sourced',
  called: 'called',
  importedModule: 'imported module',
  usingModule: 'using module',
  usingAssembly: 'using assembly',
  requiredModule: 'required module',
} as const;

const BLOCKS = {
  counted: undefined,
  misplaced: 'does not count: it is not at the end, or has other line ends than Windows writes',
  several: 'does not count: there is more than one',
  malformed: 'does not count: it has no end, or holds no base64',
  encodingUnclear: 'does not count: what is signed depends on the machine; save the script with a byte order mark',
} as const;

/** @returns sections with a title each, names and values aligned over all of them */
export function describeFile(facts: FileFacts): string {
  const sections = [
    section('File', fileLines(facts)),
    section('Version', versionLines(facts)),
    section('Program', programLines(facts)),
    section('Installer package', installerLines(facts)),
    section('Script', scriptLines(facts)),
    ...signatureSections(facts),
    section('Place', placeLines(facts.place)),
  ].filter(({ lines }) => lines.length > 0);
  const width = Math.max(...sections.flatMap(({ lines }) => lines.map(([name]) => name.length)));
  return sections
    .map(({ title, lines }) => `${title}\n${lines.map((line) => render(line, width)).join('')}`)
    .join('\n');
}

function section(title: string, lines: readonly Line[]) {
  return { title, lines: lines.filter(([, value]) => value !== undefined && value.length > 0) };
}

function render([name, value]: Line, width: number): string {
  const values = typeof value === 'string' ? [value] : (value ?? []);
  return values.map((each, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${shown(each)}\n`).join('');
}

function fileLines(facts: FileFacts): readonly Line[] {
  return [
    ['Path', facts.path],
    ['8.3 folder', facts.shortFolder === facts.folder ? undefined : facts.shortFolder],
    ['Type', facts.type === undefined ? 'none that is elevated' : TYPES[facts.type]],
    ['Refused', facts.refusal === undefined ? undefined : `${facts.refusal.message} (${facts.refusal.reason})`],
    ['Next step', facts.refusal?.hint],
    ['Size', size(facts.size)],
    ['SHA-256', facts.sha256],
    ['SHA-384', facts.sha384],
    ['SHA-512', facts.sha512],
    ['Links', facts.linkCount === undefined || facts.linkCount === 1 ? undefined : `${facts.linkCount} hard links`],
    ['From internet', yesNo(facts.fromInternet)],
  ];
}

function versionLines(facts: FileFacts): readonly Line[] {
  const fixed = facts.fixedVersion?.join('.');
  const other = (facts.executable?.versionTexts?.length ?? 0) > 1 ? facts.executable?.versionTexts : undefined;
  return [
    ['File version', fixed ?? facts.fileVersionText],
    ['Version text', fixed === undefined || facts.fileVersionText === fixed ? undefined : facts.fileVersionText],
    ['Product', facts.productName],
    ['Description', facts.fileDescription],
    ['Company', facts.companyName],
    ['Internal name', facts.internalName],
    ['Original name', facts.originalName],
    ['Languages', other?.map(({ language }) => language).join(', ')],
  ];
}

function programLines({ executable }: FileFacts): readonly Line[] {
  if (executable === undefined) return [];
  return [
    ['Processor', executable.machine],
    ['Subsystem', executable.subsystem],
    ['Asks for', executable.requestedLevel === undefined ? undefined : LEVELS[executable.requestedLevel]],
    ['UI access', executable.uiAccess === true ? 'yes' : undefined],
  ];
}

function installerLines(facts: FileFacts): readonly Line[] {
  const { installer } = facts;
  if (installer === undefined) return [];
  const summary = Object.entries(installer.summary).map(([name, text]): Line => [capital(name), text]);
  return [
    ['Product name', installer.productName],
    ['Manufacturer', installer.manufacturer],
    ['Product version', installer.productVersion],
    ['Product code', installer.productCode],
    ['Upgrade code', installer.upgradeCode],
    ...summary,
    ['Outside', outsideLines(installer)],
    ['Texts', textsLine(facts, installer)],
    [
      'Unowned',
      installer.unownedBytes === undefined
        ? undefined
        : `${installer.unownedBytes} bytes that no stream owns and that the signature does not cover`,
    ],
  ];
}

/** What is installed from files beside the package. */
function outsideLines({ externalFiles }: InstallerFacts): readonly string[] {
  if (externalFiles === undefined) return [];
  const { cabinets, cabinetCount, uncompressed } = externalFiles;
  const more = cabinetCount - cabinets.length;
  return [
    ...cabinets.map((name) => `${name} (a cabinet)`),
    ...(more > 0 ? [`${more} more cabinets`] : []),
    ...(uncompressed ? ['files that are in no cabinet'] : []),
    'Neither hash nor signature cover them, so no Automatic rule takes the package.',
  ];
}

/** Whether the texts of a signed package are worth as much as its signature. */
function textsLine({ signatures }: FileFacts, { textsSigned }: InstallerFacts): string | undefined {
  if (signatures.length === 0) return undefined;
  return textsSigned
    ? 'signed: the signature covers where each text begins and ends'
    : 'not signed: a rule with a product name, description or version also needs the hash';
}

function scriptLines({ script }: FileFacts): readonly Line[] {
  if (script === undefined) return [];
  const { neighbours } = script;
  return [
    ['Encoding', `${script.encoding}${script.byteOrderMark ? ' with byte order mark' : ''}`],
    [
      'Reads',
      script.readsDifferently &&
        'as other text in pwsh than in Windows PowerShell (characters beyond ASCII, no byte order mark)',
    ],
    ['Signature block', script.signatureBlock && BLOCKS[script.signatureBlock]],
    ['Requires', script.requires],
    [
      'Takes in',
      neighbours === 'unknown'
        ? "not known: PowerShell's parser has not answered"
        : neighbours.map(({ kind, text, line }) => `${text} (${NEIGHBOURS[kind]}, line ${line})`),
    ],
  ];
}

function signatureSections({ signatures, type }: FileFacts) {
  if (signatures.length === 0) {
    return type === undefined ? [] : [section('Signature', [['Signed by', 'nobody']])];
  }
  return signatures.map((signature, index) => {
    const number = signatures.length === 1 ? '' : ` ${index + 1} of ${signatures.length}`;
    return section(`Signature${number}: ${verdict(signature)}`, signatureLines(signature));
  });
}

function verdict({ trusted, validNow, validAtTimestamp, revocation }: SignatureFacts): string {
  if (!trusted) return 'not trusted';
  if (revocation === 'revoked') return 'revoked';
  if (!validNow) return validAtTimestamp ? 'trusted, expired since it was timestamped' : 'trusted, but not valid now';
  return 'good';
}

function signatureLines(signature: SignatureFacts): readonly Line[] {
  const { origin, catalog, digestAlgorithm, timestamp, faults = [], machine, leaf, extraCertificates = [] } = signature;
  const chain = chainOf(signature);
  return [
    ['Signed by', leaf.subject],
    ['Certificate', leaf.sha256],
    ['Found', origin === undefined ? undefined : `${ORIGINS[origin]}${catalog === undefined ? '' : ` (${catalog})`}`],
    ['Digest', digestAlgorithm?.replace('sha', 'SHA-').replace('md5', 'MD5')],
    [
      'Timestamp',
      timestamp === undefined
        ? 'none'
        : `${time(timestamp.time)} by ${timestamp.authority}${timestamp.trusted ? '' : ', not trusted'}`,
    ],
    ['Revocation', signature.revocation === 'good' ? 'not revoked' : signature.revocation],
    [
      'Windows',
      machine === undefined ? 'was not asked; trusted roots are those given with --roots' : machineText(machine),
    ],
    ['Faults', faults.map((fault) => FAULT_WORDS[fault])],
    ['Passed over', passedOver(extraCertificates)],
    [
      'Chain',
      chain.flatMap(({ subject, sha256, notBefore, notAfter }, position) => [
        `${position + 1}  ${subject}`,
        `   ${validity(notBefore, notAfter)}`,
        `   ${sha256}`,
      ]),
    ],
  ];
}

/** A person who writes a Deny rule can name it by its digest. */
function passedOver(certificates: readonly CertificateFacts[]): readonly string[] {
  return certificates
    .filter(({ unreadable }) => unreadable === true)
    .map(({ sha256 }) => `a certificate that cannot be read and that nothing depends on: ${sha256}`);
}

function machineText({ trusted, status, chainStatus }: MachineVerdict): string {
  return trusted ? 'accepts it' : `does not accept it (status ${status}, chain ${chainStatus})`;
}

function placeLines(place: PlaceFacts | undefined): readonly Line[] {
  if (place === undefined) return [];
  return [
    ['File system', place.fileSystem],
    ['Drive', place.volumeKind],
    ['File', place.fileWritableByUsers === undefined ? undefined : writable(place.fileWritableByUsers)],
    ['Folder', place.folderWritableByUsers === undefined ? undefined : writable(place.folderWritableByUsers)],
  ];
}

const writable = (is: boolean): string =>
  is ? 'people who are no administrators can change it' : 'only administrators can change it';

function size(bytes: number): string {
  const exact = `${bytes.toLocaleString('en-US')} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return power === 0 ? exact : `${exact} (${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ''})`;
}

function validity(notBefore: number | undefined, notAfter: number | undefined): string {
  const day = (value: number | undefined): string => (value === undefined ? '?' : time(value).slice(0, 10));
  return `valid ${day(notBefore)} to ${day(notAfter)}`;
}

/** A certificate can state any number; what is no date is shown as the number. */
function time(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime())
    ? String(milliseconds)
    : date.toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
}

function yesNo(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no';
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
