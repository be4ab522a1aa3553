/** Hands the processes and libraries of one tree, which its broker has stopped, to the tree's judge. */
import type { TreeJudge } from '../../agent/ports.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { parseNativeJson } from '../dll/json-call.ts';
import { scratch } from '../dll/scratch.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import type { EventLoop } from '../events/event-loop.ts';
import type { ImageOpener } from '../files/file-opener.ts';

/** Milliseconds that a process may wait: long enough for the largest file on a slow disk, but not for ever. */
const LONGEST_WAIT = 5 * 60_000;
/** Bytes: the longest command line, written as escapes. */
const DETAILS_CAPACITY = 200_000;
const MAX_PROCESS_ID = 0xffff_ffff;

interface Tree {
  readonly native: EpmNative;
  /** Of the native part. */
  readonly number: number;
  readonly judge: TreeJudge;
  readonly images: ImageOpener;
  /** SIDs of accounts that may write what they run. */
  readonly own: ReadonlySet<string>;
}

/** @returns ends the subscription; what waits for an answer then is the native part's to end */
export function judgeStopped(tree: Tree, events: EventLoop): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const unsubscribe = events.on('stopped', ({ process, stopped }) => {
    if (process !== tree.number) return;
    const answer = answerOnce(tree, stopped, timers);
    try {
      askJudge(tree, stopped, answer);
    } catch {
      answer(false);
    }
  });
  return () => {
    unsubscribe();
    for (const timer of timers) clearTimeout(timer);
  };
}

/** The first answer counts. When none comes in time, the process is ended. */
function answerOnce({ native, number }: Tree, stopped: number, timers: Set<NodeJS.Timeout>): (run: boolean) => void {
  let isAnswered = false;
  const answer = (run: boolean): void => {
    if (isAnswered) return;
    isAnswered = true;
    clearTimeout(timer);
    timers.delete(timer);
    const result = native.epm_stopped_answer(number, stopped, run ? 1 : 0);
    // A tree that was released has ended. In any other that cannot be answered for, nothing may go on.
    if (result !== WIN32.SUCCESS && result !== WIN32.INVALID_HANDLE) native.epm_process_terminate(number, 1);
  };
  const timer = setTimeout(() => answer(false), LONGEST_WAIT).unref();
  timers.add(timer);
  return answer;
}

function askJudge({ native, number, judge, images, own }: Tree, stopped: number, answer: (run: boolean) => void): void {
  const { details, handle } = takeStopped(native, number, stopped);
  const asker = `tree ${number}`;
  const isLibrary = details.boolean('library');
  const image = isLibrary ? images.mappedImage(handle, asker, own) : images.openImage(handle, asker, own);
  try {
    const what = {
      processId: details.integer('processId', 1, MAX_PROCESS_ID),
      run: () => answer(true),
      end: () => answer(false),
    };
    if ('open' in image) {
      if (judge.library === undefined) throw new Error('Nobody asked for libraries.');
      judge.library({ ...what, image });
      return;
    }
    judge.child({
      ...what,
      image,
      parentProcessId: details.integer('parentProcessId', 0, MAX_PROCESS_ID),
      commandLine: details.textOrNull('commandLine') ?? undefined,
    });
  } catch (error) {
    if ('close' in image) image.close();
    throw error;
  }
}

function takeStopped(
  native: EpmNative,
  number: number,
  stopped: number,
): { readonly details: CheckedObject; readonly handle: number } {
  const image: [number] = [0];
  const out = scratch(DETAILS_CAPACITY);
  const length: [number] = [0];
  const result = native.epm_stopped_take(number, stopped, image, out, out.length, length);
  if (result !== WIN32.SUCCESS) throw windowsError('epm_stopped_take', result, 'EPM_START_FAILED');
  const text = Buffer.from(out.subarray(0, length[0])).toString('utf8');
  const answer = parseNativeJson('epm_stopped_take', text, 'EPM_START_FAILED');
  return { details: new CheckedObject(answer, 'a stopped process', 'EPM_START_FAILED'), handle: image[0] };
}
