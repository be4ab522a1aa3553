/**
 * epmprompt.exe as the window that tells people something they have not asked for just now: on the desktop of the person, as
 * the person, where they are signed in. It takes no key from what they do.
 */
import type { MessageOutcome, MessageWindow } from '../../agent/consent/consent-window.ts';
import { noticeFrame, NOTICE_SECONDS, readOutcome } from '../../agent/consent/messages.ts';
import type { Log, ProcessStarter } from '../../agent/ports.ts';
import type { Sid } from '../../model/brands.ts';
import { toErrorReport } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { nativeFile } from '../native-files.ts';
import { startPersonWindow } from './person-window.ts';
import { sessionToken } from './session-token.ts';
import { answerOf, firstOf } from './window-answer.ts';

interface MessageParts {
  readonly dlls: WindowsDlls;
  readonly starter: ProcessStarter;
  readonly log: Log;
}

/** Milliseconds for which a window is there at most: after that it should have closed by itself. */
const LONGEST = NOTICE_SECONDS * 1000 + 5_000;

export function createMessageWindow({ dlls, starter, log }: MessageParts): MessageWindow {
  const { native, systemFolder } = dlls;

  async function show(frame: Uint8Array, user: Sid, signal: AbortSignal): Promise<MessageOutcome> {
    const program = nativeFile('epmprompt.exe');
    const token = sessionToken(native, user);
    if (token === undefined) return 'away';
    try {
      const who = { sid: user, session: token.facts().session };
      const window = await startPersonWindow({ starter, program, systemFolder, more: [], token, who, frame });
      try {
        const said = await firstOf(answerOf(window), signal, LONGEST);
        return typeof said === 'string' ? 'unseen' : readOutcome(said);
      } finally {
        await window.end();
      }
    } finally {
      token.close();
    }
  }

  return {
    async show(notice, user, signal) {
      try {
        return await show(noticeFrame(notice, {}, true), user, signal);
      } catch (error) {
        log.write('warning', 'messageWindowFailed', { code: toErrorReport(error).code });
        return 'unseen';
      }
    },
  };
}
