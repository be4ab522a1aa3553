/** With secureConsent only a window that the person's programs cannot reach could ask (decision U2). There is none yet. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import type { RuleInput } from '../../../src/model/rule.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { caller, context, FakeMachine, hashOf, program, SETUP } from './fake-machine.ts';

const rule = (type: RuleInput['type'], more: Partial<RuleInput> = {}): RuleInput => ({
  name: 'Setup',
  type,
  fileName: 'setup.exe',
  fileHash: hashOf(program()),
  ...more,
});

async function answer(rules: readonly RuleInput[], settings: SettingsInput, request: object = {}) {
  const machine = new FakeMachine();
  machine.addFile(SETUP, program());
  machine.addPolicy([...rules], { enabled: true, ...settings });
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  try {
    const result = await agent.elevate(caller(), { path: SETUP, ...request }, context().value);
    return { ...result, started: machine.processes.length, records: machine.records() };
  } finally {
    machine.processes.at(-1)?.exit(0);
    await agent.stop();
  }
}

describe('secure consent', () => {
  it.each([
    ['a confirmation', [rule('userConfirmed')], {}],
    ['a justification', [rule('userConfirmed', { validations: ['justification'] })], {}],
    ['a credential', [rule('userConfirmed', { validations: ['authentication'] })], {}],
    ['the credential of a rule for the own account', [rule('currentUser')], {}],
    ['the default response', [], { defaultElevationResponse: 'requireUserConfirmation' }],
  ] as const)('denies what a person would have to answer: %s', async (_, rules, settings) => {
    const given = { justification: 'It is needed.' };
    expect(await answer(rules, settings, given)).toMatchObject({ outcome: 'needs' });
    const denied = await answer(rules, { ...settings, secureConsent: true }, given);
    expect(denied).toMatchObject({ outcome: 'denied', reason: 'consentUnavailable', started: 0 });
    expect(denied.records.at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'consentUnavailable' });
  });

  it('takes no ticket', async () => {
    const answered = { ticket: 'ab'.repeat(16) };
    const denied = await answer([rule('userConfirmed')], { secureConsent: true }, answered);
    expect(denied).toMatchObject({ outcome: 'denied', reason: 'consentUnavailable', started: 0 });
  });

  it('leaves alone what nobody is asked about', async () => {
    expect(await answer([rule('automatic')], { secureConsent: true })).toMatchObject({
      outcome: 'started',
      started: 1,
    });
  });
});
