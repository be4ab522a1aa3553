/**
 * What the agent and the consent window say to each other: frames of a length, eight hexadecimal digits, and as many bytes
 * of UTF-8, lines of `name TAB value`. native/prompt/message.h reads and writes the same.
 */
import { EpmError } from '../../model/errors.ts';
import type { NoConsentReason } from '../../model/decision.ts';
import { parseJustification } from '../../requests/justification.ts';
import { MAX_SEALED } from '../../requests/sealed-credential.ts';
import { displayText } from '../../text/display.ts';
import type { QuestionText } from '../contract.ts';
import type {
  ConsentAnswer,
  ConsentNotice,
  ConsentQuestion,
  ConsentWords,
  MessageOutcome,
  RequestNotice,
} from './consent-window.ts';
import type { PersonLooks } from './person-looks.ts';

/** Bytes of the longest frame, without its length. */
const MAX_FRAME = 64 * 1024;
const LENGTH_DIGITS = 8;
/** UTF-16 units of one value that is shown whole; the texts of a question are shorter already. */
const MAX_VALUE = 2048;
/** Seconds for which a notice stays. */
export const NOTICE_SECONDS = 120;

type Field = readonly [name: string, value: string];

/** What the window told. */
export type WindowEvent =
  /** It is on the screen. */
  | { readonly kind: 'shown' }
  | { readonly kind: 'answer'; readonly fields: ReadonlyMap<string, string> }
  /** It is no frame, or too long; nothing after it is one. */
  | { readonly kind: 'malformed' };

/** How the window looks; what is absent is read where the window runs. */
type WindowLooks = Partial<PersonLooks>;

/** @param seconds until the question is over */
export function questionFrame(question: ConsentQuestion, seconds: number, looks: WindowLooks): Uint8Array {
  const { kind, requirements, text, words, authentication } = question;
  return frame([
    ['kind', kind],
    ['seconds', String(Math.max(1, Math.floor(seconds)))],
    ...lookFields(looks),
    ...(question.secure ? ([['secure', '1']] as const) : []),
    ...named('requirement', requirements),
    ...textFields(text),
    ...wordFields(words),
    ...(authentication === undefined
      ? []
      : ([
          ['ticket', authentication.ticket],
          ['key', authentication.key],
          ['userName', authentication.userName ?? ''],
        ] as const)),
  ]);
}

/** @param isQuiet the person has asked for nothing just now, and is not to be disturbed in what they do */
export function noticeFrame(notice: ConsentNotice, looks: WindowLooks, isQuiet = false): Uint8Array {
  return frame([
    ['kind', notice.kind],
    ['seconds', String(NOTICE_SECONDS)],
    ...lookFields(looks),
    ...(isQuiet ? ([['quiet', '1']] as const) : []),
    ...(notice.text === undefined ? ([['program', notice.program]] as const) : textFields(notice.text)),
    // What people are to know before they answer is said where something is asked.
    ...named('support', notice.words.supportContact),
    ...endFields(notice),
  ]);
}

function endFields(notice: ConsentNotice): readonly Field[] {
  switch (notice.kind) {
    case 'denied':
    case 'notManaged':
      return [['reason', notice.reason]];
    case 'pending':
      return requestFields(notice);
    case 'approved':
      return [...requestFields(notice), ...named('until', notice.until === undefined ? [] : [notice.until])];
    case 'answered':
      return [
        ...requestFields(notice),
        ['answer', notice.answer],
        ...named('reason', notice.fault === undefined ? [] : [notice.fault]),
      ];
  }
}

function requestFields({ request, comment }: RequestNotice): readonly Field[] {
  return [['request', request], ...named('comment', comment === undefined ? [] : [comment])];
}

/** Reads what comes from the window, in pieces as they come. */
export class WindowFrames {
  #bytes = Buffer.alloc(0);

  take(piece: Uint8Array): readonly WindowEvent[] {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    const events: WindowEvent[] = [];
    while (this.#bytes.length >= LENGTH_DIGITS) {
      const digits = this.#bytes.toString('latin1', 0, LENGTH_DIGITS);
      const length = Number.parseInt(digits, 16);
      if (!/^[0-9a-f]{8}$/.test(digits) || length > MAX_FRAME) return [...events, MALFORMED];
      if (this.#bytes.length < LENGTH_DIGITS + length) break;
      events.push(eventOf(this.#bytes.subarray(LENGTH_DIGITS, LENGTH_DIGITS + length)));
      this.#bytes = this.#bytes.subarray(LENGTH_DIGITS + length);
    }
    return events;
  }
}

const MALFORMED: WindowEvent = { kind: 'malformed' };

/** Why a window that answered says no. */
const NO_CHOICES: ReadonlyMap<string, NoConsentReason> = new Map([
  ['no', 'consentDeclined'],
  ['expired', 'consentExpired'],
  ['sessionLeft', 'consentSessionLeft'],
  ['noDialog', 'consentUnavailable'],
]);

/**
 * The answer, as far as it is one to this question: what the person who runs the window could have made it say is held to
 * the same form as what any client sends.
 */
export function readAnswer(
  fields: ReadonlyMap<string, string>,
  { kind, requirements }: Pick<ConsentQuestion, 'kind' | 'requirements'>,
): ConsentAnswer {
  const choice = fields.get('choice') ?? '';
  const no = NO_CHOICES.get(choice);
  if (no !== undefined) return { choice: 'no', reason: no };
  const lost: ConsentAnswer = { choice: 'no', reason: 'consentWindowLost' };
  if (choice !== 'yes') return lost;
  const given: { justification?: string; credential?: string } = {};
  if (kind === 'approval' || requirements.includes('justification')) {
    try {
      given.justification = parseJustification(fields.get('justification') ?? '');
    } catch {
      return lost;
    }
  }
  if (requirements.includes('authentication')) {
    const credential = fields.get('credential') ?? '';
    if (credential.length > MAX_SEALED || !/^[A-Za-z0-9+/]+={0,2}$/.test(credential)) return lost;
    given.credential = credential;
  }
  return { choice: 'yes', ...given };
}

/** What a window says of a message that it showed. */
export function readOutcome(fields: ReadonlyMap<string, string>): MessageOutcome {
  switch (fields.get('choice')) {
    case 'no':
      return 'seen';
    case 'expired':
      return fields.get('present') === '1' ? 'seen' : 'unseen';
    case 'busy':
    case 'sessionLeft':
      return 'away';
    default:
      return 'unseen';
  }
}

function textFields(text: QuestionText): readonly Field[] {
  return [
    ['program', text.program],
    ...named('publisher', text.publisher === undefined ? [] : [text.publisher]),
    ['path', text.path],
    ['arguments', text.arguments],
    ...named('rule', text.rule === undefined ? [] : [text.rule]),
    ['digest', text.digest],
    ['internet', text.fromInternet ? '1' : '0'],
  ];
}

function lookFields({ languages = [], dark, contrast, textPercent }: WindowLooks): readonly Field[] {
  const chosen = Object.entries({ dark, contrast, text: textPercent }).filter(([, value]) => value !== undefined);
  return [...named('language', languages), ...chosen.map(([name, value]) => [name, String(Number(value))] as const)];
}

function wordFields({ instructions, supportContact, cannedReasons }: ConsentWords): readonly Field[] {
  return [
    ...named('instruction', instructions),
    ...named('support', supportContact),
    ...named('canned', cannedReasons),
  ];
}

function named(name: string, values: readonly string[]): readonly Field[] {
  return values.map((value) => [name, value]);
}

/** Values are safe to show already; none can end its line all the same. */
function frame(fields: readonly Field[]): Uint8Array {
  const text = fields.map(([name, value]) => `${name}\t${displayText(value, MAX_VALUE)}\n`).join('');
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MAX_FRAME) throw new EpmError('EPM_INTERNAL', 'A question is too long for the consent window.');
  return Buffer.concat([Buffer.from(bytes.length.toString(16).padStart(LENGTH_DIGITS, '0'), 'latin1'), bytes]);
}

function eventOf(bytes: Uint8Array): WindowEvent {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return MALFORMED;
  }
  const fields = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const tab = line.indexOf('\t');
    if (tab < 1 || fields.has(line.slice(0, tab))) return MALFORMED;
    fields.set(line.slice(0, tab), line.slice(tab + 1));
  }
  if (!text.endsWith('\n')) return MALFORMED;
  return fields.get('event') === 'shown' ? { kind: 'shown' } : { kind: 'answer', fields };
}
