import { describe, expect, it } from 'vitest';
import { whyUnsafe } from '../../../src/windows/copies/copy-folder.ts';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { fromSddl } from './sddl.ts';

const USER = 'S-1-5-21-1000000001-1000000002-1000000003-1001';
const GOOD = 'O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BA)';

describe('AC-27 the folder of protected copies', () => {
  it('is used as the agent makes it', () => {
    expect(whyUnsafe(parseDescriptor(fromSddl(GOOD)))).toBeUndefined();
  });

  it('is used when it gives less', () => {
    expect(whyUnsafe(parseDescriptor(fromSddl('O:SYD:P(A;OICI;FA;;;SY)(D;;FA;;;WD)')))).toBeUndefined();
  });

  it.each([
    ['a user made', `O:${USER}D:P(A;OICI;FA;;;SY)`, USER],
    ['administrators own', 'O:BAD:P(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BA)', 'S-1-5-32-544'],
    ['everybody may write', 'O:SYD:P(A;OICI;FA;;;SY)(A;;0x1301bf;;;WD)', 'S-1-1-0'],
    ['everybody may read', 'O:SYD:P(A;OICI;FA;;;SY)(A;;0x1200a9;;;WD)', 'S-1-1-0'],
    ['users may write later files of', 'O:SYD:P(A;OICI;FA;;;SY)(A;OICIIO;FA;;;BU)', 'S-1-5-32-545'],
    ['administrators may write', 'O:SYD:P(A;OICI;FA;;;SY)(A;OICI;0x1201bf;;;BA)', 'S-1-5-32-544'],
    ['administrators may have everything of', 'O:SYD:P(A;OICI;FA;;;SY)(A;OICI;GA;;;BA)', 'S-1-5-32-544'],
    ['inherits', 'O:SYD:AI(A;OICIID;FA;;;SY)', 'inherits'],
  ])('is not used when it is one that %s', (_what, sddl, named) => {
    expect(whyUnsafe(parseDescriptor(fromSddl(sddl)))).toContain(named);
  });

  it('is not used without a DACL, with entries of another kind, or when nothing is known', () => {
    const entries = parseDescriptor(fromSddl(GOOD));
    expect(whyUnsafe({ ...entries, dacl: undefined })).toContain('everybody');
    const other = { kind: 'other', inheritOnly: false, mask: 1, sid: '' } as const;
    expect(whyUnsafe({ ...entries, dacl: [other] })).toContain('judged');
    expect(whyUnsafe({ ...entries, owner: undefined })).toContain('unknown owner');
    expect(whyUnsafe(undefined)).toContain('not known');
  });
});
