/** Asks the probes of the table one after the other, and has everything put back that one of them changed. */
import { EpmError, isEpmError } from '../../model/errors.ts';
import { type Answer, differences, type Needs, type Probe, type ProbeState } from './probe.ts';

export interface ProbeResult {
  readonly id: string;
  readonly title: string;
  readonly state: ProbeState;
  /** For a person: what differs, or why it is not possible here. Empty when all is as expected. */
  readonly why: string;
  /** What Windows answered; absent when it was not asked. */
  readonly answer?: Answer;
  /** What could not be put back; empty when everything was. */
  readonly left: readonly string[];
  readonly milliseconds: number;
}

/** Takes what is to be put back: done in reverse order, whatever happens. It throws when the change is still there. */
export type PutBack = (what: string, undo: () => void | Promise<void>) => void;

/**
 * Records one answer. What Windows refuses is an answer; an exception says that the question could not be asked as it
 * was meant, which is never taken for "as expected".
 */
export type Recorder = (putBack: PutBack) => Answer | Promise<Answer>;

/** A machine on which a question has no meaning, such as one without any disk that can be taken out. */
export class NotPossible extends Error {}

interface ProbeRun {
  readonly probes: readonly Probe[];
  readonly recorders: Readonly<Record<string, Recorder>>;
  /** Who asks. */
  readonly as: Needs;
  readonly now: () => number;
}

/** Results in the order of the table. Never throws because of a probe. */
export async function runProbes({ probes, recorders, as, now }: ProbeRun): Promise<readonly ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const probe of probes) {
    const begin = now();
    const result = await runProbe(probe, recorders[probe.id], as);
    results.push({ ...result, milliseconds: Math.round(now() - begin) });
  }
  return results;
}

type Timeless = Omit<ProbeResult, 'milliseconds'>;

async function runProbe(probe: Probe, record: Recorder | undefined, as: Needs): Promise<Timeless> {
  const { id, title } = probe;
  if (record === undefined) throw new EpmError('EPM_INTERNAL', `Nothing records the probe "${id}".`);
  const undo: { readonly what: string; readonly run: () => void | Promise<void> }[] = [];
  const left: string[] = [];
  let found: Pick<ProbeResult, 'state' | 'why' | 'answer'>;
  try {
    if (probe.needs === 'system' && as !== 'system')
      throw new NotPossible('only the local system account can ask this');
    found = judged(probe, await record((what, run) => void undo.push({ what, run })));
  } catch (error) {
    found =
      error instanceof NotPossible
        ? { state: 'notPossible', why: error.message }
        : { state: 'differs', why: `the question failed: ${reason(error)}`, answer: failure(error) };
  }
  for (const { what, run } of undo.reverse()) {
    try {
      await run();
    } catch (error) {
      left.push(`${what} (${reason(error)})`);
    }
  }
  // Whoever reads only the states must learn of it.
  return left.length === 0 ? { id, title, ...found, left } : { id, title, ...found, state: 'differs', left };
}

function judged(probe: Probe, answer: Answer): Pick<ProbeResult, 'state' | 'why' | 'answer'> {
  const found = differences(probe, answer);
  return { state: found.length === 0 ? 'asExpected' : 'differs', why: found.join('; '), answer };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

function failure(error: unknown): Answer {
  return isEpmError(error) ? { error: error.code, ...error.data } : { error: 'EPM_INTERNAL' };
}
