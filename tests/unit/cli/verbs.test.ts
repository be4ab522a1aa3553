import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal } from '../../../src/audit/journal.ts';
import { openJournalFolder } from '../../../src/audit/file-storage.ts';
import { entry } from '../audit/entry.ts';
import { buildProgram } from '../facts/pe-builder.ts';
import { epm, type CapturedOutput } from './captured.ts';

/** A small Windows program. */
const program = (): Buffer => buildProgram();

describe('the command line', () => {
  let folder: string;
  let tool: string;
  let policy: string;
  const sha256 = createHash('sha256').update(program()).digest('hex');
  const put = (name: string, content: string | Uint8Array): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'epm-cli-'));
    tool = put('tool.exe', program());
    policy = put(
      'policy.json',
      JSON.stringify({
        version: 1,
        id: 'tests',
        settings: { enabled: true, defaultElevationResponse: 'denyAll' },
        rules: [
          { name: 'Tool', type: 'automatic', fileName: 'tool.exe', fileHash: sha256, arguments: ['/quiet'] },
          {
            name: 'Other',
            type: 'userConfirmed',
            fileName: 'other.exe',
            fileHash: sha256,
            validations: ['justification'],
          },
        ],
      }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints its help, the help of a verb and the version', async () => {
    const help = await epm('--help');
    expect(help).toMatchObject({ code: 0, error: '' });
    for (const verb of ['agent', 'status', 'decide', 'policy', 'audit', 'elevate', 'request', 'file', 'Exit codes']) {
      expect(help.out).toContain(verb);
    }
    expect((await epm('decide', '--help')).out).toContain('--trigger');
    expect(await epm('--version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\r?\n$/) as string,
    });
  });

  it.each([
    [['nonsense']],
    [['status', '--nonsense']],
    [['file']],
    [['audit', '--after', 'x']],
    [['policy', 'show', '--nonsense']],
    [['decide', '--policy', 'x', '--trigger', 'never']],
  ])('ends with 2 for %j and says where the help is', async (values) => {
    const outcome = await epm(...values);
    expect(outcome).toMatchObject({ code: 2, out: '' });
    expect(outcome.error).not.toBe('');
  });

  it('decides yes, no and not yet, with an exit code for each', async () => {
    const ask = (...more: readonly string[]): Promise<CapturedOutput> =>
      epm('decide', '--policy', policy, '--file', tool, ...more);
    expect(await ask()).toMatchObject({ code: 0, out: 'elevate, by rule "Tool" of policy tests\n', error: '' });
    expect((await ask('--', '/quiet')).code).toBe(0);
    expect(await ask('--', '/other')).toMatchObject({ code: 1, out: expect.stringContaining('denied') as string });
    expect((await ask('--trigger', 'launch', '--arguments', 'x')).code).toBe(1);
    const other = put('other.exe', program());
    const needs = await epm('decide', '--policy', policy, '--file', other);
    expect(needs).toMatchObject({ code: 4, out: expect.stringContaining('confirmation, justification') as string });
  });

  it('decides at another time, by the clock of the device', async () => {
    const hours = put(
      'hours.json',
      JSON.stringify({
        version: 1,
        settings: { enabled: true },
        rules: [{ name: 'Tool', type: 'automatic', fileName: 'tool.exe', fileHash: sha256, activeHours: ['Mon-Fri'] }],
      }),
    );
    const ask = (at: string): Promise<CapturedOutput> =>
      epm('decide', '--policy', hours, '--file', tool, '--explain', '--at', at);
    expect((await ask('2026-12-04T23:59')).code).toBe(0);
    const late = await ask('2026-12-05T00:00');
    expect(late.code).toBe(1);
    expect(late.out).toContain('the time: expected Mon-Fri; found Sat 2026-12-05 00:00');
    expect(late.out).toMatch(/From Mon 2026-12-07 00:00 on, the rule "Tool" .* would win: the file is elevated/);
    expect(await ask('noon')).toMatchObject({ code: 2, error: expect.stringContaining('2026-12-24T08:00') as string });
  });

  it('explains, and gives the same as JSON', async () => {
    const text = await epm('decide', '--policy', policy, '--file', tool, '--explain', '--', '/other');
    expect(text.out).toContain('Tool');
    const outcome = await epm('decide', '--policy', policy, '--file', tool, '--json', '--', '/other');
    const answer = JSON.parse(outcome.out) as Record<string, unknown>;
    expect(answer).toMatchObject({ outcome: 'denied', requirements: [], file: { sha256 } });
    expect(answer['explanation']).toBe(text.out.trimEnd());
  });

  it('decides about facts and a request that were written down', async () => {
    const facts = await epm('file', tool, '--json');
    expect(facts.code).toBe(0);
    const factsFile = put('facts.json', facts.out);
    const request = put(
      'request.json',
      JSON.stringify({
        trigger: 'userInitiated',
        requester: { sid: 'S-1-5-21-1-2-3-9', isAdministrator: true },
        arguments: [],
      }),
    );
    const outcome = await epm('decide', '--policy', policy, '--facts', factsFile, '--request', request, '--json');
    expect(JSON.parse(outcome.out)).toMatchObject({ outcome: 'notManaged', reason: 'administrator' });
    const both = await epm('decide', '--policy', policy, '--facts', factsFile, '--file', tool);
    expect(both).toMatchObject({ code: 2, error: expect.stringContaining('EPM_ARGUMENT') as string });
    const broken = await epm('decide', '--policy', policy, '--facts', put('broken.json', '{"path":1}'));
    expect(broken.code).toBe(2);
    expect(broken.error).toContain('epm file');
  });

  it('prints the facts of a file, and 1 for what is never elevated', async () => {
    const outcome = await epm('file', tool);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toContain(sha256);
    expect(await epm('file', put('tool.txt', 'text'))).toMatchObject({ code: 1 });
    const missing = await epm('file', path.join(folder, 'absent.exe'));
    expect(missing).toMatchObject({ code: 3, out: '' });
    expect(missing.error).toMatch(/^epm: The file ".*absent\.exe" does not exist\.\n +\S.*\n +EPM_FILE_NOT_FOUND\n$/);
  });

  it('gives errors as JSON when JSON was asked for', async () => {
    const missing = await epm('file', path.join(folder, 'absent.exe'), '--json');
    expect(JSON.parse(missing.error)).toMatchObject({
      error: { code: 'EPM_FILE_NOT_FOUND', hint: expect.stringMatching(/\S/) as string },
    });
  });

  it('checks a policy file and names line and reason of what cannot be taken', async () => {
    expect(await epm('policy', 'show', '--policy', policy)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Tool: imported') as string,
    });
    const weak = put(
      'weak.json',
      '{ "version": 1,\n "rules": [\n { "name": "Weak", "type": "automatic", "fileHash": "xyz" } ] }',
    );
    const outcome = await epm('policy', 'show', '--policy', weak);
    expect(outcome.code).toBe(1);
    expect(outcome.out).toMatch(/Weak: rejected\n +line 3/);
    expect(await epm('policy', 'show', '--policy', put('no.json', '{'))).toMatchObject({
      code: 3,
      error: expect.stringContaining('EPM_POLICY_INVALID') as string,
    });
  });

  it('AC-96 verifies a journal, and shows where it was changed', async () => {
    const file = path.join(folder, 'journal.jsonl');
    const journal = await Journal.open(openJournalFolder(folder), { deviceName: 'TEST', now: () => Date.now() });
    for (let count = 0; count < 3; count += 1) journal.append(entry('policyChanged', { message: `number ${count}` }));
    journal.close();
    expect(await epm('audit', 'verify', '--journal', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('verified') as string,
    });
    const changed = put('changed.jsonl', readFileSync(file, 'utf8').replace('number 1', 'number 7'));
    const outcome = await epm('audit', 'verify', '--journal', changed, '--json');
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.out)).toMatchObject({ ok: false, state: 'changed', record: 2 });
  });

  it.skipIf(process.platform === 'win32')('says which verbs need Windows', async () => {
    for (const values of [
      ['status'],
      ['check'],
      ['elevate', 'C:\\x.exe'],
      ['agent'],
      ['agent', 'install'],
      ['agent', 'selftest'],
      ['policy', 'apply', policy],
      ['audit'],
    ]) {
      const outcome = await epm(...values);
      expect(outcome, values.join(' ')).toMatchObject({
        code: 3,
        error: expect.stringContaining('EPM_PLATFORM') as string,
      });
    }
    const request = await epm('request', 'status');
    expect(request.code).toBe(3);
    expect(JSON.parse(request.out)).toMatchObject({ kind: 'error', body: { code: 'EPM_PLATFORM' } });
  });

  it('writes nothing that could move the cursor or hide text', async () => {
    const hostile = put(
      'hostile.json',
      JSON.stringify({ version: 1, rules: [{ name: 'a\u001b[2Jb\u202e', type: 'deny', fileName: 'x.exe' }] }),
    );
    const outcome = await epm('policy', 'show', '--policy', hostile);
    expect(outcome.out + outcome.error).not.toMatch(/[\u001b\u202e]/);
  });
});
