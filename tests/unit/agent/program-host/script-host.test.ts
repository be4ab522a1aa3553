import { expect, it } from 'vitest';
import { scriptHost } from '../../../../src/agent/program-host/script-host.ts';

it.each([
  ['Requires -Version 5.1', 'windowsPowerShell'],
  ['requires -Version 3', 'windowsPowerShell'],
  ['requires -PSEdition Desktop', 'windowsPowerShell'],
  ['requires -PSEdition Core,Desktop', 'windowsPowerShell'],
  ['requires -Modules Core', 'windowsPowerShell'],
  ['requires -Modules @{ ModuleName = "X"; ModuleVersion = "7.0" }', 'windowsPowerShell'],
  ['requires -RunAsAdministrator', 'windowsPowerShell'],
  ['requires -PSSnapin Some -Version 7', 'powerShell'],
  ['requires -Assembly 7', 'windowsPowerShell'],
  ['requires', 'windowsPowerShell'],
  ['requires -Version', 'windowsPowerShell'],
  ['requires -Version x7', 'windowsPowerShell'],
  ['requires -Version 6', 'powerShell'],
  ['REQUIRES -VERSION 7.4', 'powerShell'],
  ['requires -v 7', 'powerShell'],
  ['requires -Version:7.2', 'powerShell'],
  ['requires \u2013Version 7', 'powerShell'],
  ['requires -Version "7.0"', 'powerShell'],
  ['requires -RunAsAdministrator -Version 10', 'powerShell'],
  ['requires -PSEdition Core', 'powerShell'],
  ["requires -psed 'core'", 'powerShell'],
  ['requires -Modules A, B -Version 7', 'powerShell'],
])('#%s', (line, host) => {
  expect(scriptHost([line])).toBe(host);
});

it('takes the strictest of several lines', () => {
  expect(scriptHost([])).toBe('windowsPowerShell');
  expect(scriptHost(['requires -Version 5.1', 'requires -PSEdition Core'])).toBe('powerShell');
});
