/** Facts of an installer package from its bytes. */
import type { FileFacts, InstallerFacts } from '../../model/file-facts.ts';
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';
import type { SignedContent } from '../signed-content.ts';
import type { Turns } from '../turns.ts';
import { CompoundFile } from './compound-file.ts';
import { Database } from './database.ts';
import { signatureOf } from './signature.ts';
import { MAX_SUMMARY, readSummary, SUMMARY_STREAM } from './summary-information.ts';

type Facts = Pick<FileFacts, 'installer' | 'fileVersionText' | 'productName' | 'companyName' | 'fileDescription'>;

/** {000C1084-0000-0000-C000-000000000046}, the class of an installer database; transforms and patches have others. */
const INSTALLER_DATABASE_CLASS = '84100c0000000000c000000000000046';
const GUID = /^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i;

/**
 * What an installer package says of itself, and what its signature covers. The whole structure is checked before
 * anything is taken from it; the cabinets are not opened.
 * @throws MalformedContent; EpmError EPM_FILE_UNREADABLE from the source
 */
export async function inspectInstaller(
  source: ByteSource,
  turns: Turns,
): Promise<{ facts: Facts; content: SignedContent }> {
  const file = await CompoundFile.open(source, turns);
  if (Buffer.from(file.root.classId).toString('hex') !== INSTALLER_DATABASE_CLASS) {
    throw new MalformedContent('directory entry 0', 'The compound file is not an installer database.');
  }
  const described = await describedBy(file);
  const { content, coversNames } = await signatureOf(file);
  const unownedBytes = content.signatures.length > 0 && file.unownedBytes > 0 ? file.unownedBytes : undefined;
  return { facts: factsOf(present({ ...described, textsSigned: coversNames, unownedBytes })), content };
}

async function describedBy(file: CompoundFile): Promise<Omit<InstallerFacts, 'textsSigned' | 'unownedBytes'>> {
  const database = await Database.open(file);
  const properties = await database.properties([
    'ProductName',
    'Manufacturer',
    'ProductVersion',
    'ProductCode',
    'UpgradeCode',
  ]);
  const stream = file.find(SUMMARY_STREAM);
  const summary = stream === undefined ? {} : readSummary(await file.read(stream, MAX_SUMMARY, 'summary information'));
  return present({
    productName: properties.get('ProductName'),
    manufacturer: properties.get('Manufacturer'),
    productVersion: properties.get('ProductVersion'),
    productCode: guid(properties.get('ProductCode')),
    upgradeCode: guid(properties.get('UpgradeCode')),
    summary,
    externalFiles: await database.externalFiles(wordCountOf(summary)),
  });
}

function wordCountOf(summary: Readonly<Record<string, string>>): number | undefined {
  const text = summary['wordCount'];
  return text === undefined ? undefined : Number(text);
}

/** The names that rules know, in the meaning that comes closest. */
function factsOf(installer: InstallerFacts): Facts {
  return present({
    installer,
    fileVersionText: installer.productVersion,
    productName: installer.productName,
    companyName: installer.manufacturer,
    fileDescription: installer.summary['subject'],
  });
}

/** A code that is none is left out: Windows Installer would not install the package. */
function guid(text: string | undefined): string | undefined {
  return text !== undefined && GUID.test(text) ? text.toUpperCase() : undefined;
}

type Present<T> = { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] } & {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
};

/** Without the members that are undefined. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
