import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256, sid } from '../../../src/model/brands.ts';
import { parseJustification } from '../../../src/requests/justification.ts';
import { Tickets, TICKET_LIFETIME, type TicketBinding } from '../../../src/requests/tickets.ts';

const BINDING: TicketBinding = {
  user: sid('S-1-5-21-1-2-3-1001'),
  authenticationId: '0000000000000001',
  session: 1,
  logonSid: 'S-1-5-5-0-1001',
  file: { volume: 'a', file: 'b' },
  sha256: sha256('0'.repeat(64)),
  arguments: ['a', 'b'],
};

function make(limits = { perUser: 3, total: 5 }) {
  const clock = { time: 0 };
  const tickets = new Tickets(
    { now: () => 5_000, monotonic: () => clock.time, bytes: (length) => randomBytes(length) },
    limits,
  );
  return { clock, tickets };
}

const invalid = expect.objectContaining({ code: 'EPM_TICKET_INVALID' });

describe('tickets', () => {
  it('give the question back, once', () => {
    const { tickets } = make();
    const { ticket, expires } = tickets.issue(BINDING, { text: 'question' });
    expect(expires).toBe(5_000 + TICKET_LIFETIME);
    expect(tickets.redeem(ticket, { ...BINDING, arguments: ['a', 'b'] })).toEqual({ text: 'question' });
    expect(() => tickets.redeem(ticket, BINDING)).toThrow(invalid);
  });

  it.each<[string, Partial<TicketBinding>]>([
    ['user', { user: sid('S-1-5-21-1-2-3-1002') }],
    ['logon', { authenticationId: '0000000000000002' }],
    ['session', { session: 2 }],
    ['logon SID', { logonSid: 'S-1-5-5-0-1002' }],
    ['folder', { directory: 'C:\\Work' }],
    ['volume', { file: { volume: 'x', file: 'b' } }],
    ['file', { file: { volume: 'a', file: 'x' } }],
    ['digest', { sha256: sha256('1'.repeat(64)) }],
    ['arguments', { arguments: ['a b'] }],
    ['argument order', { arguments: ['b', 'a'] }],
    ['argument split', { arguments: ['a,b'] }],
    ['no arguments', { arguments: [] }],
  ])('are bound to the %s', (_name, change) => {
    const { tickets } = make();
    const { ticket } = tickets.issue(BINDING, { text: 'question' });
    expect(() => tickets.redeem(ticket, { ...BINDING, ...change })).toThrow(invalid);
    expect(() => tickets.redeem(ticket, BINDING)).toThrow(invalid);
  });

  it('AC-10 are forgotten when nobody sits at their session any more', () => {
    const { tickets } = make();
    const gone = [1, 1].map(() => tickets.issue(BINDING, { text: 'question' }).ticket);
    const other = { ...BINDING, session: 2 };
    const kept = tickets.issue(other, { text: 'question' }).ticket;
    expect(tickets.dropSession(1)).toBe(2);
    expect(tickets.dropSession(1)).toBe(0);
    for (const ticket of gone) expect(() => tickets.redeem(ticket, BINDING)).toThrow(invalid);
    expect(tickets.redeem(kept, other)).toEqual({ text: 'question' });
  });

  it('live two minutes of the clock that never jumps', () => {
    const { clock, tickets } = make();
    const first = tickets.issue(BINDING, { text: 'question' }).ticket;
    const second = tickets.issue(BINDING, { text: 'question' }).ticket;
    clock.time = TICKET_LIFETIME - 1;
    expect(tickets.redeem(first, BINDING)).toEqual({ text: 'question' });
    clock.time = TICKET_LIFETIME;
    expect(() => tickets.redeem(second, BINDING)).toThrow(invalid);
    expect(tickets.open).toBe(0);
  });

  it('are limited for a user and in total, until old ones are over', () => {
    const { clock, tickets } = make();
    const busy = expect.objectContaining({ code: 'EPM_AGENT_BUSY' });
    for (let index = 0; index < 3; index++) tickets.issue(BINDING, { text: '' });
    expect(() => tickets.issue(BINDING, { text: '' })).toThrow(busy);
    const other = { ...BINDING, user: sid('S-1-5-21-1-2-3-1002') };
    tickets.issue(other, { text: '' });
    tickets.issue(other, { text: '' });
    expect(() => tickets.issue(other, { text: '' })).toThrow(busy);
    clock.time = TICKET_LIFETIME;
    expect(() => tickets.issue(other, { text: '' })).not.toThrow();
  });

  it('are not made from too few random bytes', () => {
    const tickets = new Tickets({ now: () => 0, monotonic: () => 0, bytes: () => new Uint8Array(4) });
    expect(() => tickets.issue(BINDING, { text: '' })).toThrow(expect.objectContaining({ code: 'EPM_INTERNAL' }));
  });
});

describe('justifications', () => {
  it.each([
    ['  printer  ', 'printer'],
    ['e\u0301', '\u00e9'],
    ['\ud83d\ude00'.repeat(256), '\ud83d\ude00'.repeat(256)],
    [' a\u202eb ', 'a\u202eb'],
    ['e\u0301'.repeat(256), '\u00e9'.repeat(256)],
  ])('%j', (text, expected) => {
    expect(parseJustification(text)).toBe(expected);
  });

  it.each([
    ['', 'empty'],
    [' \u00a0\n', 'empty'],
    ['x'.repeat(257), 'tooLong'],
    ['a\nb', 'controlCharacter'],
    ['a\tb', 'controlCharacter'],
    ['a\0b', 'controlCharacter'],
    ['a\u009bb', 'controlCharacter'],
    ['a\u2028b', 'controlCharacter'],
    ['\ud800', 'malformedText'],
  ])('%j is refused', (text, reason) => {
    expect(() => parseJustification(text)).toThrow(
      expect.objectContaining({ code: 'EPM_JUSTIFICATION_INVALID', data: { reason } }),
    );
  });
});
