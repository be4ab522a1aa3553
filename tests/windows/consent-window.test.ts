/** The consent window, shown to a standard user, read by accessibility and answered by keys of the same user. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ConsentQuestion } from '../../src/agent/consent/consent-window.ts';
import { displayText } from '../../src/text/display.ts';
import type { Running } from '../../testbed/test-bed.ts';
import { describeWindows, machine } from '../bed/index.ts';
import { eventually } from '../eventually.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { ConsentReport, ConsentStep } from './consent-script.ts';
import { installScript } from './install-script.ts';

const OUTPUT = 'C:\\ProgramData\\consent.json';
const ABORT = 'C:\\ProgramData\\abort.txt';
const ENVIRONMENT = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
/** Messages and codes of winuser.h and wtsapi32.h. */
const WM_WTSSESSION_CHANGE = 0x02b1;
const WTS_SESSION_LOCK = 7;
const ROLE_BUTTON = 43;
/** Wine's MSAA has no other role for a control that is drawn by its owner. */
const ROLE_CLIENT = 10;
const ROLE_TEXT = 42;
const YES = 1;
const NO = 2;
const REASON = 100;
const COUNT = 102;

const WORDS = { instructions: [], supportContact: ['Phone 1234'], cannedReasons: ['Install a printer'] };
const QUESTION: Omit<ConsentQuestion, 'expires'> = {
  kind: 'consent',
  requirements: ['confirmation'],
  text: {
    program: 'setup.exe',
    publisher: 'CN=Contoso',
    path: 'C:\\Users\\alice\\setup.exe',
    arguments: '/install',
    rule: 'Printers',
    digest: '9f86d081884c7d65',
    fromInternet: true,
  },
  words: WORDS,
  secure: false,
};
const JUSTIFIED: ConsentQuestion['requirements'] = ['confirmation', 'justification'];
const TOLD = { program: 'setup.exe', text: QUESTION.text, words: WORDS };
const REQUEST = 'Zk3xT0a9Qm2Yb7Lw5Ue1Rg';

interface Control {
  readonly id: number;
  readonly class: string;
  readonly name: string;
  readonly role: number;
  readonly key: string;
  readonly enabled: boolean;
  readonly focused: boolean;
}

interface Seen {
  readonly title: string;
  readonly controls: readonly Control[];
}

/** A window, what is done at it, what was seen of it each time it was read, and what came of it. */
interface Case {
  readonly step: ConsentStep;
  readonly steps: readonly string[];
  /** Called once the window was read. */
  readonly meanwhile?: () => void;
}

const SHOWN = 'wait:EpmPrompt';

describeWindows('the consent window', ['epm', 'screen'], (bed) => {
  const cases: Readonly<Record<string, Case>> = {
    confirmed: { step: { ask: QUESTION }, steps: [SHOWN, 'enabled:1', 'read', 'key:alt+c', 'gone'] },
    'default is no': { step: { ask: QUESTION }, steps: [SHOWN, 'enabled:1', 'read', 'key:enter', 'gone'] },
    escape: { step: { ask: QUESTION }, steps: [SHOWN, 'key:escape', 'gone'] },
    'tab to yes': { step: { ask: QUESTION }, steps: [SHOWN, 'enabled:1', 'key:tab', 'read', 'key:enter', 'gone'] },
    'typed reason': {
      step: { ask: { ...QUESTION, requirements: JUSTIFIED } },
      steps: [SHOWN, 'read', 'type:Printer für 日本 ', 'text:102,14', 'enabled:1', 'read', 'key:enter', 'gone'],
    },
    'too long': {
      step: { ask: { ...QUESTION, requirements: JUSTIFIED } },
      steps: [SHOWN, `type:${'x'.repeat(257)}`, 'text:102,257', 'read', 'key:enter', 'key:escape', 'gone'],
    },
    'canned reason': {
      step: { ask: { ...QUESTION, kind: 'approval', requirements: ['justification'] } },
      steps: [SHOWN, 'key:alt+h', 'menu', 'key:down', 'key:enter', 'enabled:1', 'key:alt+s', 'gone'],
    },
    authentication: {
      step: { ask: { ...QUESTION, requirements: ['confirmation', 'authentication'] }, userName: 'BED\\alice' },
      steps: [SHOWN, 'enabled:1', 'key:alt+c', 'gone'],
    },
    'AC-10 locked': {
      step: { ask: QUESTION },
      steps: [SHOWN, `post:${WM_WTSSESSION_CHANGE},${WTS_SESSION_LOCK}`, 'gone'],
    },
    'AC-10 left': {
      step: { ask: QUESTION, abort: { file: ABORT, reason: 'consentSessionLeft' } },
      steps: [SHOWN, 'read', 'gone'],
      meanwhile: () => bed().putFile(ABORT, ''),
    },
    expired: { step: { ask: QUESTION, seconds: 3 }, steps: [] },
    ended: { step: { ask: QUESTION }, steps: [SHOWN, 'end', 'gone'] },
    denied: {
      step: { tell: { ...TOLD, kind: 'denied', reason: 'denyRule' } },
      steps: [SHOWN, 'read', 'key:enter', 'gone'],
    },
    pending: {
      step: { tell: { ...TOLD, kind: 'pending', request: REQUEST } },
      steps: [SHOWN, 'read', 'key:escape', 'gone'],
    },
    approved: {
      step: { tell: { ...TOLD, kind: 'approved', request: REQUEST, until: '2030-01-01T00:00:00.000Z' } },
      steps: [SHOWN, 'read', 'key:escape', 'gone'],
    },
    'denied by support': {
      step: {
        tell: { ...TOLD, kind: 'answered', answer: 'requestDenied', request: REQUEST, comment: 'Use the portal.' },
      },
      steps: [SHOWN, 'read', 'key:escape', 'gone'],
    },
    'without effect': {
      step: {
        tell: {
          ...TOLD,
          kind: 'answered',
          answer: 'approvalWithoutEffect',
          request: REQUEST,
          fault: 'grantClockBehind',
        },
      },
      steps: [SHOWN, 'read', 'key:escape', 'gone'],
    },
    'not managed': {
      step: {
        tell: { kind: 'notManaged', reason: 'noRule', program: 'setup.exe', words: WORDS },
      },
      steps: [SHOWN, 'read', 'key:escape', 'gone'],
    },
    'AC-81 spoofed': {
      step: {
        ask: {
          ...QUESTION,
          text: {
            ...QUESTION.text,
            program: displayText('invoice\u202Egpj.exe'),
            path: displayText(`C:\\${'a'.repeat(400)}\nPublisher: Microsoft\\<b>safe</b>\u0007.exe`),
            arguments: displayText('A'.repeat(10_000), 1_000),
          },
        },
      },
      steps: [SHOWN, 'read', 'key:escape', 'gone'],
    },
  };
  const names = Object.keys(cases);
  const seen = new Map<string, readonly Seen[]>();
  let reports: readonly ConsentReport[] = [];
  const answerTo = (name: string): ConsentReport['answer'] | undefined => reports[names.indexOf(name)]?.answer;
  const last = (name: string): Seen => {
    const found = seen.get(name)?.at(-1);
    if (found === undefined) throw new Error(`"${name}" was not read`);
    return found;
  };
  const textsOf = (name: string): readonly string[] => last(name).controls.map((control) => control.name);
  const controlOf = (name: string, id: number): Control | undefined =>
    last(name).controls.find((control) => control.id === id && control.name !== '');

  async function shown(running: Running, index: number): Promise<void> {
    await eventually(() => expect(running.output() + running.errors()).toContain(`ready ${index}\n`));
  }

  beforeAll(async () => {
    await bed().provideScreen();
    await bed().setRegistry(ENVIRONMENT, 'EPM_TEST_PROMPT', 'REG_SZ', 'BED\\alice|secret');
    const agent = new AgentUnderTest(bed());
    const script = await installScript(bed(), agent.folder, 'consent-script');
    const running = await bed().start({
      program: bed().windowsPath(machine?.windowsNode ?? ''),
      arguments: [script, OUTPUT, JSON.stringify(Object.values(cases).map(({ step }) => step))],
      as: 'system',
    });
    await eventually(() => expect(running.output() + running.errors()).toContain('listening'));
    const client = await bed().start({ program: agent.epm, arguments: ['request', 'status'], input: '{}' });
    for (const [index, [name, { steps, meanwhile }]] of Object.entries(cases).entries()) {
      bed().putFile(`${OUTPUT}.${index}`, '');
      await shown(running, index);
      if (steps.length === 0) continue;
      const person = await bed().start({ program: bed().programs.window, arguments: steps });
      if (meanwhile !== undefined) {
        await eventually(() => expect(person.output()).toContain('title'));
        meanwhile();
      }
      const outcome = await person.exited;
      expect(outcome, name).toMatchObject({ exitCode: 0, errors: '' });
      seen.set(
        name,
        outcome.output
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => JSON.parse(line) as Seen),
      );
    }
    expect(await running.exited).toMatchObject({ exitCode: 0, errors: '' });
    await client.exited;
    reports = JSON.parse(bed().readFile(OUTPUT).toString('utf8')) as readonly ConsentReport[];
  });

  describe('gives back what the person chose', () => {
    it.each([
      ['confirmed', { choice: 'yes' }],
      ['default is no', { choice: 'no', reason: 'consentDeclined' }],
      ['escape', { choice: 'no', reason: 'consentDeclined' }],
      ['tab to yes', { choice: 'yes' }],
      ['typed reason', { choice: 'yes', justification: 'Printer für 日本' }],
      ['too long', { choice: 'no', reason: 'consentDeclined' }],
      ['canned reason', { choice: 'yes', justification: 'Install a printer' }],
      ['AC-10 locked', { choice: 'no', reason: 'consentSessionLeft' }],
      ['AC-10 left', { choice: 'no', reason: 'consentSessionLeft' }],
      ['expired', { choice: 'no', reason: 'consentExpired' }],
      ['ended', { choice: 'no', reason: 'consentWindowLost' }],
    ])('%s', (name, answer) => {
      expect(answerTo(name)).toEqual(answer);
    });

    it('and the credential of the Windows dialog, sealed to the question', () => {
      expect(answerTo('authentication')).toMatchObject({ choice: 'yes' });
      expect(reports[names.indexOf('authentication')]?.credential).toBe('BED\\alice 12');
    });
  });

  it('tells every fact of the question', () => {
    expect(last('confirmed').title).toBe('Elevated access');
    for (const text of [
      'setup.exe',
      'CN=Contoso',
      'C:\\Users\\alice\\setup.exe',
      '/install',
      'Printers',
      '9f86d081884c7d65',
      'This file comes from the internet.',
    ]) {
      expect(textsOf('confirmed')).toContain(text);
    }
  });

  it('has names, roles and keys for people who hear it', () => {
    expect(controlOf('confirmed', YES)).toMatchObject({ name: 'Continue', class: 'Button', enabled: true });
    expect(controlOf('confirmed', YES)?.key).toMatch(/Alt\+c/i);
    expect(controlOf('confirmed', NO)).toMatchObject({ name: 'Cancel', focused: true });
    expect(controlOf('typed reason', REASON)).toMatchObject({
      name: 'Why do you need elevated access?',
      role: ROLE_TEXT,
      focused: true,
    });
    expect(controlOf('confirmed', YES)?.role).toBe(bed().kind === 'wine' ? ROLE_CLIENT : ROLE_BUTTON);
  });

  it('counts the reason as it is typed, by code points', () => {
    const [before, after] = seen.get('typed reason') ?? [];
    const countOf = (each: Seen | undefined): string | undefined => each?.controls.find(({ id }) => id === COUNT)?.name;
    expect(countOf(before)).toBe('A reason is needed.');
    expect(countOf(after)).toBe('14 of 256 characters');
    expect(countOf(last('too long'))).toBe('257 of 256 characters: too long');
    expect(controlOf('too long', YES)?.enabled).toBe(false);
  });

  it('says how a request ended, and what to do next', () => {
    expect(textsOf('denied')).toEqual(
      expect.arrayContaining([
        'This program was not elevated',
        'A rule of your organization denies this program.',
        'Ask support if you need it.',
        'denyRule',
        'Phone 1234',
      ]),
    );
    expect(textsOf('pending')).toContain('Your request waits for support');
    expect(textsOf('approved')).toContain('Support approved your request');
    for (const name of ['pending', 'approved', 'denied by support', 'without effect']) {
      expect(textsOf(name)).toEqual(expect.arrayContaining([REQUEST, 'setup.exe', '/install', 'Phone 1234']));
    }
    expect(textsOf('denied by support')).toEqual(
      expect.arrayContaining(['Support denied your request', 'Use the portal.']),
    );
    expect(textsOf('without effect')).toEqual(
      expect.arrayContaining(['Your approval has no effect now', 'grantClockBehind']),
    );
    expect(textsOf('not managed')).toContain('No rule elevates this program.');
  });

  it('AC-81: shows what is hidden, and cuts what is long', () => {
    const texts = textsOf('AC-81 spoofed');
    expect(texts).toContain('invoice<U+202E>gpj.exe');
    expect(texts.filter((text) => /[\u0000-\u001f\u202a-\u202e]/.test(text))).toEqual([]);
    expect(texts.some((text) => /^A+…\[10000 characters, [0-9a-f]{16}\]…A+$/.test(text))).toBe(true);
  });

  it('AC-79: has no link, file dialog, help, print or menu of any other kind', () => {
    const classes = new Set([...seen.values()].flat().flatMap(({ controls }) => controls.map((each) => each.class)));
    expect([...classes].toSorted()).toEqual(['Button', 'Edit', 'EpmPromptPane', 'Static']);
  });
});
