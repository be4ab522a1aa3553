/**
 * What the product claims, each with the state that its tests give it. Nothing is claimed by hand: points come from the
 * security model, abuse cases from the names of tests, decisions from the rows of tests/compliance.
 */
import type { RowFile } from '../compliance/row.ts';
import { ofWindows, type Recording, seen } from './recordings.ts';
import type { Point } from './points.ts';
import type { StandIn } from './stand-ins.ts';
import type { TestFile } from './test-files.ts';

/**
 * `run`: a test holds it. `simulated`: a test holds it on a stand-in. `needsWindows`: only a test that nothing but Windows
 * runs. `untested`: it says why it has no test.
 */
export type ClaimState = 'run' | 'simulated' | 'needsWindows' | 'untested';

export interface Claim {
  readonly id: string;
  readonly title: string;
  readonly state: ClaimState;
  /** Where its tests run here. */
  readonly where: readonly ('Linux' | 'Wine')[];
  readonly files: readonly string[];
  /** What it rests on. */
  readonly standIns: readonly StandIn[];
  /** Recordings of a real Windows in which every probe of its stand-ins was as expected. */
  readonly seenOn: readonly string[];
  /** Files with tests of it that only Windows runs; not counted for points. */
  readonly onWindows: number;
  readonly reason?: string;
}

export interface Sources {
  readonly points: readonly Point[];
  readonly files: readonly TestFile[];
  readonly rows: readonly RowFile[];
  readonly standIns: readonly StandIn[];
  readonly recordings: readonly Recording[];
}

export interface Claims {
  readonly points: readonly Claim[];
  readonly cases: readonly Claim[];
  readonly rows: readonly RowCount[];
}

export interface RowCount {
  readonly title: string;
  readonly byEngines: number;
  readonly elsewhere: number;
  readonly pending: number;
}

/** @throws Error for a claim without a test, a link that leads nowhere, and a stand-in for something that is not claimed */
export function claimsOf(sources: Sources): Claims {
  const claims = { points: pointClaims(sources), cases: caseClaims(sources), rows: sources.rows.map(countRows) };
  for (const { what, points = [], cases = [] } of sources.standIns) {
    for (const title of points)
      if (!claims.points.some((claim) => claim.title === title))
        throw new Error(
          `The stand-in "${what}" is for the point "${title}", which docs/security-model.md does not have.`,
        );
    for (const id of cases)
      if (!claims.cases.some((claim) => claim.id === id))
        throw new Error(`The stand-in "${what}" is for ${id}, which no test names.`);
  }
  return claims;
}

/** Of the claims that have a test: how many only Windows can hold. */
export function windowsShare({ points, cases }: Claims): { readonly needing: number; readonly all: number } {
  const tested = [...points, ...cases].filter(({ state }) => state !== 'untested');
  return { needing: tested.filter(({ state }) => state === 'needsWindows').length, all: tested.length };
}

function pointClaims({ points, files, standIns, recordings }: Sources): readonly Claim[] {
  return points.map(({ title, tests, noTest }) => {
    const found = tests.map((path) => {
      const file = files.find((each) => each.path === path);
      if (file === undefined) throw new Error(`The point "${title}" names ${path}, which is no test file.`);
      if (file.others + file.windowsOnly.length === 0) throw new Error(`${path} of the point "${title}" has no test.`);
      return file;
    });
    const running = found.filter(({ others }) => others > 0);
    const resting = standIns.filter((standIn) => standIn.points?.includes(title));
    return {
      id: title,
      title,
      ...stateOf(noTest === undefined ? running : undefined, resting),
      where: places(running),
      files: tests,
      standIns: resting,
      seenOn: seenOn(resting, recordings),
      onWindows: 0,
      ...(noTest === undefined ? {} : { reason: noTest }),
    };
  });
}

function caseClaims({ files, standIns, recordings }: Sources): readonly Claim[] {
  const numbers = new Set(files.flatMap(({ cases }) => [...cases.run.keys(), ...cases.windowsOnly.keys()]));
  return [...numbers]
    .sort((one, other) => Number(one.slice(3)) - Number(other.slice(3)))
    .map((id) => {
      const running = files.filter(({ cases }) => cases.run.has(id));
      const onWindows = files.filter(({ cases }) => cases.windowsOnly.has(id));
      const resting = standIns.filter((standIn) => standIn.cases?.includes(id));
      const name = running[0]?.cases.run.get(id) ?? onWindows[0]?.cases.windowsOnly.get(id) ?? '';
      return {
        id,
        title: name.replace(/\bAC-\d{2,3}\b[:,]?\s*/g, '').trim(),
        ...stateOf(running, resting),
        where: places(running),
        files: [...new Set([...running, ...onWindows].map(({ path }) => path))],
        standIns: resting,
        seenOn: seenOn(resting, recordings),
        onWindows: onWindows.length,
      };
    });
}

/** @param running files with a test of it that runs here; undefined: it says why it has none */
function stateOf(
  running: readonly TestFile[] | undefined,
  resting: readonly StandIn[],
): { readonly state: ClaimState } {
  if (running === undefined) return { state: 'untested' };
  if (running.length === 0) return { state: 'needsWindows' };
  return { state: resting.length === 0 ? 'run' : 'simulated' };
}

function places(running: readonly TestFile[]): Claim['where'] {
  const all = running.map(({ tier }) => (tier === 'windows' ? 'Wine' : 'Linux'));
  return (['Linux', 'Wine'] as const).filter((place) => all.includes(place));
}

function seenOn(resting: readonly StandIn[], recordings: readonly Recording[]): readonly string[] {
  const probes = resting.flatMap((standIn) => standIn.probes);
  if (probes.length === 0) return [];
  const real = ofWindows(recordings);
  return real.filter((recording) => probes.every((id) => seen([recording], id).length > 0)).map(({ name }) => name);
}

function countRows({ title, rows }: RowFile): RowCount {
  const count = (has: (row: RowFile['rows'][number]) => boolean): number => rows.filter(has).length;
  return {
    title,
    byEngines: count(({ cases }) => cases !== undefined),
    elsewhere: count(({ heldBy }) => heldBy !== undefined),
    pending: count(({ pending }) => pending !== undefined),
  };
}
