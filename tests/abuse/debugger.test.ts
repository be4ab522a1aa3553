/** Nobody opens the debugger of the packed program: not by its environment, its arguments, or from another process. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows, machine, projectRoot } from '../bed/index.ts';

const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string };

const FOLDER = 'C:\\debugger';
const ENVIRONMENT = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/**
 * Starts a program, waits until it has said that it runs, asks Node to open its debugger from outside, and writes down
 * what came of it. The debugger opens in a thread of its own; a second is plenty for it to end a program that is not
 * made for it.
 */
const DEBUG_PROCESS = `
const { spawn } = require('node:child_process');
const { openSync, readFileSync, writeFileSync } = require('node:fs');
const [output, said, program, ...words] = process.argv.slice(2);
// Programs of Node in Wine write to files only.
const log = openSync(said, 'w');
const child = spawn(program, words, { stdio: ['ignore', log, log] });
let ended = null;
child.on('exit', (code) => { ended = code; });
const waiting = setInterval(() => {
  const text = readFileSync(said, 'utf8');
  if (!text.includes('running') && ended === null) return;
  clearInterval(waiting);
  let error = null;
  const running = ended === null;
  try { process._debugProcess(child.pid); } catch (failure) { error = String(failure); }
  setTimeout(() => {
    writeFileSync(output, JSON.stringify({ running, error, ended }));
    child.on('exit', () => process.exit(0));
    child.kill('SIGKILL');
    if (ended !== null) process.exit(0);
  }, 1000);
}, 20);
`;

describeWindows('the debugger of the packed program', ['epm', 'productionEpm'], (bed) => {
  let node = '';
  let production = '';

  beforeAll(() => {
    bed().putFile(`${FOLDER}\\debug.cjs`, DEBUG_PROCESS);
    bed().putFile(`${FOLDER}\\say.cjs`, `console.log('started');`);
    node = bed().windowsPath(machine?.windowsNode ?? '');
    production = `${bed().installEpm('production')}\\epm.exe`;
  });

  it('AC-78 NODE_OPTIONS opens no debugger', async () => {
    const outcome = await bed().run({ program: production, arguments: ['--version'], environment: ENVIRONMENT });
    expect(outcome).toEqual({ exitCode: 0, output: `${version}\n`, errors: '' });
    // Node itself falls for it.
    const plain = await bed().run({ program: node, arguments: [`${FOLDER}\\say.cjs`], environment: ENVIRONMENT });
    expect(plain.errors).toContain('Debugger listening');
  });

  it('AC-78 arguments for Node are arguments like any other', async () => {
    const outcome = await bed().run({ program: production, arguments: ['--inspect=127.0.0.1:0', 'status'] });
    expect(outcome.exitCode).not.toBe(0);
    expect(outcome.errors).not.toContain('Debugger listening');
  });

  it('AC-78 another process cannot switch the debugger on', async () => {
    const test = `${bed().installEpm('testBed')}\\epm.exe`;
    const outcome = async (program: string, ...words: readonly string[]): Promise<unknown> => {
      const file = `${FOLDER}\\debug.json`;
      const asked = await bed().run({
        program: node,
        arguments: [`${FOLDER}\\debug.cjs`, file, `${FOLDER}\\said.txt`, program, ...words],
        as: 'system',
      });
      expect(asked.exitCode, asked.errors).toBe(0);
      return JSON.parse(bed().readFile(file).toString('utf8'));
    };
    expect(await outcome(node, '-e', `console.log('running'); setTimeout(() => {}, 60000)`)).toMatchObject({
      running: true,
      error: null,
    });
    expect(await outcome(test, 'agent')).toMatchObject({ running: true, error: expect.any(String), ended: null });
  });
});
