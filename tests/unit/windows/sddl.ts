/** Security descriptors from their text form, as far as the descriptors of folders need it ([MS-DTYP] 2.5.1). */
import { descriptor } from './fake-registry.ts';

const SIDS: Readonly<Record<string, string>> = {
  SY: 'S-1-5-18',
  BA: 'S-1-5-32-544',
  BU: 'S-1-5-32-545',
  AU: 'S-1-5-11',
  IU: 'S-1-5-4',
  WD: 'S-1-1-0',
  CO: 'S-1-3-0',
  AC: 'S-1-15-2-1',
};
const FLAGS: Readonly<Record<string, number>> = { OI: 1, CI: 2, NP: 4, IO: 8, ID: 16 };
const RIGHTS: Readonly<Record<string, number>> = {
  GA: 0x10000000,
  GX: 0x20000000,
  GW: 0x40000000,
  GR: 0x80000000,
  FA: 0x1f01ff,
  KA: 0xf003f,
  KR: 0x20019,
  SD: 0x10000,
  RC: 0x20000,
  WD: 0x40000,
  WO: 0x80000,
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
};

/** Self-relative bytes of `O:…D:…`; the group is left out. */
export function fromSddl(text: string): Uint8Array {
  const owner = /^O:(S-[\d-]+|[A-Z]{2})/.exec(text)?.[1] ?? '';
  const entries = [...text.matchAll(/\((A|D);([A-Z]*);([0-9A-Zx]+);;;([^)]+)\)/gi)].map(
    ([, type = '', flags = '', rights = '', who = '']): [number, number, number, string] => [
      type === 'D' ? 1 : 0,
      pairs(flags, FLAGS),
      rights.startsWith('0x') ? Number(rights) : pairs(rights, RIGHTS),
      sid(who),
    ],
  );
  return descriptor(sid(owner), entries, /D:P/.test(text));
}

function sid(text: string): string {
  const found = text.startsWith('S-') ? text : SIDS[text];
  if (found === undefined) throw new Error(`Unknown SID ${text}`);
  return found;
}

function pairs(text: string, values: Readonly<Record<string, number>>): number {
  let result = 0;
  for (const [pair] of text.matchAll(/../g)) {
    const value = values[pair];
    if (value === undefined) throw new Error(`Unknown letters ${pair}`);
    result |= value;
  }
  return result >>> 0;
}
