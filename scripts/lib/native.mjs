/** The C++ part, built twice: for production and for the test bed. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { availableParallelism } from 'node:os';
import { run, which } from '../../tooling/process.mjs';
import { build, isWindows, root } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';
import { clearFresh, digest, filesBelow, isFresh, setFresh } from '../../tooling/stamp.mjs';

const source = path.join(root, 'native');

/** What people install, in both variants. */
const PRODUCT = [
  'epmnative.dll',
  'epmguard.exe',
  'epmdesktop.exe',
  'epmbroker.exe',
  'epmlaunch.exe',
  'epmprompt.exe',
  'epmshell.dll',
];

export const VARIANTS = {
  production: {
    folder: path.join(build, 'native', 'production'),
    option: 'OFF',
    programs: PRODUCT,
  },
  testBed: {
    folder: path.join(build, 'native', 'test-bed'),
    option: 'ON',
    programs: [
      ...PRODUCT,
      'epmbed.exe',
      'epmprobe.exe',
      'epmwindow.exe',
      'epmselftest.exe',
      'epmstart.exe',
      'epmshelluser.exe',
      'epmexit.exe',
      'epmconsole.exe',
      'epmneighbour.exe',
      'epmbeside.dll',
    ],
  },
};

export const nativeFolder = (variant) => path.join(VARIANTS[variant].folder, 'bin');
const results = (variant) => VARIANTS[variant].programs.map((name) => path.join(nativeFolder(variant), name));

/** Sources of a variant: the programs of the test bed belong to that of the test bed only. */
export const nativeSources = (variant) => filesBelow(source, ...(variant === 'testBed' ? ['testbed/native'] : []));

/** Configures and builds one variant when a source has changed. */
export async function buildNative(variant) {
  const { folder, option } = VARIANTS[variant];
  const cmake = which('cmake');
  const inputs = digest(
    nativeSources(variant).filter((file) => !file.endsWith('.md')),
    process.platform,
  );
  const name = `native-${variant}`;
  if (isFresh(name, inputs, results(variant))) return 'up to date';
  if (cmake === undefined) throw new Missing('no cmake; epm.exe cannot be built');
  if (!isWindows && which('x86_64-w64-mingw32-g++') === undefined)
    throw new Missing('no mingw-w64; epm.exe cannot be built');
  clearFresh(name);
  forgetOtherPlace(folder);
  await run(cmake, ['-S', source, '-B', folder, ...generator(folder), `-DEPM_TEST_BED=${option}`]);
  await run(cmake, ['--build', folder, '--config', 'Release', '--parallel', String(availableParallelism())]);
  setFresh(name, inputs);
  return 'built';
}

/** CMake refuses a folder that it made for sources in another place, as a project that was moved has. */
function forgetOtherPlace(folder) {
  const cache = path.join(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return;
  const made = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(readFileSync(cache, 'utf8'))?.[1];
  if (path.resolve(made ?? '') !== source) rmSync(folder, { recursive: true });
}

function generator(folder) {
  // Visual Studio adds a folder for the configuration unless it is told the place.
  if (isWindows) return ['-A', 'x64', `-DCMAKE_RUNTIME_OUTPUT_DIRECTORY_RELEASE=${path.join(folder, 'bin')}`];
  const kind = which('ninja') === undefined ? 'Unix Makefiles' : 'Ninja';
  const toolchain = path.join(source, 'cmake', 'mingw-w64.cmake');
  return ['-G', kind, `-DCMAKE_TOOLCHAIN_FILE=${toolchain}`, '-DCMAKE_BUILD_TYPE=Release'];
}
