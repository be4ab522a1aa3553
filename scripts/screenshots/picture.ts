/** Pictures of what is on the screen of a bed in Wine, where nobody else is. */
import { execFileSync } from 'node:child_process';
import type { WineBed } from '../../testbed/wine/wine-bed.ts';

/** Takes all that is not the black of the root window. @param file the picture, a .png */
export function takePicture(bed: WineBed, file: string): void {
  execFileSync('import', ['-display', bed.display ?? '', '-window', 'root', '-trim', '+repage', '-strip', file]);
}
