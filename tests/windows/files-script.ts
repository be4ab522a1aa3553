/** Runs inside Windows, beside the native files: opens a file as the agent does and says what others can still do. */
import * as fs from 'node:fs';
import path from 'node:path';
import { FactsCache } from '../../src/facts/cache.ts';
import { holdOutputFolder, loadDlls, machineFolders, openOwnFile } from '../../src/windows/index.ts';
import { isEpmError } from '../../src/model/errors.ts';

const [, , output = '', target = '', ...refused] = process.argv;

function attempt(work: () => unknown): string {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'failed';
  }
}

async function codeOf(path: string): Promise<string> {
  try {
    open(path).close();
    return 'opened';
  } catch (error) {
    return isEpmError(error) ? error.code : 'failed';
  }
}

function refusalOf(path: string): string {
  try {
    open(path).close();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const dlls = loadDlls();
const cache = new FactsCache();
const open = (path: string) => openOwnFile(dlls, path, { cache });

/** Digests of the program each time it is opened: unchanged, changed in one byte with its times put back, as before. */
async function whileKept(path: string) {
  const digests: string[] = [];
  const look = async (): Promise<void> => {
    const file = open(path);
    digests.push((await file.facts({ digests: ['sha384'] })).sha256);
    file.close();
  };
  await look();
  const kept = cache.size.files;
  await look();
  const bytes = fs.readFileSync(path);
  const { atime, mtime } = fs.statSync(path);
  const changed = Buffer.from(bytes);
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
  for (const content of [changed, bytes]) {
    fs.writeFileSync(path, content);
    fs.utimesSync(path, atime, mtime);
    await look();
  }
  return { kept, digests };
}

/** What `work` answers while a folder has a junction `epm-junction` in it. */
async function withJunction(folder: string, to: string, work: (link: string) => Promise<string>): Promise<string> {
  const link = `${folder}\\epm-junction`;
  if (attempt(() => fs.symlinkSync(to, link, 'junction')) !== 'done') return 'no junction';
  try {
    return await work(link);
  } finally {
    fs.rmdirSync(link);
  }
}

/** Opens the program by way of junctions, made where only administrators may write, where all may, or by way of both. */
async function throughJunctions(): Promise<Readonly<Record<'administrators' | 'users' | 'both', string>>> {
  const folder = path.dirname(target);
  const everybodys = 'C:\\Users\\Public';
  const through = (link: string): Promise<string> => codeOf(`${link}\\${path.basename(target)}`);
  return {
    administrators: await withJunction(folder, folder, through),
    users: await withJunction(everybodys, folder, through),
    both: await withJunction(everybodys, folder, (users) => withJunction(folder, users, through)),
  };
}

/** Whether a folder is held for an output, and what others can do with it meanwhile. */
async function outputFolders() {
  const folder = 'C:\\Users\\Public\\epm output';
  fs.mkdirSync(folder);
  const rename = (): string =>
    attempt(() => {
      fs.renameSync(folder, `${folder} moved`);
      fs.renameSync(`${folder} moved`, folder);
    });
  const close = holdOutputFolder(dlls, folder);
  const whileHeld = { rename: rename(), write: attempt(() => fs.writeFileSync(`${folder}\\a.json`, '')) };
  close?.();
  const held = (link: string): Promise<string> => {
    const end = holdOutputFolder(dlls, link);
    end?.();
    return Promise.resolve(end === undefined ? 'refused' : 'held');
  };
  return {
    isHeld: close !== undefined,
    whileHeld,
    afterwards: rename(),
    administrators: await withJunction(path.dirname(target), folder, held),
    users: await withJunction('C:\\Users\\Public', path.dirname(target), held),
    below: await withJunction('C:\\Users\\Public', 'C:\\Program Files', (link) => held(`${link}\\App`)),
  };
}

async function main(): Promise<void> {
  const locked = open(target);
  const whileOpen = {
    write: attempt(() => fs.closeSync(fs.openSync(target, 'r+'))),
    truncate: attempt(() => fs.truncateSync(target, 1)),
    rename: attempt(() => fs.renameSync(target, `${target}.old`)),
    remove: attempt(() => fs.rmSync(target)),
    read: attempt(() => fs.readFileSync(target)),
  };
  const facts = await locked.facts({ digests: ['sha384'] });
  locked.close();
  const writer = fs.openSync(target, 'r+');
  const whileWritten = await codeOf(target);
  fs.closeSync(writer);
  const reading = open(target);
  const unfinished = reading.facts({ digests: [] }).then(
    () => 'read',
    (error: unknown) => (isEpmError(error) ? error.code : 'failed'),
  );
  // Closed while it is being read: the handle must live until the read is over.
  reading.close();
  const unfinishedEnd = await unfinished;
  fs.writeFileSync(
    output,
    JSON.stringify({
      path: locked.path,
      id: locked.id,
      facts,
      whileOpen,
      whileWritten,
      unfinished: unfinishedEnd,
      known: await whileKept(target),
      afterwards: attempt(() => fs.closeSync(fs.openSync(target, 'r+'))),
      refused: Object.fromEntries(await Promise.all(refused.map(async (path) => [path, await codeOf(path)] as const))),
      refusals: Object.fromEntries(refused.map((path) => [path, refusalOf(path)] as const)),
      junctions: await throughJunctions(),
      outputs: await outputFolders(),
      folders: machineFolders(dlls.advapi32),
    }),
  );
}

void main().catch((error: unknown) => {
  fs.writeFileSync(output, JSON.stringify({ failed: String(error) }));
});
