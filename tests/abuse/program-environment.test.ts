/** What lies around the packed program, and what its environment says, must not get into it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
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

/** Values by which Node gives itself away when it obeys, each tried alone in each mode of the program. */
const OBEYED: readonly (readonly [name: string, value: string])[] = [
  ['NODE_COMPILE_CACHE', `${TRAP}\\written`],
  ['NODE_V8_COVERAGE', `${TRAP}\\written`],
  ['NODE_REDIRECT_WARNINGS', `${TRAP}\\written`],
  ['NODE_REPL_EXTERNAL_MODULE', `${TRAP}\\evil.cjs`],
  ['NODE_OPTIONS', `--require=C:/trap/evil.cjs`],
  ['node_options', `--require=C:/trap/evil.cjs`],
  ['NODE_DEBUG', '*'],
  ['NODE_DEBUG_NATIVE', '*'],
  ['NODE_CHANNEL_FD', '9'],
  ['NODE_UNIQUE_ID', '1'],
  ['NODE_ICU_DATA', TRAP],
  ['NODE_EXTRA_CA_CERTS', `${TRAP}\\evil.cjs`],
  ['OPENSSL_CONF', `${TRAP}\\openssl.cnf`],
  ['OPENSSL_MODULES', TRAP],
  ['OPENSSL_ENGINES', TRAP],
];
/** A command of each kind: alone, asking the agent, reading a file. */
const MODES: readonly (readonly string[])[] = [['--version'], ['status'], ['file', `${TRAP}\\say.cjs`, '--json']];

/** All names in Node's executable that such a variable could have, whether as 8-bit or as 16-bit text. */
function namesInRuntime(): readonly string[] {
  const image = readFileSync(machine?.windowsNode ?? '');
  const narrow = image.toString('latin1').match(/\b(?:NODE|OPENSSL|OSSL|SSL|UV)_[A-Z0-9_]+/g) ?? [];
  const wide = image.toString('latin1').match(/(?:(?:N\0O\0D\0E|S\0S\0L|U\0V)\0_\0)(?:[A-Z0-9_]\0)+/g) ?? [];
  return [...new Set([...narrow, ...wide.map((name) => name.replaceAll('\0', ''))])];
}

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

  it('AC-73 nothing in the environment that Node or OpenSSL has a name for reaches the program', async () => {
    const names = [
      ...namesInRuntime(),
      'SSLKEYLOGFILE',
      'QLOGDIR',
      'WATCH_REPORT_DEPENDENCIES',
      'Node_Path',
      'ſſl_CERT_FILE',
    ];
    expect(names.length).toBeGreaterThan(300);
    const kept = { EPM_KEPT: 'kept', NOD_E: 'kept', XNODE_OPTIONS: 'kept', SS: 'kept', UV: 'kept' };
    const seen: string[] = [];
    for (let at = 0; at < names.length; at += 100) {
      const set = Object.fromEntries(names.slice(at, at + 100).map((name) => [name, 'reached']));
      const outcome = await bed().run({
        program: bed().windowsPath(machine?.bare.production ?? ''),
        arguments: ['environment'],
        environment: { ...kept, ...set },
      });
      expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
      const environment = JSON.parse(outcome.output) as Record<string, string>;
      expect(environment).toMatchObject(kept);
      seen.push(...Object.keys(environment).filter((name) => environment[name] === 'reached'));
    }
    expect(seen).toEqual([]);
  });

  it('AC-73 a folder of compiled code is neither read nor written', async () => {
    const environment = { NODE_COMPILE_CACHE: `${TRAP}\\compiled` };
    expect(await started(production, environment)).toEqual(untouched);
    expect(bed().fileExists(`${TRAP}\\compiled`)).toBe(false);
    // Node itself makes it.
    await started(node, environment);
    expect(bed().fileExists(`${TRAP}\\compiled`)).toBe(true);
  });

  it.each(MODES)('AC-73 no variable changes what %s does', async (...command) => {
    const run = (environment: Record<string, string>): Promise<Outcome> =>
      bed().run({ program: production, arguments: command, environment, directory: 'C:\\' });
    const usual = await run({});
    for (const [name, value] of OBEYED) expect([name, await run({ [name]: value })]).toEqual([name, usual]);
    expect(bed().fileExists(`${TRAP}\\written`)).toBe(false);
    expect(sprung()).toBe(false);
  });

  it('AC-73 no variable changes how the agent runs', async () => {
    const agent = await bed().start({
      program: production,
      arguments: ['agent'],
      as: 'system',
      environment: Object.fromEntries(OBEYED),
    });
    await eventually(() => expect(agent.output()).toContain('is running'));
    expect(await agent.stop()).toMatchObject({ errors: '' });
    expect(bed().fileExists(`${TRAP}\\written`)).toBe(false);
    expect(sprung()).toBe(false);
  });

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
