/** For tests of sessions that the product starts, which take their environment from this process. */
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { powerShellFolders } from '../tooling/powershell-folders.mjs';

function stub(): void {
  for (const [name, value] of Object.entries(powerShellFolders())) vi.stubEnv(name, value);
}

/** Keeps what PowerShell writes down for itself in the project while the tests of this file or group run. */
export function keepPowerShellInProject(): void {
  beforeAll(stub);
  // A test may have taken back every variable.
  beforeEach(stub);
  afterAll(() => void vi.unstubAllEnvs());
}
