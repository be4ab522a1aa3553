import { expect, it } from 'vitest';
import { exitReasonOf } from '../../../src/agent/exit-reason.ts';
import type { RunDetails } from '../../../src/agent/contract.ts';
import { EXIT_REASONS } from '../../../src/model/exit-reasons.ts';

const run = (file: Partial<RunDetails['file']>) => ({ file: { path: 'C:\\x.exe', sha256: '', ...file } }) as RunDetails;
const INSTALLER = run({ path: 'C:\\x.MSI', copy: 'C:\\c\\x.MSI', host: 'C:\\Windows\\System32\\msiexec.exe' });
const COPY = run({ copy: 'C:\\c\\x.exe' });
const SCRIPT = run({ path: 'C:\\x.ps1', copy: 'C:\\c\\x.ps1', host: 'C:\\p.exe' });

it.each([
  [0, undefined],
  [1, undefined],
  [1602, 'installCancelled'],
  [1603, 'installFailed'],
  [1612, 'sourceMissing'],
  [1618, 'installerBusy'],
  [1619, 'packageUnopened'],
  [1620, 'packageInvalid'],
  [1625, 'packageForbidden'],
  [1633, 'packageUnsupported'],
  [1638, 'otherVersionInstalled'],
  [1639, 'installerArguments'],
  [1641, 'restartBegun'],
  [3010, 'restartNeeded'],
  [0xc0000135, undefined],
])('msiexec ends with %i', (code, reason) => {
  expect(exitReasonOf(INSTALLER, code)).toBe(reason);
  expect(exitReasonOf(SCRIPT, code)).toBeUndefined();
  expect(exitReasonOf(run({}), code)).toBeUndefined();
  expect(exitReasonOf(COPY, code)).toBe(code === 0xc0000135 ? 'neighboursMissing' : undefined);
});

it('success that needs a restart is told as success', () => {
  for (const reason of ['restartNeeded', 'restartBegun'] as const) {
    expect(EXIT_REASONS[reason].message).toMatch(/^The installation succeeded/);
  }
});
