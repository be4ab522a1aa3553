/** Secrets of the agent: who may give them, and that nobody is told them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import { Secrets } from '../../../src/agent/secrets.ts';
import { administrator, caller, FakeMachine, MemoryEntries } from './fake-machine.ts';

const SECRET = 'correct horse battery staple';
const inverted = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

describe('secrets', () => {
  it('are kept protected, and read back under their names, whose case does not count', () => {
    const store = new MemoryEntries();
    const secrets = new Secrets(store, { protect: inverted, unprotect: inverted });
    secrets.set('Desk.hmac', SECRET, 0);
    expect(secrets.get('desk.HMAC')).toBe(SECRET);
    expect([...store.entries.values()].join()).not.toContain(SECRET);
    expect([...store.entries.values()].join()).not.toContain(Buffer.from(SECRET).toString('base64'));
    secrets.set('desk.hmac', 'another', 1);
    expect(secrets.list()).toEqual([{ name: 'desk.hmac', changed: '1970-01-01T00:00:00.001Z' }]);
    expect(secrets.get('desk.hmac')).toBe('another');
    secrets.remove('DESK.hmac');
    expect(secrets.get('desk.hmac')).toBeUndefined();
    expect(() => secrets.remove('desk.hmac')).toThrowError(
      expect.objectContaining({ code: 'EPM_SECRET_UNKNOWN' }) as Error,
    );
  });

  it('that another machine protected, or that somebody wrote, are none', () => {
    const store = new MemoryEntries();
    const broken = (): never => {
      throw new Error('The key is not there.');
    };
    new Secrets(store, { protect: inverted, unprotect: inverted }).set('a', SECRET, 0);
    expect(new Secrets(store, { protect: inverted, unprotect: broken }).get('a')).toBeUndefined();
    const [key = ''] = store.entries.keys();
    store.entries.set(key, JSON.stringify({ name: 'b', time: 0, value: '' }));
    expect(new Secrets(store, { protect: inverted, unprotect: inverted }).list()).toEqual([]);
  });

  it.each(['', '-a', 'a b', '../a', 'a'.repeat(65)])('have no name such as %j', (name) => {
    const secrets = new Secrets(new MemoryEntries(), { protect: inverted, unprotect: inverted });
    expect(() => secrets.set(name, 'x', 0)).toThrowError(expect.objectContaining({ code: 'EPM_ARGUMENT' }) as Error);
  });

  it('are at most two hundred', () => {
    const secrets = new Secrets(new MemoryEntries(), { protect: inverted, unprotect: inverted });
    for (let index = 0; index < 200; index++) secrets.set(`s${index}`, 'x', 0);
    expect(() => secrets.set('more', 'x', 0)).toThrowError(
      expect.objectContaining({ code: 'EPM_SECRET_LIMIT' }) as Error,
    );
    secrets.set('s0', 'y', 0);
  });
});

describe('the agent', () => {
  let machine: FakeMachine;
  let agent: Agent;
  beforeEach(async () => {
    machine = new FakeMachine().withRule();
    agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  });
  afterEach(() => agent.stop());

  it('takes secrets from administrators alone, and tells them to nobody', () => {
    expect(() => agent.secrets(caller(), { action: 'list' })).toThrowError(
      expect.objectContaining({ code: 'EPM_NOT_ADMINISTRATOR' }) as Error,
    );
    const report = agent.secrets(administrator(), { action: 'set', name: 'smtp', value: SECRET });
    expect(report).toMatchObject({ secrets: [{ name: 'smtp' }] });
    agent.secrets(administrator(), { action: 'remove', name: 'smtp' });
    const everything = JSON.stringify([
      report,
      machine.records(),
      machine.log,
      machine.entries,
      agent.status(administrator()),
    ]);
    expect(everything).not.toContain(SECRET);
    expect(machine.records().filter(({ event }) => event === 'secretChanged')).toMatchObject([
      { message: 'The secret "smtp" was set.' },
      { message: 'The secret "smtp" was removed.' },
    ]);
  });
});
