/** A person at the consent window: what they see, as a picture, and their answer by the keys that they press. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TestBed } from '../../testbed/test-bed.ts';
import { WineBed } from '../../testbed/wine/wine-bed.ts';
import { takePicture } from '../screenshots/picture.ts';

interface Wish {
  /** Folder of the installation. */
  readonly install: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly reason: string;
  /** Where the picture goes. */
  readonly picture: string;
}

/**
 * Asks for a program by the verb of the desktop, types a reason and presses Enter.
 * @returns whether the window took the answer and the program ran, and the file of the picture; undefined: there is no
 * picture, because others may be on the screen
 */
export async function askFromDesktop(
  device: TestBed,
  wish: Wish,
): Promise<{ readonly isAnswered: boolean; readonly picture: string | undefined }> {
  const launcher = await device.start({
    program: `${wish.install}\\epmlaunch.exe`,
    arguments: ['--elevate', wish.program, ...wish.arguments],
  });
  const atWindow = async (...steps: readonly string[]): Promise<boolean> => {
    const outcome = await device.run({ program: device.programs.window, arguments: ['wait:EpmPrompt', ...steps] });
    return outcome.exitCode === 0;
  };
  const isTyped = await atWindow(`type:${wish.reason}`, `text:102,${wish.reason.length} of`, 'enabled:1');
  let picture: string | undefined;
  if (device instanceof WineBed) {
    mkdirSync(path.dirname(wish.picture), { recursive: true });
    takePicture(device, wish.picture);
    ({ picture } = wish);
  }
  const isPressed = await atWindow('key:enter', 'gone');
  await launcher.exited;
  return { isAnswered: isTyped && isPressed, picture };
}
