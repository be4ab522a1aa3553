import { describe, expect, it } from 'vitest';
import {
  checkPrerequisites,
  type MachineState,
  type PrerequisiteState,
  SUPPORTED_BUILDS,
} from '../../../src/agent/prerequisites.ts';
import { SOUND_MACHINE } from './fake-machine.ts';

const UNKNOWN: MachineState = {
  build: null,
  installationType: null,
  architecture: null,
  userAccountControl: null,
  administratorProtection: null,
  join: null,
  interactiveLogon: null,
  alwaysInstallElevated: null,
  multiSession: null,
  eventLog: null,
};

describe('prerequisites', () => {
  it('of a good machine all pass, and nothing is left to do', () => {
    for (const check of checkPrerequisites(SOUND_MACHINE)) {
      expect(check, check.id).toMatchObject({ state: 'passed' });
      expect(check).not.toHaveProperty('hint');
    }
  });

  it('that could not be read never pass', () => {
    for (const check of checkPrerequisites(UNKNOWN)) {
      expect(check, check.id).toMatchObject({ state: 'unknown', hint: expect.stringMatching(/\.$/) as string });
    }
  });

  it.each<[string, Partial<MachineState>, string, PrerequisiteState]>([
    ['a build without its fixes', { build: { number: 22621, revision: 2214 } }, 'windowsBuild', 'failed'],
    ['a build with exactly the fixes', { build: { number: 22621, revision: 2215 } }, 'windowsBuild', 'passed'],
    ['a build out of service', { build: { number: 18363, revision: 9999 } }, 'windowsBuild', 'failed'],
    ['a newer build', { build: { number: 28000, revision: 1 } }, 'windowsBuild', 'passed'],
    ['a server', { installationType: 'server', build: { number: 20348, revision: 1 } }, 'windowsBuild', 'warning'],
    ['an old server', { installationType: 'server', build: { number: 14393, revision: 1 } }, 'windowsBuild', 'failed'],
    ['a build whose kind is not known', { installationType: null }, 'windowsBuild', 'unknown'],
    ['32 bits', { architecture: 'x86' }, 'architecture', 'failed'],
    ['Arm', { architecture: 'arm64' }, 'architecture', 'passed'],
    ['UAC off (AC-54)', { userAccountControl: false }, 'userAccountControl', 'failed'],
    ['Administrator Protection on (AC-54)', { administratorProtection: true }, 'administratorProtection', 'passed'],
    ['no right to log on (AC-54)', { interactiveLogon: 'denied' }, 'interactiveLogon', 'warning'],
    ['no join', { join: 'none' }, 'join', 'warning'],
    ['a domain', { join: 'domain' }, 'join', 'passed'],
    [
      'packages as the system for a user (AC-50)',
      { alwaysInstallElevated: ['HKLM', 'S-1-5-21-1-2-3-1001'] },
      'alwaysInstallElevated',
      'failed',
    ],
    ['half of it on the machine (AC-50)', { alwaysInstallElevated: ['HKLM'] }, 'alwaysInstallElevated', 'warning'],
    [
      'half of it for a user (AC-50)',
      { alwaysInstallElevated: ['S-1-5-21-1-2-3-1001'] },
      'alwaysInstallElevated',
      'warning',
    ],
    ['several sessions', { multiSession: true }, 'multiSession', 'warning'],
    ['no event log', { eventLog: false }, 'eventLog', 'warning'],
  ])('with %s', (_what, state, id, expected) => {
    const check = checkPrerequisites({ ...SOUND_MACHINE, ...state }).find((candidate) => candidate.id === id);
    expect(check?.state).toBe(expected);
    if (expected !== 'passed') expect(check?.hint).toMatch(/\.$/);
  });

  // Intune's prerequisites (deployment planning of Endpoint Privilege Management): build, update, release.
  it.each([
    [19044, 3393, 'Windows 10 21H2'],
    [19045, 3393, 'Windows 10 22H2'],
    [22000, 2713, 'Windows 11 21H2'],
    [22621, 2215, 'Windows 11 22H2'],
    [22631, 2506, 'Windows 11 23H2'],
  ])('ask of build %i for revision %i', (number, revision, name) => {
    const judged = (found: number) =>
      checkPrerequisites({ ...SOUND_MACHINE, build: { number, revision: found } }).find(
        ({ id }) => id === 'windowsBuild',
      );
    expect(judged(revision)).toEqual({
      id: 'windowsBuild',
      title: 'Windows build',
      state: 'passed',
      found: `${number}.${revision} (${name})`,
    });
    expect(judged(revision - 1)).toMatchObject({
      state: 'failed',
      hint: `Install updates up to build ${number}.${revision} or later.`,
    });
  });

  it('take any revision of Windows 11 24H2, and say of a later build that it is one', () => {
    const found = (number: number) =>
      checkPrerequisites({ ...SOUND_MACHINE, build: { number, revision: 1 } }).find(({ id }) => id === 'windowsBuild');
    expect(found(26100)).toMatchObject({ state: 'passed', found: '26100.1 (Windows 11 24H2)' });
    expect(found(26200)).toMatchObject({ state: 'passed', found: '26200.1 (newer than Windows 11 24H2)' });
    for (const unlisted of [19041, 19043, 22635, 25398, 26099])
      expect(found(unlisted)).toMatchObject({ state: 'failed' });
  });

  it('have the builds in ascending order, as the newest is the last', () => {
    const numbers = SUPPORTED_BUILDS.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
  });
});
