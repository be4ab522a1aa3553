/** Starting programs. Nothing here goes through a shell. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { isWindows } from './project.mjs';

export const isRoot = () => process.getuid?.() === 0;

/** Full path of a program on PATH (or in the folders only root has on PATH), or undefined. */
export function which(name) {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  if (!isWindows) folders.push('/usr/sbin', '/sbin');
  const endings = isWindows ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/** Output of a short command, trimmed; undefined when it fails or does not exist. */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', windowsHide: true, ...options });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/**
 * Runs a program to its end, keeping its output for the error message.
 * `options.show` passes the output through instead.
 */
export function run(command, args, { show = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...options,
    });
    const output = [];
    child.stdout?.on('data', (data) => output.push(data));
    child.stderr?.on('data', (data) => output.push(data));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const text = Buffer.concat(output).toString('utf8').trim();
      if (code === 0) return resolve(text);
      const tail = text.split('\n').slice(-40).join('\n');
      const name = path.basename(command);
      return reject(
        new Error(`${name} ${args.slice(0, 3).join(' ')} ended with ${code ?? signal}${tail ? `:\n${tail}` : ''}`),
      );
    });
  });
}

/** Runs a program with its output shown and answers its exit code. */
export function runShown(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', windowsHide: true, ...options });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
