import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTree } from '../../../src/text/json-tree.ts';

const accepts = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the tree of a JSON text', () => {
  it('has the lines of values, and folds names', () => {
    expect(parseTree('\r\n{"aB":\n\n [1,\n"x\\u0041", null]}\n', 8)).toEqual({
      root: {
        type: 'Object',
        line: 2,
        members: [
          {
            name: 'aB',
            folded: 'AB',
            value: {
              type: 'Array',
              line: 4,
              elements: [
                { type: 'Other', line: 4 },
                { type: 'String', line: 5, value: 'xA' },
                { type: 'Null', line: 5 },
              ],
            },
          },
        ],
      },
    });
  });

  it('keeps equal names', () => {
    const tree = parseTree('{"a":1,"a":"x"}', 8);
    expect('root' in tree && tree.root.type === 'Object' && tree.root.members).toHaveLength(2);
  });

  it.each([
    ...['', ' ', '{', '[', '{}}', '[1,]', '{"a"}', '{"a":}', '{"a":1,}', '{a:1}', "{'a':1}", '[1 2]', '01', '1.', '.5'],
    ...[
      '-',
      '+1',
      '1e',
      '1e+',
      '0x1',
      'nul',
      'nulll',
      'True',
      'NaN',
      '"',
      '"\\"',
      '"\\x"',
      '"\\u12"',
      '"a\nb"',
      '"\t"',
    ],
    ...[
      '//c\n1',
      '\ufeff1',
      '1\u00a0',
      '"\\ud800"',
      '"\ud800"',
      '-0',
      '1E-2',
      '"\\\\"',
      '"\u2028"',
      ' [ ] ',
      '{"":[{}]}',
    ],
  ])('is there for what JSON.parse accepts, and only then: %j', (text) => {
    expect('root' in parseTree(text, 8)).toBe(accepts(text));
  });

  it('is there for any JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => 'root' in parseTree(text, 1000)));
  });

  it('is refused beyond a depth, and at the place of the fault', () => {
    expect('root' in parseTree('[[[]]]', 3)).toBe(true);
    expect(parseTree('[[[[]]]]', 3)).toEqual({
      fault: { message: 'Objects and lists are nested more than 3 deep.', line: 1, column: 4 },
    });
    expect(parseTree('{\n  "a": 1,\n  "b" 2\n}', 3)).toEqual({
      fault: { message: 'This is not valid JSON.', line: 3, column: 7 },
    });
  });
});
