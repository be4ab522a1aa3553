import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/text/canonical-json.ts';

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ a: undefined, b: 0 }, '{"b":0}'],
    ['ä\u202e\n"\\', '"\\u00e4\\u202e\\n\\"\\\\"'],
    ['\ud83d\ude00\u007f', '"\\ud83d\\ude00\\u007f"'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, 1n, { a: Symbol('x') }])('refuses %s', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('has the bytes it always had, or no journal and no digest of before could be checked', () => {
    const value = {
      sequence: 7,
      reason: 'äöü \u202e\ud83d\ude00',
      arguments: ['a"b', 'c\\d', ''],
      '10': 1,
      '9': undefined,
      zero: -0,
      size: 1e21,
    };
    const digest = createHash('sha256').update(canonicalJson(value), 'ascii').digest('hex');
    expect(digest).toBe('2d743ac105d5eef8ed48965080948f45ddd3f3542965a42c3484f1ea9076a48a');
  });

  it('refuses what is nested without an end', () => {
    const value: unknown[] = [];
    value.push(value);
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
