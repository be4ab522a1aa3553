/** docs/evidence.md is made from the tests; these hold what it may say. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROBES } from '../../src/agent/selftest/probes.ts';
import { claimsOf, type Sources, windowsShare } from '../evidence/claims.ts';
import { readPoints } from '../evidence/points.ts';
import { parseRecording } from '../evidence/recordings.ts';
import { renderEvidence } from '../evidence/render-evidence.ts';
import { readSources } from '../evidence/sources.ts';
import { testFile } from '../evidence/test-files.ts';

const sources = readSources(path.resolve(import.meta.dirname, '../..'));

describe('the claims of the product', () => {
  const claims = claimsOf(sources);

  it('need Windows in one case of ten at most', () => {
    const { needing, all } = windowsShare(claims);
    expect(all).toBeGreaterThan(100);
    expect(needing / all).toBeLessThanOrEqual(0.1);
  });

  it('have a test each, or a reason why there is none', () => {
    for (const { title, state, files, reason } of [...claims.points, ...claims.cases]) {
      if (state === 'untested') expect(reason, title).toMatch(/\S/);
      else expect(files, title).not.toEqual([]);
    }
  });

  it('are all on the page', () => {
    const page = renderEvidence(sources, claims);
    for (const { title } of claims.points) expect(page).toContain(`| ${title} |`);
    for (const { id } of claims.cases) expect(page).toContain(`| ${id} |`);
    for (const { id } of PROBES) expect(page).toContain(`| \`${id}\` |`);
    for (const { windowsOnly } of sources.files)
      for (const { reason } of windowsOnly) expect(page).toContain(reason.replaceAll('|', '\\|'));
  });
});

describe('a test file', () => {
  const read = (text: string) => testFile('tests/windows/x.test.ts', [text], 'windows');

  it('is read for its tests, the cases they name, and what only Windows runs', () => {
    const file = read(`
      // AC-90 in a comment is no test.
      const text = 'AC-91 is no name of a test';
      describe('group AC-09', () => {
        it('AC-01 does', () => { expect('AC-92').toBe(1); });
        it.each([['AC-10 row', () => 'AC-93']])('AC-02 of %s', () => undefined);
        it.skipIf(x).each(ROWS)(\`AC-03 \${y} z\`, () => undefined);
        windowsOnly('AC-04 on Windows', 'Wine does not', () => { it('AC-94', () => 1); });
      });
      describe('AC-05 left to Windows', () => {
        windowsOnly('x', 'y', () => undefined);
      });
      const ROWS = [['AC-07', 1]] as const;
      const WINDOWS_ONLY = ['AC-06 in a program'];
    `);
    expect(file.others).toBe(3);
    expect(file.windowsOnly).toEqual([
      { name: 'AC-04 on Windows', reason: 'Wine does not' },
      { name: 'x', reason: 'y' },
      { name: 'AC-06 in a program', reason: 'a program of the tests leaves it out' },
    ]);
    expect([...file.cases.run.keys()].sort()).toEqual(['AC-01', 'AC-02', 'AC-03', 'AC-07', 'AC-09', 'AC-10']);
    expect([...file.cases.windowsOnly.keys()].sort()).toEqual(['AC-04', 'AC-05', 'AC-06']);
  });
});

describe('a point of the security model', () => {
  const LINK = '[a](../tests/unit/a.test.ts)';

  it('has tests, or says why not', () => {
    const page = `## Part\n\n- **One.** Text.\n  *Tests: ${LINK}.*\n- **Two.** Text.\n  *No test: a reason.*\n`;
    expect(readPoints(page)).toEqual([
      { title: 'One', section: 'Part', tests: ['tests/unit/a.test.ts'] },
      { title: 'Two', section: 'Part', tests: [], noTest: 'a reason.' },
    ]);
  });

  it.each([
    ['without either', '- **One.** Text.\n'],
    ['before the next heading', '- **One.** Text.\n\n## Next\n  *No test: too late.*\n'],
    ['before the next point', `- **One.** Text.\n- **Two.** Text.\n  *Tests: ${LINK}.*\n`],
    ['with a link to something else', '- **One.** Text.\n  *Tests: [a](a.md).*\n'],
  ])('%s is refused', (_, page) => {
    expect(() => readPoints(page)).toThrow('One');
  });
});

describe('a claim', () => {
  const of = (text: string, more: Partial<Sources> = {}): Sources => ({
    points: [{ title: 'One', section: 'Part', tests: ['tests/x.test.ts'] }],
    files: [testFile('tests/x.test.ts', [text], 'pure')],
    rows: [],
    standIns: [],
    recordings: [],
    ...more,
  });
  const standIn = { what: 'a double', for: 'Windows', probes: ['eventLog'], points: ['One'] } as const;
  /** Written so that this file does not name a case itself. */
  const NO_CASE = `AC-${98 + 1}`;
  const answer = { written: true, readBack: true };
  const result = {
    id: 'eventLog',
    title: '',
    state: 'asExpected',
    why: '',
    left: [],
    milliseconds: 1,
    answer,
  } as const;
  const recording = (wine: boolean) => ({
    name: 'pc.json',
    report: {
      format: 'epm-selftest',
      version: 1,
      epm: { version: '1', testBuild: false },
      windows: { build: '26100.1', type: 'client', wine },
      recordedAt: '',
      results: [result],
    } as const,
  });

  it.each([
    ['is run by a test', "it('x', () => 1)", {}, 'run'],
    ['is simulated on a stand-in', "it('x', () => 1)", { standIns: [standIn] }, 'simulated'],
    ['needs Windows', "windowsOnly('x', 'y', () => 1)", {}, 'needsWindows'],
    ['needs Windows in spite of a stand-in', "windowsOnly('x', 'y', () => 1)", { standIns: [standIn] }, 'needsWindows'],
  ])('%s', (_, text, more, state) => {
    expect(claimsOf(of(text, more)).points[0]?.state).toBe(state);
  });

  it('was seen on a real Windows, and never in Wine', () => {
    const seen = (wine: boolean): unknown =>
      claimsOf(of("it('x', () => 1)", { standIns: [standIn], recordings: [recording(wine)] })).points[0]?.seenOn;
    expect(seen(false)).toEqual(['pc.json']);
    expect(seen(true)).toEqual([]);
  });

  it.each([
    ['a point whose file has no test', of(''), 'has no test'],
    ['a point whose file is not there', of("it('x', () => 1)", { files: [] }), 'no test file'],
    [
      'a stand-in for a point that is not there',
      of("it('x', () => 1)", { standIns: [{ ...standIn, points: ['Two'] }] }),
      'Two',
    ],
    [
      'a stand-in for a case without a test',
      of("it('x', () => 1)", { standIns: [{ ...standIn, cases: [NO_CASE] }] }),
      NO_CASE,
    ],
  ])('is refused: %s', (_, given, why) => {
    expect(() => claimsOf(given)).toThrow(why);
  });

  it('is never recorded against its answer', () => {
    const text = (more: object): string =>
      JSON.stringify({ ...recording(false).report, results: [{ ...result, ...more }] });
    expect(parseRecording('pc.json', `\uFEFF${text({})}`).results).toHaveLength(1);
    expect(() => parseRecording('pc.json', text({ answer: { written: true, readBack: false } }))).toThrow('eventLog');
    expect(() => parseRecording('pc.json', text({ answer: undefined }))).toThrow('eventLog');
    expect(() => parseRecording('pc.json', text({ id: 'other' }))).toThrow('other');
    expect(() => parseRecording('pc.json', '{}')).toThrow('pc.json');
  });
});
