import { describe, expect, it } from 'vitest';
import type { ConsentQuestion } from '../../../../src/agent/consent/consent-window.ts';
import { personLooks } from '../../../../src/agent/consent/person-looks.ts';
import {
  noticeFrame,
  questionFrame,
  readAnswer,
  readOutcome,
  WindowFrames,
} from '../../../../src/agent/consent/messages.ts';
import { sid } from '../../../../src/model/brands.ts';
import { MAX_SEALED } from '../../../../src/requests/sealed-credential.ts';

const QUESTION: ConsentQuestion = {
  kind: 'consent',
  requirements: ['confirmation', 'justification'],
  text: {
    program: 'setup.exe',
    path: 'C:\\setup.exe',
    arguments: '',
    digest: '9f86d081884c7d65',
    fromInternet: false,
  },
  words: { instructions: ['Save first'], supportContact: [], cannedReasons: ['One', 'Two'] },
  expires: '2030-01-01T00:00:00.000Z',
  secure: false,
};

function fieldsOf(frame: Uint8Array): readonly (readonly string[])[] {
  const text = Buffer.from(frame).toString('utf8');
  expect(Number.parseInt(text.slice(0, 8), 16)).toBe(frame.length - 8);
  return text
    .slice(8)
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

function framed(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.from(body.length.toString(16).padStart(8, '0')), body]);
}

describe('a question for the window', () => {
  it('has every fact, and lists in their order', () => {
    const fields = fieldsOf(questionFrame(QUESTION, 119.9, { languages: ['de-DE', 'en'] }));
    expect(fields).toContainEqual(['seconds', '119']);
    expect(fields).toContainEqual(['instruction', 'Save first']);
    expect(fields.filter(([name]) => name === 'canned').map(([, value]) => value)).toEqual(['One', 'Two']);
    expect(fields.filter(([name]) => name === 'language').map(([, value]) => value)).toEqual(['de-DE', 'en']);
    expect(fields.map(([name]) => name)).not.toContain('publisher');
  });

  it('has the ticket and the key only where a credential is asked for', () => {
    expect(fieldsOf(questionFrame(QUESTION, 1, {})).map(([name]) => name)).not.toContain('ticket');
    const authentication = { ticket: 'f'.repeat(32), key: 'BA==', userSid: sid('S-1-5-21-1-2-3-4'), userName: 'A\\b' };
    const fields = fieldsOf(questionFrame({ ...QUESTION, authentication }, 1, {}));
    expect(fields).toContainEqual(['ticket', 'f'.repeat(32)]);
    expect(fields).toContainEqual(['userName', 'A\\b']);
  });

  it('AC-81: has no value that ends its line or adds a field', () => {
    const text = { ...QUESTION.text, program: 'a\nkind\tdenied', rule: 'x\u2028y' };
    const fields = fieldsOf(questionFrame({ ...QUESTION, text }, 1, {}));
    expect(fields.every((each) => each.length === 2)).toBe(true);
    expect(fields).toContainEqual(['program', 'a<U+000A>kind<U+0009>denied']);
    expect(fields.filter(([name]) => name === 'kind')).toEqual([['kind', 'consent']]);
  });

  it('is never so long that the window refuses it', () => {
    const words = {
      instructions: Array.from({ length: 40 }, () => '日'.repeat(500)),
      supportContact: [],
      cannedReasons: Array.from({ length: 20 }, () => '日'.repeat(256)),
    };
    expect(() => questionFrame({ ...QUESTION, words }, 1, {})).toThrow('too long');
    expect(
      questionFrame({ ...QUESTION, words: { ...words, instructions: words.instructions.slice(0, 20) } }, 1, {}).length,
    ).toBeLessThan(64 * 1024);
  });
});

describe('how a window looks that does not run as the person', () => {
  it('is told where it is known, and nowhere else', () => {
    const looks = { languages: ['ja'], dark: true, contrast: false, textPercent: 150 };
    const fields = fieldsOf(questionFrame({ ...QUESTION, secure: true }, 1, looks));
    for (const field of ['language=ja', 'dark=1', 'contrast=0', 'text=150', 'secure=1']) {
      expect(fields.map((each) => each.join('='))).toContain(field);
    }
    const names = fieldsOf(questionFrame(QUESTION, 1, {})).map(([name]) => name);
    for (const name of ['language', 'dark', 'contrast', 'text', 'secure']) expect(names).not.toContain(name);
  });

  it('is what the person has chosen, as far as it is a choice', () => {
    expect(personLooks({})).toEqual({ languages: [], dark: false, contrast: false, textPercent: 100 });
    expect(personLooks({ languages: ['de-DE', 'ja'], lightApps: 0, contrastFlags: '127', textScale: 200 })).toEqual({
      languages: ['de-DE', 'ja'],
      dark: true,
      contrast: true,
      textPercent: 200,
    });
    const hostile = personLooks({
      languages: ['x\ty', '', 'a'.repeat(300), 'de-DE', ...Array.from({ length: 1000 }, () => 'en')],
      lightApps: 7,
      contrastFlags: '9'.repeat(40),
      textScale: 4_294_967_295,
    });
    expect(hostile).toMatchObject({ dark: false, contrast: false, textPercent: 225 });
    expect(hostile.languages).toEqual(['de-DE', ...Array.from({ length: 7 }, () => 'en')]);
    expect(personLooks({ textScale: 0, contrastFlags: '126' })).toMatchObject({ textPercent: 100, contrast: false });
  });
});

describe('a notice for the window', () => {
  it('says the code, and of an unknown file the name only', () => {
    const fields = fieldsOf(
      noticeFrame({ kind: 'denied', reason: 'notYourFile', program: 'x.exe', words: QUESTION.words }, {}),
    );
    expect(fields).toContainEqual(['reason', 'notYourFile']);
    expect(fields).toContainEqual(['program', 'x.exe']);
    expect(fields.map(([name]) => name)).not.toContain('path');
  });
});

describe('a message of an answer', () => {
  const about = { program: 'setup.exe', words: QUESTION.words, request: 'Zk3xT0a9Qm2Yb7Lw5Ue1Rg' } as const;

  it('has the answer, the number, what support said, and whether it is to come quietly', () => {
    const notice = { ...about, kind: 'answered', answer: 'requestDenied', comment: 'No.\u202E' } as const;
    const fields = fieldsOf(noticeFrame(notice, {}, true));
    for (const field of [
      ['answer', 'requestDenied'],
      ['request', about.request],
      ['comment', 'No.<U+202E>'],
      ['quiet', '1'],
    ]) {
      expect(fields).toContainEqual(field);
    }
    expect(fieldsOf(noticeFrame({ ...about, kind: 'pending' }, {})).map(([name]) => name)).not.toContain('quiet');
  });

  it.each([
    [{ choice: 'no' }, 'seen'],
    [{ choice: 'expired', present: '1' }, 'seen'],
    [{ choice: 'expired' }, 'unseen'],
    [{ choice: 'busy', present: '1' }, 'away'],
    [{ choice: 'sessionLeft', present: '1' }, 'away'],
    [{ choice: 'yes' }, 'unseen'],
    [{}, 'unseen'],
  ] as const)('%o of the window means %s', (fields, outcome) => {
    expect(readOutcome(new Map(Object.entries(fields)))).toBe(outcome);
  });
});

describe('what the window tells', () => {
  it('is read in whatever pieces it comes', () => {
    const bytes = Buffer.concat([framed('event\tshown\n'), framed('choice\tyes\njustification\tDrücker\n')]);
    const frames = new WindowFrames();
    const events = Array.from(bytes).flatMap((byte) => frames.take(Uint8Array.of(byte)));
    expect(events).toEqual([
      { kind: 'shown' },
      {
        kind: 'answer',
        fields: new Map([
          ['choice', 'yes'],
          ['justification', 'Drücker'],
        ]),
      },
    ]);
  });

  it.each([
    ['a length that is none', Buffer.from('0000000g')],
    ['a length beyond the limit', Buffer.from('7fffffff')],
    ['a line without a tab', framed('choice yes\n')],
    ['a field given twice', framed('choice\tno\nchoice\tyes\n')],
    ['a line without its end', framed('choice\tyes')],
    ['bytes that are no UTF-8', Buffer.concat([Buffer.from('00000004'), Buffer.from([0x61, 0x09, 0xff, 0x0a])])],
  ])('is no answer: %s', (_name, bytes) => {
    expect(new WindowFrames().take(bytes)).toEqual([{ kind: 'malformed' }]);
  });
});

describe('an answer', () => {
  const read = (fields: Readonly<Record<string, string>>, requirements = QUESTION.requirements) =>
    readAnswer(new Map(Object.entries(fields)), { kind: 'consent', requirements });
  const lost = { choice: 'no', reason: 'consentWindowLost' };

  it.each([
    ['no', 'consentDeclined'],
    ['expired', 'consentExpired'],
    ['sessionLeft', 'consentSessionLeft'],
    ['noDialog', 'consentUnavailable'],
  ])('%s has the reason %s', (choice, reason) => {
    expect(read({ choice })).toEqual({ choice: 'no', reason });
  });

  it('is a yes with a reason in its normal form', () => {
    expect(read({ choice: 'yes', justification: ' Cafe\u0301 ' })).toEqual({ choice: 'yes', justification: 'Café' });
    expect(read({ choice: 'yes', justification: 'ignored' }, ['confirmation'])).toEqual({ choice: 'yes' });
  });

  it.each([
    ['without a choice', {}],
    ['with a choice that is none', { choice: 'YES' }],
    ['without a reason', { choice: 'yes' }],
    ['with a reason that is too long', { choice: 'yes', justification: 'x'.repeat(257) }],
    ['with a reason of several lines', { choice: 'yes', justification: 'a\u2028b' }],
  ])('%s is lost', (_name, fields) => {
    expect(read(fields)).toEqual(lost);
  });

  it('needs a credential of the right form where one is asked for', () => {
    const needs = ['confirmation', 'authentication'] as const;
    expect(read({ choice: 'yes', credential: 'QUJD' }, needs)).toEqual({ choice: 'yes', credential: 'QUJD' });
    for (const credential of ['', 'not base64!', `${'A'.repeat(MAX_SEALED)}A`]) {
      expect(read({ choice: 'yes', credential }, needs)).toEqual(lost);
    }
  });
});
