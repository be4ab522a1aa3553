/**
 * Runs inside Windows as the system, beside the native files: times what makes the account of an elevation, by the
 * adapters that the agent has. `account-parts.cjs <folder> <rounds> <result file>`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { accountFor } from '../../../src/agent/account.ts';
import { verifyToken } from '../../../src/agent/verify-token.ts';
import { sid } from '../../../src/model/brands.ts';
import {
  createAccountFactory,
  createMachine,
  createProfileKeeper,
  loadDlls,
  machineFolders,
  openAgentState,
} from '../../../src/windows/index.ts';

const [, , folder = '', roundsText = '', resultFile = ''] = process.argv;
mkdirSync(folder, { recursive: true });
const dlls = loadDlls();
const folders = machineFolders(dlls.advapi32);
const machine = createMachine(dlls, folders, new Uint8Array(32));
const accounts = createAccountFactory(dlls, folders.systemRoot, openAgentState(`${folder}\\names`));
const profiles = createProfileKeeper(dlls, {
  systemRoot: folders.systemRoot,
  state: openAgentState(`${folder}\\profiles`),
  clock: { now: Date.now },
  log: { write: () => undefined },
});
/** The one that Wine has. */
const SESSION = 1;
const requester = sid('S-1-5-21-1000000001-1000000002-1000000003-1001');
const times: Record<'token' | 'profile' | 'unload', number[]> = { token: [], profile: [], unload: [] };

async function run(): Promise<void> {
  for (let round = 0; round <= Number(roundsText); round += 1) {
    const timed = async <T>(part: keyof typeof times, work: () => T | Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work();
      // The first round makes the profile and writes the names down.
      if (round > 0) times[part].push(performance.now() - start);
      return result;
    };
    const account = accountFor({
      requestId: `bench-${round}`,
      caller: { sid: requester, accountName: 'BENCH\\user', session: SESSION, logonSid: 'S-1-5-5-0-1001' },
      decision: { basis: { kind: 'defaultResponse' }, accountScope: 'user' },
      machine,
      domain: accounts.domain(),
    });
    const token = await timed('token', async () => {
      const made = await accounts.create(account);
      verifyToken(made.facts(), {
        identity: 'virtualAccount',
        account,
        factory: made.factory,
        logon: made.logon,
        requesterAuthenticationId: null,
        machine,
      });
      made.environment();
      return made;
    });
    const profile = await timed('profile', () =>
      profiles.load({ account, token, requester, showUserFolders: false, deleteAfterUse: false }),
    );
    await timed('unload', () => profile.release());
    token.close();
    token.release();
  }
  profiles.close();
  writeFileSync(resultFile, JSON.stringify(times));
}

void run();
