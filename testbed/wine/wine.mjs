/** Wine 10 or later: the system's, or the one in the chroot; and the prefix that every test starts from. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { buildChroot, existingChroot, mountChroot } from './chroot.mjs';
import { capture, run, which } from '../../tooling/process.mjs';
import { cacheRoot, isWindows } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';

/** Node 24 does not start on older ones. */
const OLDEST = 10;

const majorOf = (text) => Number(/wine-(\d+)/.exec(text ?? '')?.[1] ?? 0);

/** Wine's own programs that elevated ones are, or start. */
const NATIVE = ['msiexec.exe', 'cmd.exe', 'conhost.exe'];

/** Environment of every Windows program: nothing of the caller's gets through. (With TMPDIR set, Wine 10 aborts.) */
const environment = (prefix) => ({
  HOME: homedir(),
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  LANG: 'C.UTF-8',
  XDG_RUNTIME_DIR: '/tmp',
  WINEPREFIX: prefix,
  WINEDEBUG: '-all',
  // No Gecko, no menus and links for the host's desktop. (.NET programs need Wine's mscoree.) These programs are started as
  // the files of the prefix: of one that Wine has built in, an image handle shows another file.
  WINEDLLOVERRIDES: `mshtml,winemenubuilder.exe=;${NATIVE.join(',')}=n`,
});

/** A Wine as a value: `before` + a command runs it, in exactly `environment` and WINEPREFIX. */
function description(kind, version, before) {
  const common = environment('');
  delete common.WINEPREFIX;
  return { kind, version, before, environment: common };
}

/** Makes Wine usable and describes it. */
export async function prepareWine() {
  if (isWindows) return undefined;
  const own = which('wine');
  const version = own === undefined ? undefined : capture(own, ['--version']);
  if (majorOf(version) >= OLDEST) return description('system', version, []);
  await buildChroot();
  const chroot = await mountChroot();
  const inside = capture('chroot', [chroot, 'wine', '--version'], { env: environment('/nonexistent') });
  if (majorOf(inside) < OLDEST)
    throw new Missing(`the Wine in "${chroot}" answers "${inside ?? 'nothing'}", not version ${OLDEST}`);
  return description('chroot', inside, ['chroot', chroot]);
}

/** Whether getting Wine will take a minute. */
export const wineIsReady = () => majorOf(capture('wine', ['--version'])) >= OLDEST || existingChroot() !== undefined;

/** Runs one Windows or Wine program to its end. */
function inPrefix(wine, prefix, command, ...args) {
  const [program, ...rest] = [...wine.before, command, ...args];
  return run(program, rest, { env: { ...wine.environment, WINEPREFIX: prefix }, cwd: '/' });
}

/** Settings of every prefix: a crash ends the program instead of waiting for a click. */
const SETTINGS = [
  ['HKCU\\Software\\Wine\\WineDbg', 'ShowCrashDialog', 'REG_DWORD', '0'],
  ['HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\AeDebug', 'Auto', 'REG_SZ', '0'],
  ['HKCU\\Software\\Wine\\DllOverrides', 'winemenubuilder.exe', 'REG_SZ', ''],
];

/** Where Wine marks its own files, and the mark (dlls/ntdll/unix/loader.c). */
const MARK = { offset: 0x40, text: 'Wine builtin DLL' };

/** Takes Wine's mark off its program in a prefix, so that it is started like any other. */
function makeNative(file) {
  const content = readFileSync(file);
  const end = MARK.offset + MARK.text.length;
  if (content.toString('latin1', MARK.offset, end) !== MARK.text) throw new Missing(`"${file}" is not Wine's own`);
  content.fill(0, MARK.offset, end);
  rmSync(file);
  writeFileSync(file, content, { mode: 0o755 });
}

/** A template that nobody has asked for in a day is removed. In milliseconds. */
const UNUSED = 86_400_000;

/** Folder with a prefix that has been started once; tests work on copies. Made when it does not exist. */
export async function prepareTemplate(wine) {
  const source = readFileSync(new URL(import.meta.url));
  const more = wine.environment.WINEDLLPATH ?? '';
  const key = createHash('sha256').update(wine.version).update(source).update(more).digest('hex').slice(0, 12);
  // Inside the folder of the copies, so that the copies can share unchanged files with it.
  const beds = path.join(cacheRoot(), 'beds');
  const template = path.join(beds, `template-${key}`);
  if (existsSync(template)) {
    utimesSync(template, new Date(), new Date());
    return { template, made: false };
  }
  mkdirSync(beds, { recursive: true });
  // Other clones of the project share the cache, and each may be at another version of this file.
  for (const name of readdirSync(beds).filter((each) => each.startsWith('template-'))) {
    const other = path.join(beds, name);
    if (Date.now() - statSync(other).mtimeMs > UNUSED) rmSync(other, { recursive: true, force: true });
  }
  const partial = path.join(beds, `partial-${process.pid}`);
  try {
    await inPrefix(wine, partial, 'wineboot', '-i');
    for (const [name, value, type, data] of SETTINGS) {
      await inPrefix(wine, partial, 'wine', 'reg.exe', 'add', name, '/v', value, '/t', type, '/d', data, '/f');
    }
    // The registry is written when the last process has gone.
    await inPrefix(wine, partial, 'wineserver', '-w');
    for (const name of NATIVE) makeNative(path.join(partial, 'drive_c', 'windows', 'system32', name));
    renameSync(partial, template);
  } finally {
    if (existsSync(partial)) {
      await inPrefix(wine, partial, 'wineserver', '-k').catch(() => undefined);
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return { template, made: true };
}
