/** Notifications as files. What Windows does about links is in tests/windows/notifications.test.ts. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SendContext, SendResult } from '../../../src/agent/notifications/sender.ts';
import { folderSender } from '../../../src/network/folder.ts';
import { payload } from '../agent/notifications/requests.ts';

const KEY = 'cd'.repeat(16);
const context: SendContext = { secret: () => undefined, signal: new AbortController().signal, now: 0 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'epm-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const send = (
  hold: (path: string) => (() => void) | undefined = () => () => undefined,
  to = folder,
): Promise<SendResult> =>
  folderSender(hold)(
    { kind: 'folder', name: 'share', path: to, events: ['requested'] },
    { key: KEY, payload: payload('requested', { requestJustification: '../../evil', deviceName: 'C:\\x' }) },
    context,
  );

it('are written whole, under a name without a text of anybody, and once', async () => {
  expect(await send()).toMatchObject({ outcome: 'sent' });
  expect(await send()).toMatchObject({ outcome: 'sent' });
  expect(readdirSync(folder)).toEqual([`20260601T080000000Z-${KEY}.json`]);
  const text = readFileSync(path.join(folder, readdirSync(folder)[0]!), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version: 1, key: KEY, request: { requestJustification: '../../evil' } });
});

it('do not go through a link that lies in the place of the file', async () => {
  const outside = path.join(folder, 'outside.txt');
  writeFileSync(outside, 'untouched');
  symlinkSync(outside, path.join(folder, `20260601T080000000Z-${KEY}.json`));
  expect(await send()).toMatchObject({ outcome: 'sent' });
  expect(readFileSync(outside, 'utf8')).toBe('untouched');
});

it('wait for a folder that is not there, or that cannot be held', async () => {
  expect(await send(undefined, path.join(folder, 'none'))).toMatchObject({ outcome: 'failed', fault: 'notWritten' });
  expect(await send(() => undefined)).toMatchObject({ outcome: 'failed', fault: 'link' });
  const broken = (): never => {
    throw new Error('no such folder');
  };
  expect(await send(broken)).toMatchObject({ outcome: 'failed', fault: 'address' });
  expect(readdirSync(folder)).toEqual([]);
});

it('let the folder go, whatever becomes of them', async () => {
  let held = 0;
  const hold = (): (() => void) => {
    held += 1;
    return () => void (held -= 1);
  };
  await send(hold);
  await send(hold, path.join(folder, 'none'));
  expect(held).toBe(0);
});
