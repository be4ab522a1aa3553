import * as fs from 'node:fs';
import * as os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAgentState } from '../../../src/windows/machine/agent-state.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-state-'));
  file = path.join(folder, 'state.json');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe('what the agent keeps', () => {
  it('is read back, and nothing before it was kept', () => {
    const state = openAgentState(file);
    expect(state.read()).toBeUndefined();
    for (const value of [{ phase: 'active' }, { phase: 'inactive', counted: 1 }]) {
      state.write(value);
      expect(state.read()).toEqual(value);
    }
    expect(fs.readdirSync(folder)).toEqual(['state.json']);
  });

  it('survives a write that was broken off', () => {
    const state = openAgentState(file);
    state.write({ phase: 'active' });
    fs.writeFileSync(`${file}.new`, '{"pha');
    expect(state.read()).toEqual({ phase: 'active' });
    state.write({ phase: 'inactive' });
    expect(state.read()).toEqual({ phase: 'inactive' });
  });

  it.each<[string, () => void]>([
    ['a folder', () => fs.mkdirSync(file)],
    ['no JSON', () => fs.writeFileSync(file, '{"phase":')],
    ['too large', () => fs.writeFileSync(file, `{"phase":"active"}${' '.repeat(300_000)}`)],
  ])('is an error and never nothing when it is %s', (_what, make) => {
    make();
    expect(() => openAgentState(file).read()).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }));
  });

  it.skipIf(process.platform === 'win32')('is not read by way of a link', () => {
    fs.writeFileSync(path.join(folder, 'other.json'), '{"phase":"active"}');
    fs.symlinkSync('other.json', file);
    expect(() => openAgentState(file).read()).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }));
  });

  it('that cannot be written is an error', () => {
    const state = openAgentState(path.join(folder, 'missing', 'state.json'));
    expect(() => state.write({ phase: 'active' })).toThrow(expect.objectContaining({ code: 'EPM_DATA_FOLDER' }));
  });
});
