/**
 * What the declaration flags as without effect has none, and everything else has one: each thing that a policy can say
 * is given its values one after the other, and the agent goes through the same requests each time.
 */
import { describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { Journal } from '../../../src/audit/journal.ts';
import type { Caller } from '../../../src/agent/ports.ts';
import { isEpmError } from '../../../src/model/errors.ts';
import type { FileFacts, SignatureFacts } from '../../../src/model/file-facts.ts';
import { CHILD_PROCESS_BEHAVIORS, ELEVATION_TYPES, namesOf, VALIDATIONS } from '../../../src/model/rule-action.ts';
import type { Notification } from '../../../src/model/notification.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { sha256 } from '../../../src/model/brands.ts';
import { storedRule } from '../../../src/policy/declaration/canonical.ts';
import { LISTS, type ListName } from '../../../src/policy/declaration/lists.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from '../../../src/policy/declaration/settings.ts';
import type { RegistrySnapshot } from '../../../src/policy/registry/registry-snapshot.ts';
import { readPolicyTree } from '../../../src/policy/registry/registry-policy.ts';
import { entry } from '../audit/entry.ts';
import { answerTo } from './answer.ts';
import { Approver, approvalPolicy } from './approvals/approver.ts';
import { administrator, ALICE, caller, context, FakeMachine, hashOf, program, SETUP } from './fake-machine.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const OPTIONS = { version: '1', processId: 1 };
/** More than the smallest limit there can be for the size of a file. */
const LARGE = Buffer.concat([program(), Buffer.alloc(1024 ** 2)]);
const PUBLISHER = sha256('ab'.repeat(32));

interface Scenario {
  readonly rules: readonly RuleInput[];
  readonly bytes?: Uint8Array;
  readonly facts?: Partial<FileFacts>;
  readonly caller?: Caller;
  /** Programs that the program starts. */
  readonly children?: readonly string[];
}

function signed(faults: Partial<SignatureFacts>): Partial<FileFacts> {
  const good = { trusted: true, validNow: true, validAtTimestamp: true, revocation: 'good' as const };
  return { signatures: [{ leaf: { sha256: PUBLISHER, subject: 'CN=Contoso' }, issuers: [], ...good, ...faults }] };
}

function ruleFor(rule: Partial<RuleInput> = {}, bytes = program()): RuleInput {
  return { name: 'Setup', type: 'automatic', fileName: 'setup.exe', fileHash: hashOf(bytes), ...rule };
}

const bySigner = (type: RuleInput['type']): RuleInput => ({
  name: 'Signed',
  type,
  fileName: 'setup.exe',
  certificate: { type: 'publisher', sha256: PUBLISHER },
});

/** Requests that between them meet every setting. */
const SCENARIOS: readonly Scenario[] = [
  { rules: [ruleFor()] },
  { rules: [ruleFor({ childProcesses: 'allow' })] },
  {
    rules: [ruleFor({ childProcesses: 'allow' }), { name: 'No', type: 'deny', fileName: 'no.exe' }],
    children: ['C:\\Tools\\no.exe', 'C:\\Windows\\System32\\schtasks.exe'],
  },
  { rules: [ruleFor({ type: 'userConfirmed' })] },
  { rules: [ruleFor({ type: 'deny' })] },
  // No rule: the default response.
  { rules: [] },
  { rules: [ruleFor({}, LARGE)], bytes: LARGE },
  { rules: [ruleFor()], facts: { fromInternet: true } },
  { rules: [ruleFor()], facts: { writableByUsers: true } },
  { rules: [ruleFor()], caller: caller({ groups: [{ sid: 'S-1-5-32-544', attributes: 0x10 }] }) },
  { rules: [bySigner('automatic')], facts: signed({ validNow: false }) },
  { rules: [bySigner('automatic')], facts: signed({ revocation: 'unknown' }) },
  { rules: [bySigner('userConfirmed')], facts: signed({ revocation: 'unknown' }) },
];

/** What becomes of a request for which everything is given that is asked for, an approval by support among it. */
async function outcomeOf(
  { rules, bytes = program(), facts, caller: who, children: started = [] }: Scenario,
  settings: SettingsInput,
) {
  const machine = new FakeMachine();
  machine.addFile(SETUP, bytes);
  machine.addPolicy([...rules], { enabled: true, ...settings });
  const support = new Approver();
  machine.policies = machine.policies.map((document) => ({ ...document, approvals: approvalPolicy([support]) }));
  const ports = machine.ports();
  const open: typeof ports.opener.open = async (path, who) => {
    const file = await ports.opener.open(path, who);
    if (file === 'notYours') return file;
    return { ...file, facts: async (wanted) => ({ ...(await file.facts(wanted)), ...facts }) };
  };
  const agent = await createAgent({ ...ports, opener: { open } }, OPTIONS);
  const asked: (readonly string[])[] = [];
  try {
    const request = { path: SETUP, justification: 'It is needed.' };
    let result = await agent.elevate(who ?? caller(), request, context().value);
    while (result.outcome === 'needs') {
      asked.push(result.requirements);
      result = await agent.elevate(who ?? caller(), { ...request, ...answerTo(result) }, context().value);
    }
    if (result.outcome === 'needsApproval' && result.supportRequest?.text !== undefined) {
      const text = support.approve(result.supportRequest.text, machine.now);
      agent.importGrant(who ?? caller(), { text });
      result = await agent.elevate(who ?? caller(), request, context().value);
    }
    const reason = 'reason' in result ? result.reason : undefined;
    const limit = machine.processes.at(-1)?.request.activeProcessLimit;
    const children: string[] = [];
    for (const path of machine.processes.length === 0 ? [] : started) {
      machine.addFile(path, program(path));
      children.push(await machine.startChild(path).judged);
    }
    const account = machine.accountRequests.at(-1);
    const token = { removed: account?.removePrivileges, account: account?.accountSid };
    return { outcome: result.outcome, reason, asked, limit, token, children };
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return { outcome: error.code, asked };
  } finally {
    machine.processes.at(-1)?.exit(0);
    await agent.stop();
  }
}

/** Records that are left of an old journal an hour after the start of the agent. */
async function recordsLeft(settings: SettingsInput): Promise<number> {
  const machine = new FakeMachine();
  machine.addPolicy([], { enabled: true, ...settings });
  const journal = await Journal.open(machine.journal, { deviceName: 'PC-1', now: () => machine.now - 100 * DAY });
  journal.append(entry('agentStarted'));
  machine.journal.rotate(1);
  vi.useFakeTimers();
  try {
    const agent = await createAgent(machine.ports(), OPTIONS);
    await vi.advanceTimersByTimeAsync(HOUR);
    const { length } = machine.records().filter(({ eventDateTime }) => Date.parse(eventDateTime) < machine.now - DAY);
    await agent.stop();
    return length;
  } finally {
    vi.useRealTimers();
  }
}

/** What the consent window is given to show besides the question. */
async function windowWords(settings: SettingsInput): Promise<unknown> {
  const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
  machine.addPolicy([], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), OPTIONS);
  const window = { lifted: () => undefined, asking: () => undefined };
  await agent.launch(caller(), { path: SETUP, trigger: 'verb' }, { ...context().value, ...window });
  await agent.stop();
  return machine.questions.map(({ words }) => words);
}

/** Programs whose start the launcher sees, with a rule that is not automatic. */
async function startsSeen(settings: SettingsInput): Promise<readonly string[]> {
  const machine = new FakeMachine().withRule({ type: 'userConfirmed' });
  machine.addPolicy([], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), OPTIONS);
  const names = machine.launchOptions.names();
  await agent.stop();
  return names;
}

/** How two starts of one day end, after a program that ran for two minutes. */
async function secondStart(settings: SettingsInput): Promise<readonly string[]> {
  const machine = new FakeMachine().withRule();
  machine.addPolicy([], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), OPTIONS);
  const elevate = async () => (await agent.elevate(caller(), { path: SETUP }, context().value)).outcome;
  const outcomes = [await elevate()];
  machine.monotonic += 2 * 60_000;
  outcomes.push(await elevate());
  for (const process of machine.processes) process.exit(0);
  await agent.stop();
  return outcomes;
}

/** What becomes of a request to support, of approvals by the requester and for a group of devices, and who is told. */
async function approvalsOf(settings: SettingsInput): Promise<readonly string[]> {
  const machine = new FakeMachine().withRule({ type: 'supportApproved' });
  const own = new Approver({ name: 'own', approver: ALICE });
  const support = new Approver({ rights: { anyUser: false, deviceGroups: ['another'] } });
  machine.policies = machine.policies.map((document) => ({ ...document, approvals: approvalPolicy([own, support]) }));
  machine.addPolicy([], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), OPTIONS);
  const ask = () => agent.elevate(caller(), { path: SETUP, justification: 'It is needed.' }, context().value);
  const asked = await ask();
  const text = asked.outcome === 'needsApproval' ? asked.supportRequest?.text : undefined;
  const outcomes: string[] = [asked.outcome];
  if (asked.outcome === 'needsApproval' && asked.supportRequest !== undefined) {
    agent.decideRequest(administrator(), { id: asked.supportRequest.id, decision: 'deny' });
  }
  for (const grant of text === undefined
    ? []
    : [
        own.approve(text, machine.now),
        support.approve(text, machine.now, { device: { kind: 'group', name: 'another' } }),
      ]) {
    try {
      outcomes.push(agent.importGrant(caller(), { text: grant }).grant.id);
    } catch (error) {
      outcomes.push(isEpmError(error) ? JSON.stringify(error.data) : 'unknown');
    }
  }
  await agent.stop();
  return [...outcomes, String(text === undefined), String(machine.messages.length)];
}

/** What of a request to support is sent to a receiver that is not on the device. */
async function sentOf(settings: SettingsInput): Promise<readonly string[]> {
  const machine = new FakeMachine().withRule({ type: 'supportApproved' });
  const notifications: readonly Notification[] = [
    { kind: 'webhook', name: 'desk', url: 'https://desk.example', format: 'generic', events: ['requested'] },
  ];
  const approvals = approvalPolicy([], { notifications });
  machine.policies = machine.policies.map((document) => ({ ...document, approvals }));
  machine.addPolicy([], { enabled: true, ...settings });
  const sent: string[] = [];
  machine.senders = {
    ...machine.senders,
    webhook: () =>
      Promise.resolve((_receiver, { payload }) => {
        sent.push(Object.keys(payload.request).join());
        return Promise.resolve({ outcome: 'sent' } as const);
      }),
  };
  const ports = machine.ports();
  const later = (_milliseconds: number, action: () => void) => {
    const timer = setImmediate(action);
    return () => clearImmediate(timer);
  };
  const agent = await createAgent({ ...ports, notifications: { ...ports.notifications, later } }, OPTIONS);
  await agent.elevate(caller(), { path: SETUP, justification: 'It is needed.' }, context().value);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  await agent.stop();
  return sent;
}

/** Values of a setting that differ as much as they can. */
function valuesOf(setting: SettingDeclaration): readonly unknown[] {
  switch (setting.kind) {
    case 'boolean':
      return [true, false];
    case 'choice':
      return setting.values;
    case 'number':
      return [setting.minimum, setting.maximum];
    case 'set':
      return [[], ...setting.values.map((value) => [value])];
    case 'texts':
      return [['another'], ['setup.exe']];
  }
}

/** The agent's answers to every scenario, with and without the question that the default response asks. */
async function answers(settings: SettingsInput): Promise<string> {
  const all: unknown[] = [];
  for (const scenario of SCENARIOS) {
    all.push(await outcomeOf(scenario, settings));
    all.push(await outcomeOf(scenario, { defaultElevationResponse: 'requireUserConfirmation', ...settings }));
  }
  all.push(await recordsLeft(settings));
  all.push(await windowWords(settings));
  all.push(await startsSeen(settings));
  all.push(await secondStart(settings));
  all.push(await approvalsOf(settings));
  all.push(await sentOf(settings));
  return JSON.stringify(all);
}

describe('settings', () => {
  it.each(SETTING_ENTRIES)('%s does what its flag says', async (name, setting) => {
    const different = new Set<string>();
    for (const value of valuesOf(setting)) different.add(await answers({ [name]: value }));
    expect(different.size > 1).toBe(setting.effect === undefined);
  });

  it.each(
    SETTING_ENTRIES.flatMap(([name, setting]) =>
      'choices' in setting ? setting.choices.map((choice) => ({ name, setting, choice })) : [],
    ),
  )('$name with $choice.value does what its flag says', async ({ name, setting, choice }) => {
    const given = setting.kind === 'set' ? [choice.value] : choice.value;
    // The default is what elevates nothing on purpose, or nothing is special about it.
    const elevates = choice.value === setting.default || (await answers({ [name]: given })).includes('"started"');
    const unruled = { defaultElevationResponse: 'requireUserConfirmation', [name]: given } as const;
    const { outcome } = await outcomeOf({ rules: [] }, unruled);
    const works = choice.value === setting.default || (elevates && outcome === 'started');
    expect(works).toBe(choice.effect === undefined);
  });
});

describe('rules', () => {
  const elevating = namesOf(ELEVATION_TYPES).filter((type) => type !== 'deny');

  it.each(elevating)('of type %s do what the flag of the type says', async (type) => {
    const { outcome } = await outcomeOf({ rules: [ruleFor({ type })] }, {});
    expect(outcome === 'started').toBe(!('effect' in ELEVATION_TYPES[type]));
  });

  it.each(namesOf(VALIDATIONS))('with the validation %s do what its flag says', async (validation) => {
    const rule = ruleFor({ type: 'userConfirmed', validations: [validation] });
    const { outcome } = await outcomeOf({ rules: [rule] }, {});
    expect(outcome === 'started').toBe(!('effect' in VALIDATIONS[validation]));
  });

  it.each(namesOf(CHILD_PROCESS_BEHAVIORS))(
    'with children under "%s" do what its flag says',
    async (childProcesses) => {
      const { outcome, limit } = await outcomeOf({ rules: [ruleFor({ childProcesses })] }, {});
      expect(outcome).toBe('started');
      // One process is the program itself.
      expect(limit === 1).toBe(childProcesses === 'deny' || 'effect' in CHILD_PROCESS_BEHAVIORS[childProcesses]);
    },
  );
});

describe('lists', () => {
  const ENTRIES: Readonly<Record<ListName, string>> = {
    rules: storedRule(ruleFor()),
    certificates: 'ab'.repeat(32),
    approverKeys: JSON.stringify({
      publicKey: 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=',
      approver: 'help@example.com',
    }),
    grants: 'an approval',
    revocations: 'lost',
    roles: 'readOnlyOperator',
    notifications: '{"kind":"eventLog"}',
  };
  const effectOf = (snapshot: RegistrySnapshot): string => {
    const { problems: _, ...rest } = readPolicyTree(snapshot);
    return JSON.stringify(rest);
  };

  it.each(namesOf(LISTS))('%s does what its flag says', (list) => {
    const name = list === 'roles' ? 'S-1-5-21-1-2-3-512' : 'Entry';
    const value = { name, type: 'REG_SZ', data: ENTRIES[list] } as const;
    const key = { values: [value], subkeys: [] };
    const read = effectOf({ values: [], subkeys: [{ name: LISTS[list].subkey, key }] });
    expect(read !== effectOf({ values: [], subkeys: [] })).toBe(!('effect' in LISTS[list]));
  });
});
