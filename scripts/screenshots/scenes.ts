/** What is shown in the pictures. */
import type {
  ConsentNotice,
  ConsentQuestion,
  ConsentWords,
  RequestAnswer,
} from '../../src/agent/consent/consent-window.ts';
import { noticeFrame, questionFrame } from '../../src/agent/consent/messages.ts';
import type { PersonLooks } from '../../src/agent/consent/person-looks.ts';
import type { QuestionText } from '../../src/agent/contract.ts';
import { displayText } from '../../src/text/display.ts';

const NO_WORDS: ConsentWords = { instructions: [], supportContact: [], cannedReasons: [] };
const WORDS: ConsentWords = {
  instructions: ['Contoso IT asks you to save your work first.'],
  supportContact: ['Service desk: +1 555 0100', 'helpdesk@contoso.example'],
  cannedReasons: ['Install a printer', 'Update an approved program', 'Requested by the service desk'],
};
const TEXT: QuestionText = {
  program: 'setup.exe',
  publisher: 'CN=Contoso Ltd., O=Contoso Ltd., L=Redmond, C=US',
  path: 'C:\\Users\\alice\\Downloads\\Contoso Printer Driver 5.2\\setup.exe',
  arguments: '/install "HP LaserJet 4200" /quiet',
  rule: 'Printer drivers',
  digest: '9f86d081884c7d65',
  fromInternet: true,
};
const QUESTION: ConsentQuestion = {
  kind: 'consent',
  requirements: ['confirmation'],
  text: TEXT,
  words: NO_WORDS,
  expires: '2030-01-01T00:00:00.000Z',
  secure: false,
};
/** AC-81: what a hostile file and request would like the window to look like. */
const HOSTILE: QuestionText = {
  program: displayText('invoice\u202Egpj.exe'),
  path: displayText(`C:\\Users\\alice\\${'a'.repeat(400)}\nPublisher: Microsoft\\<b>safe</b> & \u200B\u0007\\x.exe`),
  arguments: displayText(`--note "${'A'.repeat(10_000)}" "<a href='https://contoso.example'>Click</a>"`, 1_000),
  digest: '9f86d081884c7d65',
  fromInternet: true,
};

export type Scene = (looks: Partial<PersonLooks>) => Uint8Array;

const asked = (question: Partial<ConsentQuestion>): Scene => {
  return (looks) => questionFrame({ ...QUESTION, ...question }, 118, looks);
};
const told = (notice: Partial<ConsentNotice> & Pick<ConsentNotice, 'kind'>): Scene => {
  const whole = { program: TEXT.program, words: NO_WORDS, ...notice } as ConsentNotice;
  return (looks) => noticeFrame(whole, looks);
};

const REQUEST = 'Zk3xT0a9Qm2Yb7Lw5Ue1Rg';
const answered = (answer: RequestAnswer, more: object = {}, isQuiet = true): Scene => {
  const notice = {
    kind: 'answered',
    answer,
    request: REQUEST,
    program: TEXT.program,
    text: TEXT,
    words: WORDS,
  } as const;
  return (looks) => noticeFrame({ ...notice, ...more }, looks, isQuiet);
};

/** Every state of the window. */
export const SCENES: Readonly<Record<string, Scene>> = {
  confirm: asked({}),
  reason: asked({ requirements: ['confirmation', 'justification'], words: WORDS }),
  authentication: asked({
    requirements: ['confirmation', 'justification', 'authentication'],
    authentication: {
      ticket: '0'.repeat(32),
      key: 'BA==',
      userSid: 'S-1-5-21-1-2-3-1001' as never,
      userName: 'CONTOSO\\alice',
    },
  }),
  approval: asked({ kind: 'approval', requirements: ['justification'], words: WORDS }),
  pending: told({ kind: 'pending', request: REQUEST, text: TEXT, words: WORDS }),
  approved: (looks) =>
    noticeFrame(
      {
        kind: 'approved',
        request: REQUEST,
        program: TEXT.program,
        text: TEXT,
        words: WORDS,
        until: '2026-12-01T14:30:00.000Z',
        comment: 'For the new printer on the second floor.',
      },
      looks,
      true,
    ),
  denied: told({ kind: 'denied', reason: 'denyRule', text: TEXT, words: WORDS }),
  'request-denied': answered('requestDenied', { comment: 'Please use the version in the company portal.' }),
  'request-expired': answered('requestExpired'),
  'approval-expired': answered('approvalExpired'),
  'approval-revoked': answered('approvalRevoked', { comment: 'This version has a known hole.' }),
  'approval-without-effect': answered('approvalWithoutEffect', { fault: 'grantClockBehind' }, false),
  'hostile-answer': answered('requestDenied', {
    text: HOSTILE,
    program: HOSTILE.program,
    comment: displayText('\u202Eesu ot ees si tahw ' + 'w'.repeat(300), 256),
  }),
  'not-managed': told({ kind: 'notManaged', reason: 'noRule' }),
  expired: told({ kind: 'denied', reason: 'consentExpired', text: TEXT }),
  hostile: asked({ text: HOSTILE, requirements: ['confirmation', 'justification'] }),
};

/** Those of the documentation. */
export const DOCUMENTED = ['confirm', 'reason', 'denied'];
