import { describe, expect, it } from 'vitest';
import { ESCAPE_TOOL_SET, interpreterSet } from '../../../../src/engine/interpreters.ts';
import type { LintCode } from '../../../../src/model/lint-codes.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import { parsePolicyFile } from '../../../../src/policy/formats/json/policy-file.ts';
import type { LintDiagnostic } from '../../../../src/policy/lint/lint-diagnostic.ts';
import { lintPolicy } from '../../../../src/policy/lint/lint.ts';
import { PROGRAM_ROWS } from '../../../../src/policy/lint/ways-out/index.ts';
import { WAYS } from '../../../../src/policy/lint/ways-out/ways.ts';
import { DANGEROUS_RULES } from './dangerous-rules.ts';
import { HARMLESS_RULES } from './harmless-rules.ts';

const NOW = Date.parse('2026-11-22');

function lint(rule: RuleInput): readonly LintDiagnostic[] {
  const policy = { version: 1, settings: { enabled: true, defaultElevationResponse: 'denyAll' }, rules: [rule] };
  return lintPolicy(parsePolicyFile(JSON.stringify(policy)), NOW);
}

const said = (found: readonly LintDiagnostic[]): string[] => found.map(({ code, message }) => `${code}: ${message}`);

describe('a dangerous rule', () => {
  it('is one of many', () => {
    expect(DANGEROUS_RULES.length).toBeGreaterThanOrEqual(170);
    expect(new Set(DANGEROUS_RULES.map(({ rule }) => JSON.stringify(rule))).size).toBe(DANGEROUS_RULES.length);
  });

  it.each(DANGEROUS_RULES.map(({ rule, way }) => ({ name: rule.name, rule, way })))(
    '$name: a finding names the way out and what to do',
    ({ rule, way }) => {
      const found = lint(rule);
      const telling = found.find(({ message }) => way.test(message));
      expect(telling, said(found).join('\n')).toBeDefined();
      expect(telling?.risk).not.toBe('low');
      expect(telling?.hint).toMatch(/^[A-Z].*\.$/);
    },
  );
});

describe('a harmless rule', () => {
  it('is one of many', () => {
    expect(HARMLESS_RULES.length).toBeGreaterThanOrEqual(100);
    expect(new Set(HARMLESS_RULES.map(({ name }) => name)).size).toBe(HARMLESS_RULES.length);
  });

  it.each(HARMLESS_RULES.map((rule) => ({ name: rule.name, rule })))('$name: nothing is said', ({ rule }) => {
    expect(said(lint(rule))).toEqual([]);
  });
});

describe('a rule that is offered', () => {
  it('is one against which nothing can be said', () => {
    let offers = 0;
    const more: readonly Partial<RuleInput>[] = [
      {},
      { childProcesses: 'allow' },
      { type: 'currentUser', workingDirectory: 'request' },
      { runInPlace: true, childProcesses: 'allow' },
    ];
    const rules = [...DANGEROUS_RULES.map(({ rule }) => rule), ...HARMLESS_RULES];
    for (const rule of rules.flatMap((base) => more.map((added): RuleInput => ({ ...base, ...added })))) {
      for (const { code, tighter } of lint(rule)) {
        if (tighter === undefined) continue;
        offers += 1;
        expect(said(lint(tighter)), `${rule.name}: ${code}`).toEqual([]);
      }
    }
    expect(offers).toBeGreaterThan(300);
  });
});

describe('the table of programs', () => {
  const names = PROGRAM_ROWS.flatMap(([files]) => files.split('|'));

  it('names each program once, in lower case and without extension, and says where it is described', () => {
    expect(names.length).toBeGreaterThan(600);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => name !== name.toLowerCase() || /\.exe$|\s$/.test(name))).toEqual([]);
    expect(PROGRAM_ROWS.filter(([, , source]) => source.trim().length < 5)).toEqual([]);
    expect(new Set(PROGRAM_ROWS.map(([, way]) => way))).toEqual(new Set(Object.keys(WAYS)));
  });

  it('has every tool by which a tree escapes, and of interpreters those whose window no list closes', () => {
    const interpreters = new Set(interpreterSet().names);
    const escapes = ESCAPE_TOOL_SET.names.filter((name) => !interpreters.has(name));
    expect(escapes.filter((name) => !names.includes(name.toLowerCase()))).toEqual([]);
    const rows = PROGRAM_ROWS.filter(([files]) =>
      files.split('|').some((name) => interpreters.has(name.toUpperCase())),
    );
    expect(rows.filter(([, way]) => WAYS[way].openedBy !== 'window')).toEqual([]);
    expect(rows.length).toBeGreaterThan(3);
  });

  it('is told under one code for each program', () => {
    const ways: readonly LintCode[] = ['way-out', 'host-without-arguments', 'host-never-elevated', 'browser'];
    for (const name of names) {
      const detected = { fileName: `${name}.exe`, fileHash: 'a1'.repeat(32), filePath: '%ProgramFiles%\\Contoso' };
      const found = lint({ name, type: 'userConfirmed', ...detected });
      expect(
        found.filter(({ code }) => ways.includes(code)).map(({ risk }) => risk),
        name,
      ).toEqual(['high']);
      expect(lint({ name, type: 'userConfirmed', ...detected, allowInterpreter: true }), name).toEqual([]);
    }
  });
});
