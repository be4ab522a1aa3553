/** Facts of a program from its bytes, and where its signatures lie. */
import { defined } from '../../model/defined.ts';
import {
  VERSION_TEXT_NAMES,
  type ExecutableFacts,
  type FileFacts,
  type VersionTextFact,
} from '../../model/file-facts.ts';
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';
import type { SignedContent } from '../signed-content.ts';
import type { Turns } from '../turns.ts';
import { addressPlace } from './bytes.ts';
import { authenticodeCoverage, readCertificateTable } from './certificate-table.ts';
import { type ImageHeaders, readHeaders } from './headers.ts';
import { MAX_MANIFEST, readManifest } from './manifest.ts';
import {
  findResources,
  MANIFEST_RESOURCE,
  preferredResource,
  readAddress,
  type Resource,
  VERSION_RESOURCE,
} from './resources.ts';
import {
  MAX_VERSION_RESOURCE,
  readVersionResource,
  shownTexts,
  textOf,
  type VersionResource,
} from './version-resource.ts';

/** Facts that the content of a program gives. */
export type ProgramFacts = Pick<FileFacts, 'executable' | 'fixedVersion' | VersionTextFact>;

/** Bytes of the version resources of all languages together; one in forty languages has about 60 KiB. */
export const MAX_VERSION_RESOURCES = 256 * 1024;

/** Steps of a byte of them. */
const VERSION_STEPS = 4;

/**
 * Reads headers, version resource, manifest and certificate table of a program or library for x86, x64 or ARM64. Data
 * behind the last section is normal (installers keep their files there), behind the certificate table it is not.
 * @throws MalformedContent when the content breaks the format, passes a limit, or is for another processor
 * @throws EpmError EPM_FILE_UNREADABLE; what `turns` throws
 */
export async function inspectExecutable(
  source: ByteSource,
  turns: Turns,
): Promise<{ readonly facts: ProgramFacts; readonly content: SignedContent }> {
  const headers = await readHeaders(source);
  const signatures = await readCertificateTable(source, headers);
  const version = await readVersion(source, headers, turns);
  const executable: ExecutableFacts = {
    machine: headers.machine,
    subsystem: headers.subsystem,
    ...(await readRequest(source, headers, turns)),
    ...defined({ versionTexts: version?.all }),
  };
  return {
    facts: { executable, ...(version === undefined ? {} : factsOf(version.shown)) },
    content: { signatures, coverage: authenticodeCoverage(source.size, headers) },
  };
}

/** The version resource that everybody gets, and the texts of all of them. */
async function readVersion(
  source: ByteSource,
  headers: ImageHeaders,
  turns: Turns,
): Promise<{ readonly shown: VersionResource; readonly all: ExecutableFacts['versionTexts'] & object } | undefined> {
  const resources = await findResources(source, headers, VERSION_RESOURCE);
  const preferred = preferredResource(resources);
  let total = 0;
  let shown: VersionResource | undefined;
  const all: VersionResource[] = [];
  for (const resource of resources) {
    const size = Math.min(resource.size, MAX_VERSION_RESOURCE);
    total += size;
    if (total > MAX_VERSION_RESOURCES) throw tooLarge('version resource', resource, MAX_VERSION_RESOURCES);
    const data = await readAddress(source, headers, resource.address, size, 'version resource');
    const version = readVersionResource(data);
    await turns.take(data.length * VERSION_STEPS);
    all.push(version);
    if (resource === preferred) shown = version;
  }
  return shown === undefined ? undefined : { shown, all: all.flatMap(({ tables }) => tables) };
}

async function readRequest(
  source: ByteSource,
  headers: ImageHeaders,
  turns: Turns,
): Promise<Pick<ExecutableFacts, 'requestedLevel' | 'uiAccess'>> {
  const resource = preferredResource(await findResources(source, headers, MANIFEST_RESOURCE));
  if (resource === undefined) return {};
  if (resource.size > MAX_MANIFEST) throw tooLarge('manifest', resource, MAX_MANIFEST);
  return readManifest(await readAddress(source, headers, resource.address, resource.size, 'manifest'), turns);
}

function factsOf(version: VersionResource): Omit<ProgramFacts, 'executable'> {
  const table = shownTexts(version);
  const texts: { -readonly [Name in VersionTextFact]?: string } = {};
  for (const [fact, name] of Object.entries(VERSION_TEXT_NAMES)) {
    const text = table === undefined ? undefined : textOf(table, name);
    if (text !== undefined) texts[fact as VersionTextFact] = text;
  }
  return { ...defined({ fixedVersion: version.fixedVersion }), ...texts };
}

function tooLarge(structure: string, { address }: Resource, limit: number): MalformedContent {
  return new MalformedContent(addressPlace(structure, address), `There are more than ${limit} bytes of it.`);
}
