/**
 * Takes the pictures: one bed for each size and theme, in which every state is shown in every language. A picture that is
 * younger than the window and than what it shows is not taken again.
 */
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeTestBed, whyNot } from '../../testbed/make-test-bed.ts';
import { machine, projectRoot } from '../../testbed/machine.ts';
import type { TestBed } from '../../testbed/test-bed.ts';
import { WineBed } from '../../testbed/wine/wine-bed.ts';
import { takePicture } from './picture.ts';
import { takeReportPicture } from './report.ts';
import { DOCUMENTED, SCENES } from './scenes.ts';

const OUTPUT = path.join(projectRoot, 'build', 'screenshots');
const IMAGES = path.join(projectRoot, 'docs', 'images');
const LANGUAGES = ['en', 'de', 'ja', 'qps-plocm'];
const SIZES = [100, 125, 150, 200, 300];
const THEMES = ['light', 'dark', 'contrast'] as const;
/** Fonts of this machine that stand in for those of Windows, which are not free: names as Windows has them. */
const FONTS = [
  { file: '/usr/share/fonts/truetype/open-sans/OpenSans-Regular.ttf', stands: ['Segoe UI'], name: 'Open Sans' },
  { file: '/usr/share/fonts/truetype/open-sans/OpenSans-Semibold.ttf', stands: [], name: 'Open Sans Semibold' },
  { file: '/usr/share/fonts/opentype/ipafont-gothic/ipagp.ttf', stands: ['Yu Gothic UI'], name: 'IPAPGothic' },
];

/** Colours of the contrast theme "Night sky" of Windows. */
const CONTRAST = `
[HKEY_CURRENT_USER\\Control Panel\\Colors]
"Window"="0 0 0"
"WindowText"="255 255 255"
"ButtonFace"="0 0 0"
"ButtonText"="255 238 50"
"Hilight"="214 180 253"
"HilightText"="43 43 43"
"GrayText"="166 166 166"
`;

const REPORT = 'report-overview.png';

const wanted = process.argv.slice(2);
const nameOf = (scene: string, language: string, size: number, theme: string): string =>
  `${scene}-${language}-${size}-${theme}.png`;
const isWanted = (name: string): boolean =>
  (wanted.length === 0 || wanted.some((word) => name.includes(word))) && timeOf(path.join(OUTPUT, name)) < changed;

const reason = whyNot(['screen']);
if (reason !== undefined || machine === undefined) throw new Error(reason);
const PROGRAM = path.join(machine.testPrograms, 'epmprompt.exe');
/** Milliseconds since 1970 of the youngest thing that a picture depends on. */
const changed = Math.max(
  ...[PROGRAM, ...['main.ts', 'scenes.ts'].map((name) => path.join(import.meta.dirname, name))].map(timeOf),
);
mkdirSync(OUTPUT, { recursive: true });
if (isWanted(REPORT)) await takeReportPicture(path.join(IMAGES, REPORT));
for (const size of SIZES) {
  for (const theme of THEMES) {
    const names = Object.keys(SCENES).flatMap((scene) =>
      LANGUAGES.map((language) => ({ scene, language, name: nameOf(scene, language, size, theme) })),
    );
    const pictures = names.filter(({ name }) => isWanted(name));
    if (pictures.length > 0) await takeAll(pictures, size, theme);
  }
}
mkdirSync(IMAGES, { recursive: true });
for (const scene of DOCUMENTED) {
  const name = nameOf(scene, 'en', 100, 'light');
  if (readdirSync(OUTPUT).includes(name))
    copyFileSync(path.join(OUTPUT, name), path.join(IMAGES, `consent-${scene}.png`));
}

async function takeAll(
  pictures: readonly { readonly scene: string; readonly language: string; readonly name: string }[],
  size: number,
  theme: (typeof THEMES)[number],
): Promise<void> {
  const bed = await makeTestBed();
  try {
    if (!(bed instanceof WineBed)) throw new Error('Pictures are taken in Wine, where nobody else is on the screen.');
    for (const font of FONTS) bed.putFont(font.file);
    // Wine stops drawing a window that is as large as the whole screen.
    await bed.provideScreen(size > 150 ? '2560x1440' : '1366x768');
    await setLooks(bed, size, theme);
    for (const { scene, language, name } of pictures) {
      const looks = { languages: [language], contrast: theme === 'contrast' };
      await take(bed, SCENES[scene]?.(looks) ?? new Uint8Array(), path.join(OUTPUT, name));
      console.log(name);
    }
  } finally {
    await bed.dispose();
  }
}

/** What the person has chosen for Windows; some of it is read from their own keys. */
async function setLooks(bed: TestBed, size: number, theme: (typeof THEMES)[number]): Promise<void> {
  const fonts = FONTS.flatMap(({ stands, name }) => stands.map((each) => `"${each}"="${name}"`)).join('\n');
  const text = `Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\\Control Panel\\Desktop]
"LogPixels"=dword:${Math.round((96 * size) / 100).toString(16)}

[HKEY_CURRENT_USER\\Software\\Wine\\X11 Driver]
"Managed"="N"

[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize]
"AppsUseLightTheme"=dword:${theme === 'dark' ? '0' : '1'}
${theme === 'contrast' ? CONTRAST : ''}`;
  // The screen has the scale of whoever is on it first, and that is no one whose choice is known yet.
  await bed.importRegistry(
    `[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows NT\\CurrentVersion\\FontSubstitutes]\n${fonts}

[HKEY_LOCAL_MACHINE\\System\\CurrentControlSet\\Hardware Profiles\\Current\\Software\\Fonts]
"LogPixels"=dword:${Math.round((96 * size) / 100).toString(16)}\n`,
  );
  const file = 'C:\\epm-bed\\looks.reg';
  bed.putFile(file, text);
  const outcome = await bed.run({ program: 'C:\\windows\\system32\\reg.exe', arguments: ['import', file] });
  if (outcome.exitCode !== 0) throw new Error(`The looks cannot be set: ${outcome.errors}`);
}

async function take(bed: WineBed, frame: Uint8Array, file: string): Promise<void> {
  const window = await bed.start({ program: bed.windowsPath(PROGRAM), input: Buffer.from(frame).toString('utf8') });
  const end = performance.now() + 60_000;
  while (!window.output().includes('shown') && performance.now() < end) await sleep(50);
  await sleep(1500);
  takePicture(bed, file);
  await window.stop();
}

/** Of the last change of a file; 0: there is none. */
function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
