/** A screen that nobody sees. Without one Wine makes no window, and a program started with a console of its own has none. */
import { spawn, type ChildProcess } from 'node:child_process';

export interface Display {
  /** Value of DISPLAY for programs that use it. */
  readonly name: string;
  close(): Promise<void>;
}

/**
 * @param size width and height in pixels, with an x between
 * @throws Error when the screen does not come up
 */
export async function openDisplay(size = '1024x768'): Promise<Display> {
  const words = ['-displayfd', '3', '-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset'];
  const screen = spawn('Xvfb', words, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  // Also when this process is ended before it closes the screen.
  const kill = (): void => void screen.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => screen.once('close', () => resolve()));
  const close = async (): Promise<void> => {
    process.off('exit', kill);
    screen.kill('SIGTERM');
    await ended;
  };
  try {
    return { name: `:${await numberOf(screen)}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Xvfb writes the number once it takes clients. */
function numberOf(screen: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    screen.stdio[3]?.on('data', (data: Buffer) => {
      text += data.toString('ascii');
      if (text.includes('\n')) resolve(Number.parseInt(text, 10));
    });
    screen.once('error', reject);
    screen.once('exit', () => reject(new Error('Xvfb ended before it took clients.')));
  });
}
