import { describe, expect, it } from 'vitest';
import { parseDescriptor } from '../../../src/windows/security/descriptor.ts';
import { protectionFault, protectionSddl } from '../../../src/windows/security/protection.ts';
import { KEY_PROTECTION, SERVICE_PROTECTION } from '../../../src/windows/service/service-plan.ts';
import { fromSddl } from './sddl.ts';

const MARKER = 'S-1-5-107-0';
const fault = (sddl: string): string | undefined =>
  protectionFault(parseDescriptor(fromSddl(sddl)), SERVICE_PROTECTION);
const OURS = protectionSddl(SERVICE_PROTECTION);

describe('AC-74 permissions of the service', () => {
  it('deny programs that EPM elevated to start, stop, change, delete and take it', () => {
    const [first] = parseDescriptor(fromSddl(`O:SY${OURS}`)).dacl ?? [];
    expect(first).toMatchObject({ kind: 'deny', sid: MARKER });
    // SERVICE_CHANGE_CONFIG, _START, _STOP, _PAUSE_CONTINUE, DELETE, WRITE_DAC, WRITE_OWNER (winsvc.h, winnt.h).
    for (const right of [0x2, 0x10, 0x20, 0x40, 0x10000, 0x40000, 0x80000])
      expect((first?.mask ?? 0) & right, right.toString(16)).toBe(right);
  });

  it('let nobody but the system and administrators change it', () => {
    for (const [sid, mask] of Object.entries(SERVICE_PROTECTION.allowed)) {
      const changes = (mask & SERVICE_PROTECTION.denied) !== 0;
      expect(changes, sid).toBe(sid === 'S-1-5-18' || sid === 'S-1-5-32-544');
    }
  });

  it('are taken as they were written', () => {
    expect(fault(`O:SY${OURS}`)).toBeUndefined();
    expect(fault(`O:BA${OURS}`)).toBeUndefined();
  });

  it.each([
    ['without the entry that denies', `O:SY${OURS.replace(/\(D[^)]*\)/, '')}`],
    ['with a person as its owner', `O:S-1-5-21-1-2-3-1001${OURS}`],
    ['with a right for users', `O:SY${OURS}(A;;0x10;;;BU)`],
    ['with another mask', `O:SY${OURS.replace(/\(A;;0x[0-9a-f]+;;;S-1-5-4\)/, '(A;;0xf01ff;;;IU)')}`],
    [
      'with the entry that denies behind those that allow',
      `O:SYD:P${OURS.slice(3).replace(/^(\([^)]*\))(.*)$/, '$2$1')}`,
    ],
    ['with none at all', 'O:SY'],
  ])('are told of %s', (_what, sddl) => {
    expect(fault(sddl)).toMatch(/\S/);
  });
});

describe('AC-74 permissions of the keys', () => {
  it('deny programs that EPM elevated to write, delete and take them, also those below', () => {
    const sddl = protectionSddl(KEY_PROTECTION);
    const [first] = parseDescriptor(fromSddl(`O:SY${sddl}`)).dacl ?? [];
    expect(first).toMatchObject({ kind: 'deny', sid: MARKER });
    // KEY_SET_VALUE, KEY_CREATE_SUB_KEY, KEY_CREATE_LINK, DELETE, WRITE_DAC, WRITE_OWNER (winnt.h).
    for (const right of [0x2, 0x4, 0x20, 0x10000, 0x40000, 0x80000]) expect((first?.mask ?? 0) & right).toBe(right);
    expect(sddl.match(/\(/g)).toHaveLength(sddl.match(/;CI;/g)?.length ?? 0);
  });
});
