/**
 * epmprompt.exe as the agent's consent window, spoken to over pipes that it inherits. It is started in the session of the
 * requester: as the requester, where what it says is what any program of that person could have said; or, for a secure
 * question, where none of their programs can reach it.
 */
import type { VerifiedCaller } from '../../agent/caller.ts';
import type {
  ConsentAnswer,
  ConsentNotice,
  ConsentQuestion,
  ConsentWindow,
} from '../../agent/consent/consent-window.ts';
import { noticeFrame, questionFrame, readAnswer } from '../../agent/consent/messages.ts';
import { startSecureWindow, type SecureWindowPorts } from '../../agent/consent/secure-window.ts';
import type { Clock, ShownDesktop } from '../../agent/ports.ts';
import type { NoConsentReason } from '../../model/decision.ts';
import { EpmError, isEpmError, toErrorReport } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { nativeFile } from '../native-files.ts';
import { readLooks } from './looks.ts';
import { startPersonWindow } from './person-window.ts';
import { requesterToken } from './requester-token.ts';
import { answerOf, firstOf, reasonOf } from './window-answer.ts';
import { openWindowProgram } from './window-program.ts';

interface ConsentParts extends Omit<SecureWindowPorts, 'openProgram' | 'testVariables'> {
  readonly dlls: WindowsDlls;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

/** Windows of one person at the same time; more would only bury the first. */
const PER_USER = 4;
/** Milliseconds after the window should have closed by itself. */
const GRACE = 5_000;
/** Milliseconds for which a notice stays at most. */
const NOTICE_TIME = 120_000;
/** Milliseconds in which a secure window is ready to be shown. */
const READY_TIME = 20_000;
/** Milliseconds between two looks at whether a secure question is still before the person. */
const LOOK = 200;
/** The variable from which the credential dialog of the test bed is answered. */
const TEST_BED_VARIABLES = ['EPM_TEST_PROMPT'];

/** What a window answered, or why it did not. */
type Said = ReadonlyMap<string, string> | NoConsentReason | EpmError;

export function createConsentWindow({ dlls, clock, ...parts }: ConsentParts): ConsentWindow {
  const { starter, log } = parts;
  const { native, systemFolder } = dlls;
  const testVariables = native.epm_is_test_build() === 1 ? TEST_BED_VARIABLES : [];
  const secureParts: SecureWindowPorts = { ...parts, testVariables, openProgram: () => openWindowProgram(dlls) };
  const ofUser = new Places<string>(PER_USER);
  // Whoever sees the desktop of one question cannot see that of another.
  const ofSession = new Places<number>(1);

  /** Shows a window and gives what it answered, or why there is no answer. */
  async function show(
    signal: AbortSignal,
    take: () => (() => void) | undefined,
    run: () => Promise<Said>,
  ): Promise<Said> {
    if (signal.aborted) return reasonOf(signal);
    const free = take();
    if (free === undefined) {
      return new EpmError('EPM_AGENT_BUSY', 'Another question is open in this session.', {
        hint: 'Answer it first, then ask again.',
      });
    }
    try {
      return await run();
    } catch (error) {
      log.write('warning', 'consentWindowFailed', { code: toErrorReport(error).code });
      return isEpmError(error) ? error : new EpmError('EPM_INTERNAL', 'The consent window failed.', { cause: error });
    } finally {
      free();
    }
  }

  /** On the desktop of the person, as the person. */
  async function exchange(
    frame: Uint8Array,
    who: VerifiedCaller,
    signal: AbortSignal,
    milliseconds: number,
  ): Promise<Said> {
    const program = nativeFile('epmprompt.exe');
    const token = requesterToken(native, who);
    try {
      const window = await startPersonWindow({
        starter,
        program,
        systemFolder,
        more: testVariables,
        token,
        who,
        frame,
      });
      try {
        return await firstOf(answerOf(window), signal, milliseconds);
      } finally {
        await window.end();
      }
    } finally {
      token.close();
    }
  }

  /** On a desktop of its own, which is before the person from the time that the window is on it. */
  async function exchangeSecurely(
    frame: Uint8Array,
    who: VerifiedCaller,
    signal: AbortSignal,
    milliseconds: number,
  ): Promise<Said> {
    const window = await startSecureWindow(frame, who, Math.ceil(milliseconds / 1000), secureParts);
    const { process, desktop } = window;
    const over = new AbortController();
    try {
      const first = await firstOf(process.next(), signal, READY_TIME);
      if (typeof first === 'string') return first;
      if (first?.kind !== 'shown') return 'consentWindowLost';
      await desktop.show();
      return await firstOf(Promise.race([answerOf(process), untilTaken(desktop, over.signal)]), signal, milliseconds);
    } finally {
      over.abort();
      await window.end();
    }
  }

  function askIn(question: ConsentQuestion, left: number, who: VerifiedCaller, signal: AbortSignal): Promise<Said> {
    if (!question.secure) {
      const frame = questionFrame(question, left / 1000, {});
      return show(
        signal,
        () => ofUser.take(who.sid),
        () => exchange(frame, who, signal, left + GRACE),
      );
    }
    const frame = questionFrame(question, left / 1000, readLooks(dlls.advapi32, who.sid));
    return show(
      signal,
      () => ofSession.take(who.session),
      () => exchangeSecurely(frame, who, signal, left + GRACE),
    );
  }

  return {
    async ask(question, who, signal): Promise<ConsentAnswer> {
      const left = Date.parse(question.expires) - clock.now();
      if (!(left > 0)) return { choice: 'no', reason: 'consentExpired' };
      const said = await askIn(question, left, who, signal);
      if (typeof said === 'string') return { choice: 'no', reason: said };
      if (said instanceof EpmError) return { choice: 'no', reason: 'consentUnavailable', error: said };
      return readAnswer(said, question);
    },
    async tell(notice: ConsentNotice, who, signal): Promise<void> {
      await show(
        signal,
        () => ofUser.take(who.sid),
        () => exchange(noticeFrame(notice, {}), who, signal, NOTICE_TIME + GRACE),
      );
    },
  };
}

/** How many windows there are for each of something. */
class Places<K> {
  readonly #most: number;
  readonly #taken = new Map<K, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns frees the place; undefined: there is none */
  take(key: K): (() => void) | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#most) return undefined;
    this.#taken.set(key, taken + 1);
    return () => {
      const left = (this.#taken.get(key) ?? 1) - 1;
      if (left > 0) this.#taken.set(key, left);
      else this.#taken.delete(key);
    };
  }
}

/** Settles when the question is not before the person any more. */
async function untilTaken(desktop: ShownDesktop, stop: AbortSignal): Promise<NoConsentReason> {
  while (!stop.aborted && desktop.isHeld()) await new Promise((resolve) => setTimeout(resolve, LOOK));
  return 'consentWindowLost';
}
