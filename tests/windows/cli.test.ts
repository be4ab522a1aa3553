import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { describeWindows, identitySid } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM, programRule } from './agent-under-test.ts';

const NOTHING: unknown = expect.stringMatching(/^No elevated program runs\.\r?\n$/);

describeWindows('epm.exe', ['epm'], (bed) => {
  let agent: AgentUnderTest;
  beforeAll(() => {
    agent = new AgentUnderTest(bed());
  });

  it('works on files without an agent', async () => {
    const sha256 = agent.putProbe();
    bed().putFile(
      'C:\\Users\\Public\\policy.json',
      JSON.stringify({ version: 1, settings: { enabled: true }, rules: [programRule(sha256)] }),
    );
    const facts = await agent.verb(['file', PROGRAM, '--json']);
    expect(JSON.parse(facts.output)).toMatchObject({ path: PROGRAM, name: 'probe.exe', type: 'exe', sha256 });
    const decision = await agent.verb([
      'decide',
      '--policy',
      'C:\\Users\\Public\\policy.json',
      '--file',
      PROGRAM,
      '--json',
    ]);
    expect(decision).toMatchObject({ exitCode: 0, errors: '' });
    expect(JSON.parse(decision.output)).toMatchObject({ outcome: 'elevate', rule: { name: 'Probe' } });
  });

  it('hashes a large file on two threads', async () => {
    const path = 'C:\\Users\\Public\\large.exe';
    const content = Buffer.concat([bed().readFile(PROGRAM), Buffer.alloc(40 * 1024 ** 2, 'x')]);
    bed().putFile(path, content);
    const facts = await agent.verb(['file', path, '--json', '--hash', 'sha512']);
    expect(facts).toMatchObject({ exitCode: 0, errors: '' });
    const hash = (algorithm: string): string => createHash(algorithm).update(content).digest('hex');
    expect(JSON.parse(facts.output)).toMatchObject({ type: 'exe', sha256: hash('sha256'), sha512: hash('sha512') });
  });

  it('converts to a .reg file that the registry takes and the agent reads as the same policy', async () => {
    const source = 'C:\\Users\\Public\\policy.json';
    const target = 'C:\\Users\\Public\\policy.reg';
    const reg = await agent.verb(['policy', 'convert', source, '--to', 'reg', '--out', target]);
    expect(reg).toMatchObject({ exitCode: 0, output: '', errors: '' });
    await bed().importRegistry(bed().readFile(target).subarray(2).toString('utf16le'));
    expect(await agent.verb(['policy', 'compare', source, 'device'])).toMatchObject({ exitCode: 0, errors: '' });
    const key = 'HKLM\\Software\\Policies\\EPM';
    const pol = 'C:\\Users\\Public\\Registry.pol';
    expect((await agent.verb(['policy', 'convert', key, '--to', 'registry-pol', '--out', pol])).exitCode).toBe(0);
    expect((await agent.verb(['policy', 'compare', pol, key])).exitCode).toBe(0);
    expect((await agent.verb(['policy', 'convert', 'HKLM\\Software', '--to', 'json'])).exitCode).toBe(3);
    await agent.start();
    try {
      const { body } = await agent.ask('policy');
      expect(body).toMatchObject({ settings: { clientState: 'enabled' }, rules: [{ name: 'Probe', state: 'active' }] });
    } finally {
      await agent.stop();
    }
  });

  it('applies no policy that has a fault, and says which', async () => {
    bed().putFile(
      'C:\\Users\\Public\\bad.json',
      JSON.stringify({
        version: 1,
        rules: [
          { name: 'Weak', type: 'automatic', fileName: '*.exe' },
          { name: 'Bad', type: 'maybe' },
        ],
      }),
    );
    const outcome = await agent.verb(['policy', 'apply', 'C:\\Users\\Public\\bad.json'], 'administrator');
    expect(outcome).toMatchObject({ exitCode: 3, output: '' });
    expect(outcome.errors).toMatch(/EPM_POLICY_RULE_REJECTED/);
    const before = await bed().run({
      program: 'C:\\windows\\system32\\reg.exe',
      arguments: ['query', 'HKLM\\Software\\Policies\\EPM\\Rules'],
      as: 'administrator',
    });
    expect(before.output).toContain('Probe');
  });

  it('lists elevated programs, and ends them for those whose they are, and for administrators', async () => {
    await agent.allowProbe();
    await agent.start();
    try {
      const { body } = await agent.ask('elevate', { path: PROGRAM, arguments: ['--sleep', '600000'] });
      const id = String(body['requestId']);
      const own = await agent.verb(['elevations']);
      expect(own).toMatchObject({ exitCode: 0, errors: '' });
      expect(own.output).toContain(PROGRAM);
      expect(own.output).toContain(id);
      const all = await agent.verb(['elevations', '--json'], 'administrator');
      expect(JSON.parse(all.output)).toMatchObject({
        elevations: [{ requestId: id, userSid: identitySid.standardUser, rule: { name: 'Probe' } }],
      });

      expect(await agent.verb(['elevations'], 'otherUser')).toMatchObject({ exitCode: 0, output: NOTHING });
      for (const wrong of [id, '0'.repeat(32)]) {
        const { exitCode, errors } = await agent.verb(['stop', wrong], 'otherUser');
        expect([exitCode, errors.includes('EPM_ELEVATION_UNKNOWN')]).toEqual([3, true]);
      }
      expect((await agent.verb(['stop', 'no request'])).errors).toContain('EPM_REQUEST_MALFORMED');

      const stopped = await agent.verb(['stop', id], 'administrator');
      expect(stopped).toMatchObject({
        exitCode: 0,
        errors: '',
        output: expect.stringMatching(/^Ended\.\r?\n$/) as string,
      });
      expect(await agent.verb(['elevations'])).toMatchObject({ exitCode: 0, output: NOTHING });
      expect((await agent.records()).at(-1)).toMatchObject({
        event: 'elevationEnded',
        requestId: id,
        reason: 'stopped',
        endedBy: identitySid.administrator,
      });
    } finally {
      await agent.stop();
    }
  });

  it('AC-70 loads no native file but its own', async () => {
    for (const name of ['koffi.node', 'epmnative.dll']) {
      const file = `${agent.folder}\\${name}`;
      const good = bed().readFile(file);
      try {
        bed().putFile(file, Buffer.concat([good, Buffer.from([0])]));
        const changed = await agent.verb(['status']);
        expect(changed).toMatchObject({ exitCode: 3, errors: expect.stringContaining('EPM_NATIVE_MISSING') as string });
        bed().putFile('C:\\Users\\Public\\elsewhere\\koffi.node', good);
        const { exitCode, errors } = await bed().run({
          program: agent.epm,
          arguments: ['agent'],
          as: 'system',
          directory: 'C:\\Users\\Public\\elsewhere',
        });
        expect({ exitCode, errors }).toMatchObject({
          exitCode: 3,
          errors: expect.stringContaining(`${agent.folder}\\${name}`) as string,
        });
      } finally {
        bed().putFile(file, good);
      }
    }
  });

  it('needs none of its native files for its version', async () => {
    const file = `${agent.folder}\\koffi.node`;
    const good = bed().readFile(file);
    try {
      bed().putFile(file, '');
      expect(await agent.verb(['--version'])).toMatchObject({
        exitCode: 0,
        output: expect.stringMatching(/^\d+\.\d+\.\d+\r?\n$/) as string,
      });
    } finally {
      bed().putFile(file, good);
    }
  });
});
