import { expect, it } from 'vitest';
import { checkPrerequisites } from '../../../src/agent/prerequisites.ts';
import { duration } from '../../../src/cli/output/duration.ts';
import { describeChecks } from '../../../src/cli/output/describe-checks.ts';
import { SOUND_MACHINE } from '../agent/fake-machine.ts';

it('prerequisites are a table whose columns lie one below the other, each hint below its row', () => {
  const text = describeChecks(
    checkPrerequisites({ ...SOUND_MACHINE, userAccountControl: false, join: 'none', multiSession: null }),
    'prerequisite',
  );
  expect(text).toBe(
    `passed   Windows build                              22631.4000 (Windows 11 23H2)
passed   64-bit Windows                             x64
failed   User Account Control                       off
         Set EnableLUA to 1 and restart: without it every program has the rights of its user.
passed   Administrator Protection                   off
passed   Interactive logon of the isolated account  allowed
warning  Join state                                 not joined
         Intune delivers policy to Entra joined devices; import policies from files on this one.
passed   AlwaysInstallElevated                      off
unknown  One person at a time                       Windows did not tell
         Run winver; an edition for multi-session or a terminal server serves several people at once.
passed   Event log of EPM                           registered

1 of 9 prerequisites failed, 1 not known.
`,
  );
  expect(describeChecks(checkPrerequisites(SOUND_MACHINE), 'prerequisite')).toMatch(
    /\n\nNo prerequisite has failed\.\n$/,
  );
});

it.each([
  [-5, '0 seconds'],
  [0.9, '0 seconds'],
  [1, '1 second'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [7_199, '119 minutes'],
  [7_200, '2 hours'],
  [172_800, '2 days'],
  [9_999_999, '115 days'],
])('%d seconds are told as %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
