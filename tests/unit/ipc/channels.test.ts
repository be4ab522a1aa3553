import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHANNEL_NAMES } from '../../../src/ipc/channels/index.ts';
import { parseClientMessage } from '../../../src/ipc/messages.ts';

const folder = path.resolve(import.meta.dirname, '../../../src/ipc/channels');
const HELPERS = ['index', 'channel', 'body-schema', 'shorten'];

describe('the channels', () => {
  it('are the files of their folder', () => {
    const files = readdirSync(folder).map((name) => path.basename(name, '.ts'));
    expect(files.filter((name) => !HELPERS.includes(name)).sort()).toEqual([...CHANNEL_NAMES].sort());
  });

  it.each(CHANNEL_NAMES)('%s: the form of its body is compiled and allows no other member', (channel) => {
    const message = { v: 1, channel, body: { path: 'C:\\a.exe', another: 1 } };
    expect(() => parseClientMessage(Buffer.from(JSON.stringify(message)))).toThrow(
      expect.objectContaining({ code: 'EPM_REQUEST_MALFORMED', data: { pointer: '/body' } }),
    );
  });
});
