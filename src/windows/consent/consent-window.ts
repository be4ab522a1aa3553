/**
 * epmprompt.exe as the agent's consent window: started in the session of the requester, as the requester, and spoken to over
 * pipes that it inherits. What it says is what any program of that person could have said.
 */
import type { VerifiedCaller } from '../../agent/caller.ts';
import type { ConsentAnswer, ConsentNotice, ConsentWindow } from '../../agent/consent/consent-window.ts';
import { noticeFrame, questionFrame, readAnswer } from '../../agent/consent/messages.ts';
import type { Clock, Log, ProcessStarter } from '../../agent/ports.ts';
import type { NoConsentReason } from '../../model/decision.ts';
import { isEpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { nativeFile } from '../native-files.ts';
import { requesterToken } from './requester-token.ts';
import { WindowProcess } from './window-process.ts';

interface ConsentParts {
  readonly dlls: Pick<WindowsDlls, 'native' | 'systemFolder'>;
  readonly starter: ProcessStarter;
  readonly clock: Clock;
  readonly log: Log;
}

/** Windows of one person at the same time; more would only bury the first. */
const PER_USER = 4;
/** Milliseconds after the window should have closed by itself. */
const GRACE = 5_000;
/** Milliseconds for which a notice stays at most. */
const NOTICE_TIME = 120_000;
/** The variable from which the credential dialog of the test bed is answered. */
const TEST_BED_VARIABLES = ['EPM_TEST_PROMPT'];

const REASONS: ReadonlySet<unknown> = new Set<NoConsentReason>([
  'consentDeclined',
  'consentExpired',
  'consentSessionLeft',
  'consentWindowLost',
  'consentUnavailable',
  'consentCancelled',
]);

export function createConsentWindow({ dlls, starter, clock, log }: ConsentParts): ConsentWindow {
  const open = new Map<string, number>();

  /** Shows a window and gives what it answered; a reason when there is none. */
  async function show(
    frame: Uint8Array,
    who: VerifiedCaller,
    signal: AbortSignal,
    milliseconds: number,
  ): Promise<ReadonlyMap<string, string> | NoConsentReason> {
    if (signal.aborted) return reasonOf(signal);
    const mine = open.get(who.sid) ?? 0;
    if (mine >= PER_USER) return 'consentUnavailable';
    open.set(who.sid, mine + 1);
    try {
      return await exchange(frame, who, signal, milliseconds);
    } catch (error) {
      log.write('warning', 'consentWindowFailed', { code: isEpmError(error) ? error.code : 'EPM_INTERNAL' });
      return 'consentUnavailable';
    } finally {
      const left = (open.get(who.sid) ?? 1) - 1;
      if (left > 0) open.set(who.sid, left);
      else open.delete(who.sid);
    }
  }

  async function exchange(
    frame: Uint8Array,
    who: VerifiedCaller,
    signal: AbortSignal,
    milliseconds: number,
  ): Promise<ReadonlyMap<string, string> | NoConsentReason> {
    const program = nativeFile('epmprompt.exe');
    const { native, systemFolder } = dlls;
    const token = requesterToken(native, who);
    const more = native.epm_is_test_build() === 1 ? TEST_BED_VARIABLES : [];
    try {
      const window = await WindowProcess.start({ starter, program, systemFolder, more, token, who, frame });
      try {
        return await firstOf(answerOf(window), signal, milliseconds);
      } finally {
        await window.end();
      }
    } finally {
      token.close();
    }
  }

  return {
    async ask(question, who, signal): Promise<ConsentAnswer> {
      // No window of this version is out of reach of the person's own programs.
      if (question.secure) return { choice: 'no', reason: 'consentUnavailable' };
      const left = Date.parse(question.expires) - clock.now();
      if (!(left > 0)) return { choice: 'no', reason: 'consentExpired' };
      const said = await show(questionFrame(question, left / 1000, []), who, signal, left + GRACE);
      return typeof said === 'string' ? { choice: 'no', reason: said } : readAnswer(said, question);
    },
    async tell(notice: ConsentNotice, who, signal): Promise<void> {
      await show(noticeFrame(notice, []), who, signal, NOTICE_TIME + GRACE);
    },
  };
}

async function answerOf(window: WindowProcess): Promise<ReadonlyMap<string, string> | NoConsentReason> {
  for (let event = await window.next(); event !== undefined; event = await window.next()) {
    if (event.kind === 'answer') return event.fields;
    if (event.kind === 'malformed') break;
  }
  return 'consentWindowLost';
}

/** The answer, unless the request is taken back or the time is over before. */
async function firstOf<T>(answer: Promise<T>, signal: AbortSignal, milliseconds: number): Promise<T | NoConsentReason> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      answer,
      new Promise<NoConsentReason>((resolve) => {
        if (signal.aborted) resolve(reasonOf(signal));
        signal.addEventListener('abort', () => resolve(reasonOf(signal)), { signal: stop.signal });
        const timer = setTimeout(() => resolve('consentExpired'), milliseconds);
        stop.signal.addEventListener('abort', () => clearTimeout(timer));
      }),
    ]);
  } finally {
    stop.abort();
  }
}

function reasonOf(signal: AbortSignal): NoConsentReason {
  return REASONS.has(signal.reason) ? (signal.reason as NoConsentReason) : 'consentCancelled';
}
