/**
 * Answers that were recorded elsewhere are judged again in every run: by the table of probes, and by the code of the product
 * that meets such facts.
 */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPrerequisites, type MachineState } from '../../src/agent/prerequisites.ts';
import { differences } from '../../src/agent/selftest/probe.ts';
import { probeAccount, verdict, verdictOn } from '../../src/agent/selftest/probe-account.ts';
import { PROBES } from '../../src/agent/selftest/probes.ts';
import { sid } from '../../src/model/brands.ts';
import { type VolumeDisks, whyForeign } from '../../src/windows/files/disks.ts';
import { accountToken } from '../unit/agent/fake-machine.ts';
import { answers, ofWindows, readRecordings } from '../evidence/recordings.ts';

const recordings = readRecordings(path.resolve(import.meta.dirname, '../recorded'));

/** JSON has null where the product has undefined. */
const disks = (answer: object): VolumeDisks => {
  const { itself, disks: all } = answer as { itself: VolumeDisks['itself'] | null; disks: VolumeDisks['disks'] | null };
  return { itself: itself ?? undefined, disks: all?.map((disk) => disk ?? undefined) ?? undefined };
};

it('there are recordings, and each says where it comes from', () => {
  expect(recordings).not.toEqual([]);
  for (const { name, report } of recordings) {
    expect(name).toMatch(report.windows.wine ? /^wine-/ : /^windows-/);
    expect(report.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(report.results.map(({ id }) => id).sort(), name).toEqual(
      [...new Set(report.results.map(({ id }) => id))].sort(),
    );
    // Who recorded it, and on which machine, is nobody's business.
    expect(JSON.stringify(report)).not.toMatch(/[A-Z]:\\\\Users|S-1-5-21-(?!1-2-3-)|S-1-12-1-/i);
  }
});

it('no recording of Wine counts as one of Windows', () => {
  for (const { name } of ofWindows(recordings)) expect(name).toMatch(/^windows-/);
});

describe.each(recordings)('$name', ({ name, report }) => {
  it('has in each answer what its state says', () => {
    for (const { id, state, answer } of report.results) {
      const probe = PROBES.find((each) => each.id === id);
      if (probe === undefined || answer === undefined) continue;
      if (state === 'asExpected') expect(differences(probe, answer), id).toEqual([]);
      if (state === 'differs' && !('error' in answer)) expect(differences(probe, answer), id).not.toEqual([]);
    }
  });

  it('has a disk that the product judges as it was judged there', () => {
    for (const { answer } of answers([{ name, report }], 'systemDisk')) {
      if ('error' in answer) continue;
      expect(whyForeign(disks(answer)) ?? '').toBe(answer['foreign']);
    }
  });

  it('has a machine whose prerequisites the product can judge', () => {
    for (const { answer } of answers([{ name, report }], 'accountControl')) {
      if ('error' in answer) continue;
      const states = Object.fromEntries(
        checkPrerequisites(answer as unknown as MachineState).map(({ id, state }) => [id, state]),
      );
      const of = (value: unknown, good: unknown, otherwise: string): string =>
        value === null ? 'unknown' : value === good ? 'passed' : otherwise;
      expect(states['userAccountControl']).toBe(of(answer['userAccountControl'], true, 'failed'));
      expect(states['administratorProtection']).toBe(of(answer['administratorProtection'], false, 'passed'));
      expect(states['interactiveLogon']).toBe(of(answer['interactiveLogon'], 'allowed', 'warning'));
    }
  });

  it('has a token that the agent judges as it was judged there', () => {
    for (const { answer } of answers([{ name, report }], 'virtualLogon')) {
      const { token } = answer as { token?: Parameters<typeof verdict>[0] };
      if (token !== undefined) expect(verdict(token)).toBe(answer['verified']);
    }
  });
});

describe('how a machine is set up', () => {
  const probe = PROBES.find(({ id }) => id === 'accountControl');
  const differs = (administratorProtection: boolean | null): readonly string[] =>
    probe === undefined
      ? ['no probe']
      : differences(probe, { userAccountControl: true, interactiveLogon: 'allowed', administratorProtection });

  it('is right with Administrator Protection on and off, and not when nobody knows', () => {
    expect([differs(true), differs(false)]).toEqual([[], []]);
    expect(differs(null)).toEqual(['administratorProtection is null, expected true or false']);
  });
});

describe('a token of a probe', () => {
  const account = probeAccount(sid('S-1-5-18'), { logonSid: 'S-1-5-5-0-1', session: 1 });
  const good = accountToken(account);

  it('is judged by the check that elevations have, and can be judged again from what is kept', () => {
    const kept = verdictOn(good, account, 'interactive');
    expect(kept['verified']).toBe('accepted');
    expect(verdict(JSON.parse(JSON.stringify(kept['token'])) as Parameters<typeof verdict>[0])).toBe('accepted');
  });

  it.each([
    ['integrity', { integrity: 0x2000 }],
    ['elevated', { elevated: null }],
    ['authenticationId', { authenticationId: '00000000000003e7' }],
    ['user', { user: sid('S-1-5-18') }],
    ['elevationType', { elevationType: 3 }],
  ])('that is wrong in %s is not accepted', (fact, change) => {
    expect(verdictOn({ ...good, ...change }, account, 'interactive')['verified']).toBe(fact);
  });
});
