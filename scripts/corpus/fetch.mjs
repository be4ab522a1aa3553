/** Fetches packages by name and version, as the clients of npm and of .NET do, and lays their files open. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { npm } from '../lib/packages.mjs';
import { run, which } from '../../tooling/process.mjs';
import { cacheRoot } from '../../tooling/project.mjs';
import { Missing, say } from '../../tooling/report.mjs';

const corpus = () => path.join(cacheRoot(), 'rule-corpus');

/**
 * @returns the folder of each package that could be had; the others are named on standard output
 * @throws Missing when npm, tar or the .NET SDK is not there
 */
export async function fetchCorpus() {
  const { npm: wanted, nuget } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'packages.json'), 'utf8'));
  const places = [];
  for (const [name, version] of Object.entries(wanted)) {
    places.push({ name: `npm ${name} ${version}`, folder: await fetchNpm(name, version) });
  }
  await fetchNuGet(Object.entries(nuget).filter(([name, version]) => !existsSync(nuGetFolder(name, version))));
  for (const [name, version] of Object.entries(nuget)) {
    const folder = nuGetFolder(name, version);
    places.push({ name: `nuget ${name} ${version}`, folder: existsSync(folder) ? folder : undefined });
  }
  for (const { name, folder } of places) if (folder === undefined) say(`not to be had: ${name}`);
  return places.filter(({ folder }) => folder !== undefined);
}

/** Answers the folder of a package; undefined when the registry does not have it. Its scripts never run. */
async function fetchNpm(name, version) {
  const folder = path.join(corpus(), 'npm', name.replace('/', '+'), version);
  if (existsSync(folder)) return folder;
  const tar = which('tar');
  if (tar === undefined) throw new Missing('no tar on PATH; packages of npm cannot be unpacked without it');
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    const told = await npm(['pack', `${name}@${version}`, '--json', '--ignore-scripts', '--pack-destination', work]);
    const [{ filename }] = JSON.parse(told.slice(told.indexOf('[')));
    await run(tar, ['-xzf', path.join(work, filename), '-C', work]);
    rmSync(path.join(work, filename));
    renameSync(work, folder);
    return folder;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Where NuGet lays a package that it fetched into a folder of its own. */
const nuGetFolder = (name, version) => path.join(corpus(), 'nuget', name, version);

/** One project that only downloads: what the packages depend on is left alone. */
async function fetchNuGet(packages) {
  if (packages.length === 0) return;
  const dotnet = which('dotnet');
  if (dotnet === undefined) throw new Missing('no dotnet SDK on PATH; packages of NuGet cannot be fetched without it');
  const project = path.join(corpus(), 'fetch.csproj');
  mkdirSync(corpus(), { recursive: true });
  const downloads = packages.map(([name, version]) => `<PackageDownload Include="${name}" Version="[${version}]" />`);
  writeFileSync(
    project,
    `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
<ItemGroup>${downloads.join('\n')}</ItemGroup></Project>\n`,
  );
  const folder = path.join(corpus(), 'nuget');
  await run(dotnet, ['restore', project, '--nologo', '--packages', folder, '--disable-build-servers'], {
    timeout: 20 * 60_000,
    env: { HOME: homedir(), ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
  }).catch((error) => say(error.message));
}
