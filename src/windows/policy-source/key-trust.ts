/** Whether a key can be trusted to hold what administrators or the system wrote. */
import { defined } from '../../model/defined.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { OpenKey } from '../registry/key.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { KEY_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

/** @throws EpmError EPM_POLICY_UNREADABLE when somebody other than the system and administrators may change the key */
export function refuseForeignWriter(key: OpenKey): void {
  const writer = untrustedWriter(parseDescriptor(key.security()), KEY_WRITE_RIGHTS);
  if (writer === undefined) return;
  throw new EpmError(
    'EPM_POLICY_UNREADABLE',
    `The policy in ${key.path} is not used, because ${writer} may change it.`,
    {
      hint: 'Let only SYSTEM and administrators write the key.',
      data: { key: key.path, writer },
    },
  );
}

/** A key that exists and cannot be read whole is an error of the policy, never an empty policy. */
export function orPolicyUnreadable<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isEpmError(cause) || cause.code !== 'EPM_WINDOWS_API') throw cause;
    throw new EpmError('EPM_POLICY_UNREADABLE', `The policy in ${key} cannot be read: ${cause.message}`, {
      cause,
      ...defined({ data: cause.data }),
    });
  }
}
