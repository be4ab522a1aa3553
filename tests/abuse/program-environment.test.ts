/** What lies around the packed program, and what its environment says, must not get into it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows, machine, type Outcome, projectRoot } from '../bed/index.ts';

const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string };

const TRAP = 'C:\\trap';
/** Leaves a trace when it is loaded by whoever obeys. */
const EVIL = `require('node:fs').appendFileSync('C:\\\\trap\\\\sprung.txt', process.execPath + '\\n');`;
/** Node starts its cryptography with this file when it reads one; this one ends it at once. */
const BAD_OPENSSL = [
  'nodejs_conf = init',
  'openssl_conf = init',
  '[init]',
  'alg_section = alg',
  '[alg]',
  'default_properties = fips=yes',
].join('\n');

describeWindows('the environment of the packed program', ['epm', 'productionEpm'], (bed) => {
  let node = '';
  let production = '';

  beforeAll(() => {
    bed().putFile(`${TRAP}\\evil.cjs`, EVIL);
    bed().putFile(`${TRAP}\\openssl.cnf`, BAD_OPENSSL);
    bed().putFile(`${TRAP}\\say.cjs`, `console.log('started');`);
    node = bed().windowsPath(machine?.windowsNode ?? '');
    production = `${bed().installEpm('production')}\\epm.exe`;
  });

  const sprung = (): boolean => bed().fileExists(`${TRAP}\\sprung.txt`);
  const started = (program: string, environment: Record<string, string>, directory = 'C:\\'): Promise<Outcome> =>
    bed().run({
      program,
      arguments: program === node ? [`${TRAP}\\say.cjs`] : ['--version'],
      environment,
      directory,
    });
  const untouched = { exitCode: 0, output: `${version}\n`, errors: '' };

  it('AC-73 NODE_OPTIONS adds no code', async () => {
    const environment = { NODE_OPTIONS: `--require=${TRAP.replace('\\', '/')}/evil.cjs` };
    expect(await started(production, environment)).toEqual(untouched);
    expect(sprung()).toBe(false);
    // Node itself falls for it, so the trap works.
    await started(node, environment);
    expect(sprung()).toBe(true);
  });

  it('AC-73 OPENSSL_CONF and an openssl.cnf nearby are not read', async () => {
    const environment = { OPENSSL_CONF: `${TRAP}\\openssl.cnf` };
    expect(await started(production, environment, TRAP)).toEqual(untouched);
    expect((await started(node, environment, TRAP)).exitCode).not.toBe(0);
  });

  it.each([
    ['the working directory', (): string => TRAP],
    ['its own folder', (): string => production.slice(0, production.lastIndexOf('\\'))],
  ])('AC-73 configuration files in %s are ignored', async (_name, folder) => {
    const files = {
      'package.json': JSON.stringify({ type: 'module', main: 'evil.cjs', pkg: { scripts: 'evil.cjs' } }),
      '.npmrc': `node-options=--require ${TRAP}\\evil.cjs\n`,
      '.env': `NODE_OPTIONS=--require=${TRAP}\\evil.cjs\n`,
      'node.config.json': JSON.stringify({ nodeOptions: { require: [`${TRAP}\\evil.cjs`] } }),
      'openssl.cnf': BAD_OPENSSL,
      'index.js': EVIL,
      'main.js': EVIL,
      'epm.js': EVIL,
    };
    bed().putFile(`${TRAP}\\sprung.txt`, '');
    for (const [name, text] of Object.entries(files)) bed().putFile(`${folder()}\\${name}`, text);
    expect(await started(production, {}, folder())).toEqual(untouched);
    expect(bed().readFile(`${TRAP}\\sprung.txt`).length).toBe(0);
  });
});
