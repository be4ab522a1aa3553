import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/program.ts';
import { readPolicies } from '../../../src/policy/formats/formats.ts';
import { graphPolicy } from '../../compliance/graph-shorthand.ts';
import { captureOutput } from './captured.ts';

async function epm(values: readonly string[], input: Uint8Array = new Uint8Array()) {
  const { code, bytes, error } = await captureOutput((io) => run(['policy', ...values], io), {
    input: () => Promise.resolve(input),
  });
  return { code, out: bytes, error };
}

const GOOD = {
  version: 1,
  id: 'pilot',
  settings: { enabled: true },
  rules: [{ name: 'No registry editor', type: 'deny', fileName: 'regedit.exe' }],
};

describe('epm policy convert', () => {
  let folder: string;
  let good: string;
  const put = (name: string, content: string | Uint8Array): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-convert-'));
    good = put('good.json', JSON.stringify(GOOD));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['json', 'syncml', 'intune-profile', 'registry', 'reg', 'registry-pol'])(
    'takes the way over %s',
    async (format) => {
      const there = await epm(['convert', good, '--to', format]);
      expect(there).toMatchObject({ code: 0, error: '' });
      const back = await epm(['convert', '-', '--to', 'json'], there.out);
      expect(back).toMatchObject({ code: 0, error: '' });
      expect(JSON.parse(back.out.toString())).toEqual(GOOD);
      const other = put(`good.${format}`, there.out);
      expect(await epm(['compare', good, other])).toMatchObject({ code: 0, error: '' });
    },
  );

  it('knows an Intune profile as Graph returns it, hidden values included, beside other profiles', async () => {
    const { out } = await epm(['convert', good, '--to', 'intune-profile']);
    const returned = { ...(JSON.parse(out.toString()) as object), version: 3, id: 'x', createdDateTime: '2026-01-01' };
    for (const whole of [returned, { value: [returned] }]) {
      expect(await epm(['convert', '-', '--to', 'json'], Buffer.from(JSON.stringify(whole)))).toMatchObject({
        code: 0,
      });
    }
    const rows = (returned as unknown as { omaSettings: object[] }).omaSettings.map((row) => ({
      ...row,
      value: '****',
    }));
    const hidden = put('hidden.json', JSON.stringify({ ...returned, omaSettings: rows }));
    const told = await epm(['lint', hidden]);
    expect([told.code, told.error]).toEqual([3, expect.stringContaining('getOmaSettingPlainTextValue')]);
  });

  it('takes the format from whoever knows it, wherever a policy is read', async () => {
    const cases = put(
      'from-cases.json',
      JSON.stringify({
        version: 1,
        cases: [{ name: 'c', file: { path: 'C:\\a.exe' }, expect: { outcome: 'denied' } }],
      }),
    );
    const facts = put(
      'from-facts.json',
      JSON.stringify({
        path: 'C:\\a.exe',
        folder: 'C:\\',
        name: 'a.exe',
        size: 1,
        sha256: 'a'.repeat(64),
        signatures: [],
      }),
    );
    for (const values of [
      ['policy', 'lint', good],
      ['policy', 'inspect', good],
      ['policy', 'show', '--policy', good],
      ['policy', 'compare', good, good],
      ['policy', 'test', cases, '--policy', good],
      ['decide', '--policy', good, '--facts', facts],
    ]) {
      const read = (from: string) => captureOutput((io) => run([...values, '--from', from], io));
      expect((await read('json')).error, values.join(' ')).toBe('');
      expect(await read('graph'), values.join(' ')).toMatchObject({
        code: 3,
        error: expect.stringContaining('EPM_POLICY_INVALID') as string,
      });
    }
  });

  it('says of a rule for an interpreter that it never elevates here', async () => {
    for (const [choose, isTold, more] of [
      ['_automatic', true, {}],
      ['_self', false, {}],
      ['_self', true, { _filename: 'c*.exe' }],
    ] as const) {
      const rule = { _name: 'shell', _filename: 'cmd.exe', _filehash: 'a'.repeat(64), _ruletype: { choose }, ...more };
      const input = Buffer.from(JSON.stringify(graphPolicy({ rules: [rule] })));
      const { error } = await epm(['convert', '-', '--to', 'json'], input);
      expect(error).toContain('runs whatever its arguments say');
      expect(error.includes('never elevates it here'), choose).toBe(isTold);
    }
  });

  it('tells of two rejected rules of one name apart', async () => {
    const rule = { name: 'same', type: 'userConfirmed', fileName: 'a.exe' };
    const twice = put(
      'twice.json',
      JSON.stringify({
        version: 1,
        rules: [
          { ...rule, x: 1 },
          { ...rule, y: 1 },
        ],
      }),
    );
    const { code, error } = await epm(['convert', twice, '--to', 'registry']);
    expect(code).toBe(2);
    expect(error.match(/rule "same": rejected/g)).toHaveLength(2);
  });

  it('says for Graph that no rules are left, and reports each', async () => {
    const rules = ['one', 'two'].map((name) => ({
      name,
      type: 'userConfirmed',
      fileName: 'a.exe',
      fileHash: 'a'.repeat(64),
      requireArguments: true,
    }));
    const loose = put('loose.json', JSON.stringify({ version: 1, rules }));
    const report = path.join(folder, 'nothing-report.json');
    const target = path.join(folder, 'nothing.json');
    const told = await epm(['convert', loose, '--to', 'graph', '--report', report, '--out', target]);
    expect(told.code).toBe(3);
    expect(told.error).toContain('No rules are left.');
    expect(told.error).toMatch(/rule "one": rejected(.|\n)*rule "two": rejected/);
    const { policies } = JSON.parse(readFileSync(report, 'utf8')) as { policies: { written: { rules: object[] } }[] };
    expect(policies[0]?.written.rules).toMatchObject([
      { name: 'one', outcome: 'rejected' },
      { name: 'two', outcome: 'rejected' },
    ]);
    expect(readdirSync(folder)).not.toContain('nothing.json');
  });

  it('takes a policy to Graph and tells how it came back', async () => {
    const graph = await epm(['convert', good, '--to', 'graph']);
    expect(graph.code).toBe(0);
    const target = path.join(folder, 'from-graph');
    mkdirSync(target);
    await epm(['convert', '-', '--to', 'json', '--out', target], graph.out);
    const files = readdirSync(target).map((name) => readFileSync(path.join(target, name)));
    expect(files.flatMap((bytes) => readPolicies(bytes, 'json').policies.flatMap(({ rules }) => rules))).toMatchObject([
      GOOD.rules[0],
    ]);
  });

  it('ends with 1 for warnings when it is strict, and with 2 when a rule was rejected, whose Deny it keeps', async () => {
    const warned = put('warned.json', JSON.stringify({ ...GOOD, extra: 1 }));
    expect((await epm(['convert', warned, '--to', 'reg'])).code).toBe(0);
    const strict = await epm(['convert', warned, '--to', 'reg', '--strict']);
    expect(strict.code).toBe(1);
    expect(strict.error).toContain('"extra" is not known');

    const bad = [
      { name: 'Broken', type: 'deny', fileName: 'evil.exe', filePat: 'C:\\' },
      { name: 'Gone', type: 'maybe', fileName: 'x.exe' },
    ];
    const rejected = put('rejected.json', JSON.stringify({ ...GOOD, rules: [...GOOD.rules, ...bad] }));
    const report = path.join(folder, 'report.json');
    const outcome = await epm(['convert', rejected, '--to', 'registry', '--report', report, '--strict']);
    expect(outcome.code).toBe(2);
    expect(outcome.error).toMatch(/rule "Broken": rejected, but still denies/);
    const [policy] = readPolicies(outcome.out, 'registry').policies;
    expect(policy?.rules.map(({ name, type, fileName }) => [name, type, fileName])).toEqual([
      ['No registry editor', 'deny', 'regedit.exe'],
      ['Broken', 'deny', 'evil.exe'],
    ]);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      from: 'json',
      to: 'registry',
      problems: [],
      policies: [
        {
          id: 'pilot',
          rules: [
            { name: 'No registry editor', outcome: 'imported' },
            { name: 'Broken', outcome: 'rejected', stillDenies: true, place: { line: 1 } },
            { name: 'Gone', outcome: 'rejected' },
          ],
          written: {
            rules: [
              { name: 'Broken', outcome: 'importedWithWarnings', reasons: [{ code: 'rewrittenDeny' }] },
              { name: 'Gone', outcome: 'rejected', reasons: [{ code: 'leftOut' }] },
            ],
          },
        },
      ],
    });
  });

  it('leaves out of Graph what would be looser there, unless it is asked for', async () => {
    const narrow = { name: 'Tool', type: 'userConfirmed', fileName: 'tool.exe', fileHash: 'a'.repeat(64) };
    const loose = put(
      'loose.json',
      JSON.stringify({ ...GOOD, rules: [...GOOD.rules, { ...narrow, requireArguments: true }] }),
    );
    const namesOf = (bytes: Uint8Array): readonly string[] =>
      readPolicies(bytes, 'graph').policies.flatMap(({ rules }) => rules.map(({ name }) => name));
    const safe = await epm(['convert', loose, '--to', 'graph']);
    expect(safe.code).toBe(2);
    expect(safe.error).toMatch(/rule "Tool": rejected\n.*requireArguments/);
    expect(namesOf(safe.out)).toEqual(['No registry editor']);
    const asked = await epm(['convert', loose, '--to', 'graph', '--allow-looser']);
    expect(asked.code).toBe(0);
    expect(asked.error).toMatch(/rule "Tool": taken with a warning\n.*as was asked for/);
    expect(namesOf(asked.out)).toEqual(['No registry editor', 'Tool']);
    expect((await epm(['convert', loose, '--to', 'graph', '--allow-looser', '--strict'])).code).toBe(1);

    const strict = put(
      'strict.json',
      JSON.stringify({ ...GOOD, settings: { enabled: true, blockInternetFiles: true } }),
    );
    const refused = await epm(['convert', strict, '--to', 'graph']);
    expect(refused).toMatchObject({ code: 3, out: Buffer.alloc(0) });
    expect(refused.error).toMatch(/"blockInternetFiles"[\s\S]*--allow-looser/);
    expect((await epm(['convert', strict, '--to', 'graph', '--allow-looser'])).code).toBe(0);
    expect(await epm(['convert', strict, '--to', 'reg', '--allow-looser'])).toMatchObject({
      code: 3,
      out: Buffer.alloc(0),
      error: expect.stringContaining('carries every rule') as string,
    });
  });

  it('never puts two policies into one output, and writes each into a folder', async () => {
    const several = put(
      'several.reg',
      `Windows Registry Editor Version 5.00
[HKEY_LOCAL_MACHINE\\Software\\Policies\\EPM]
"EnableEPM"=dword:1
[HKEY_USERS\\S-1-5-21-1-2-3-1001\\Software\\Policies\\EPM]
"EnableEPM"=dword:0
`,
    );
    expect(await epm(['convert', several, '--to', 'json'])).toMatchObject({ code: 3, out: Buffer.alloc(0) });
    const target = path.join(folder, 'out');
    mkdirSync(target);
    expect((await epm(['convert', several, '--to', 'registry', '--out', target])).code).toBe(0);
    expect(readdirSync(target).sort()).toEqual(['policy-1.json', 'policy-2.json']);
    expect(readFileSync(path.join(target, 'policy-2.json'), 'utf8')).toContain('HKEY_USERS\\\\S-1-5-21-1-2-3-1001');
    expect((await epm(['compare', several, several])).code).toBe(2);
  });

  it.each([
    [['convert']],
    [['convert', 'x']],
    [['convert', 'x', '--to', 'stone']],
    [['convert', 'x', '--to', 'json', '--nonsense']],
    [['convert', '/nonexistent', '--to', 'json']],
    [['convert', '/dev/null', '--to', 'json']],
    [['convert', 'HKLM\\Software\\Other', '--to', 'json']],
    [['convert', 'HKLM\\Software\\Policies\\EPM', '--to', 'json']],
  ])('ends with 3 for %j, since 2 means a rejected rule here', async (values) => {
    const outcome = await epm(values);
    expect(outcome).toMatchObject({ code: 3, out: Buffer.alloc(0) });
    expect(outcome.error).not.toBe('');
  });

  it('says that certificates have no effect on other formats than Graph', async () => {
    const told = await epm(['convert', good, '--to', 'reg', '--certificates', good, '--strict']);
    expect(told).toMatchObject({ code: 1, error: expect.stringContaining('--certificates has no effect') as string });
  });

  it('says in its help what the exit codes are', async () => {
    const help = await epm(['convert', '--help']);
    expect(help.code).toBe(0);
    expect(help.out.toString()).toMatch(/2 {2}a rule was rejected; the rest is written/);
  });

  it('compares by what policies say', async () => {
    const other = put(
      'other.json',
      JSON.stringify({
        ...GOOD,
        settings: { enabled: true, sendData: false },
        certificates: { c: 'a'.repeat(64) },
        rules: [
          { name: 'New', type: 'deny', filePath: 'C:\\x' },
          { type: 'deny', fileName: 'regedit.exe', name: 'NO REGISTRY EDITOR', arguments: ['/s'] },
        ],
      }),
    );
    const outcome = await epm(['compare', good, other, '--json']);
    expect(outcome.code).toBe(1);
    const { differences } = JSON.parse(outcome.out.toString()) as {
      differences: { what: string; name?: string; attribute?: string }[];
    };
    expect(differences.map(({ what, name, attribute }) => [what, name, attribute])).toEqual([
      ['setting', 'sendData', undefined],
      ['rule', 'No registry editor', 'name'],
      ['rule', 'No registry editor', 'arguments'],
      ['rule', 'New', undefined],
      ['certificate', 'c', undefined],
    ]);
    expect((await epm(['compare', good, other])).out.toString()).toContain('setting "sendData": (none) | false\n');
    expect((await epm(['compare', good, good])).out.toString()).toBe('The policies are the same.\n');
  });

  it('inspects what is no policy, without inventing one', async () => {
    const document = put(
      'document.xml',
      '<DeclaredConfigurationResult schema="1.0" context="Device" id="A" osdefinedscenario="MSFTPolicies" checksum="1" state="61">' +
        '<CSP name="./Vendor/MSFT/X"><URI path="a/b" status="200" state="60"/></CSP></DeclaredConfigurationResult>',
    );
    const outcome = await epm(['inspect', document]);
    expect(outcome.code).toBe(1);
    expect(outcome.out.toString()).toMatch(
      /61 configuration failed[\s\S]*X\/a\/b: 200, 60 configured[\s\S]*not published/,
    );
    const policy = await epm(['inspect', good]);
    expect(policy.code).toBe(0);
    expect(policy.out.toString()).toMatch(/Format +json[\s\S]*rules +1/);
    expect(JSON.parse((await epm(['inspect', good, '--json'])).out.toString())).toMatchObject({ format: 'json' });
    expect((await epm(['inspect', put('no.txt', 'x')])).code).toBe(3);
  });

  it('counts every list that a policy holds', async () => {
    const file = put(
      'lists.json',
      '{"version":1,"roles":{"S-1-5-21-1-2-3-2001":["readOnlyOperator"]},' +
        '"notifications":{"a":{"kind":"folder","path":"D:\\\\a"},"b":{"kind":"eventLog"}},"rules":[]}',
    );
    const told = await epm(['inspect', file, '--json']);
    expect(JSON.parse(told.out.toString())).toMatchObject({
      policies: [{ approverKeys: 0, revocations: 0, roles: 1, notifications: 2, rules: 0, problems: 0 }],
    });
  });
});
