/** Support says yes: a request of the user, a grant that an approver signs on a system of their own, and the elevation by it. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { identitySid } from '../../testbed/test-bed.ts';
import { PROGRAMS } from './policy.ts';
import { PASSPHRASE_VARIABLE, type Stage } from './stage.ts';

const KEY_FILE = 'desk.pem';
const UNLOCK = ['--passphrase-env', PASSPHRASE_VARIABLE] as const;

/** The approver makes a key. @returns the list `approverKeys` of a policy that trusts it */
export function makeApproverKey(stage: Stage): object {
  // Whoever approves is somebody else than the user who asks.
  const approver = identitySid.otherUser;
  const words = ['approval-key', 'new', '--out', KEY_FILE, '--name', 'desk', '--approver', approver, ...UNLOCK];
  const made = stage.approver(words, /approverKeys/);
  const { approverKeys } = JSON.parse(made.slice(made.indexOf('{'))) as { readonly approverKeys: object };
  return approverKeys;
}

/** From the request of the user over the grant to the program, and to the one that the grant does not name. */
export async function askSupport(stage: Stage): Promise<void> {
  const start = `Invoke-EPMElevation -FilePath '${PROGRAMS.taxViewer}'`;
  await stage.prompt(`${start} -Justification 'The tax office wants it'`, /Status *: pending/);
  const text = await stage.prompt('Get-EPMRequest -Newest 1 -Text', /EPMR1\./);
  // By mail or chat, or by itself over the live channel.
  writeFileSync(path.join(stage.desk, 'request.txt'), text);
  const words = [
    'approve',
    'request.txt',
    '--key',
    KEY_FILE,
    '--hours',
    '2',
    '--reason',
    'Until the tax office is done',
  ];
  const grant = stage.approver([...words, '--yes', ...UNLOCK], /^EPM1\./).trim();
  await stage.prompt(`Import-EPMGrant '${grant}' | Format-List`, /Effect *: counts/, {
    typed: `Import-EPMGrant '${grant.slice(0, 24)}…' | Format-List`,
  });
  await stage.prompt(`${start} -Wait | Format-List`, /finished/);
  await stage.prompt(`${start} -ArgumentList '/all' -Justification 'And all the others'`, /Status *: pending/);
}
