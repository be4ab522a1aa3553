/** A user as an administrator names them: by SID, or by the name of an account of this machine or its domain. */
import { type Sid, sid } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import { accountSid, isUserHive, loadDlls } from '../../windows/index.ts';
import { shown } from '../output/text.ts';

/**
 * @param name SID, `DOMAIN\name` or `name`
 * @throws EpmError EPM_ARGUMENT when it is no user's; for a name EPM_PLATFORM elsewhere than on Windows
 */
export function namedUser(name: string): Sid {
  const text = /^S-\d/i.test(name) ? name.toUpperCase() : accountSid(loadDlls().advapi32, name);
  if (text !== undefined && isUserHive(text)) return sid(text);
  throw new EpmError('EPM_ARGUMENT', `"${shown(name.slice(0, 256))}" is neither the SID nor the name of a user.`, {
    hint: 'Give a SID such as S-1-5-21-…-1001, or a name such as CONTOSO\\ann.',
  });
}
