import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeAt, pointerNames, pointerStep } from '../../../src/text/json-pointer.ts';
import { readableStart } from '../../../src/text/json-salvage.ts';
import { hasDuplicates, type JsonText, parseJson, valueOf } from '../../../src/text/json-text.ts';

const parse = (text: string, maxDepth = 8, comments = false): JsonText => parseJson(text, { comments, maxDepth });

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
    expect(parse('\r\n{"aB":\n\n [1,\n"x\\u0041", null]}\n', 8)).toEqual({
      root: {
        type: 'Object',
        line: 2,
        length: 30,
        members: [
          {
            name: 'aB',
            folded: 'AB',
            value: {
              type: 'Array',
              line: 4,
              elements: [
                { type: 'Number', line: 4, value: 1 },
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
    const tree = parse('{"a":1,"a":"x"}', 8);
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
    expect('root' in parse(text, 8)).toBe(accepts(text));
  });

  it('is there for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = parse(text, 1000);
        expect('root' in parsed && JSON.stringify(valueOf(parsed.root))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('is refused beyond a depth, and at the place of the fault', () => {
    expect('root' in parse('[[[]]]', 3)).toBe(true);
    expect(parse('[[[[]]]]', 3)).toEqual({
      fault: {
        code: 'tooDeep',
        severity: 'error',
        message: 'Objects and lists are nested more than 3 deep.',
        place: { offset: 3, line: 1, column: 4 },
      },
    });
    expect(parse('{\n  "a": 1,\n  "b" 2\n}', 3)).toEqual({
      fault: {
        code: 'notJson',
        severity: 'error',
        message: 'This is not valid JSON.',
        place: { offset: 18, line: 3, column: 7 },
      },
    });
  });

  it('may have comments where they are asked for, and counts their lines', () => {
    const text = '// "a"\n{ /* one\n two */ "a": "// /*", // more\n "b": 1 } //';
    expect('root' in parse(text)).toBe(false);
    const parsed = parse(text, 8, true);
    expect('root' in parsed && valueOf(parsed.root)).toEqual({ a: '// /*', b: 1 });
    expect('root' in parsed && nodeAt(parsed.root, '/b').line).toBe(4);
  });

  it.each([
    ['/* no end', 0],
    ['1 /', 2],
    ['[1, /', 4],
    ['/1', 0],
    ['/* a\n b */ ]', 11],
  ])('has no half comments: %j', (text, offset) => {
    const parsed = parse(text, 8, true);
    expect('fault' in parsed && parsed.fault.place.offset).toBe(offset);
  });

  it('of a length that no call stack holds is read', () => {
    const text = `["${'a'.repeat(4_000_000)}","${'\\\\'.repeat(1_000_000)}"${',1'.repeat(500_000)}]`;
    const parsed = parse(text);
    expect('root' in parsed && parsed.root.type === 'Array' && parsed.root.elements).toHaveLength(500_002);
  });

  it('tells equal names, however deep', () => {
    const duplicates = (text: string): boolean => {
      const parsed = parse(text);
      return 'root' in parsed && hasDuplicates(parsed.root);
    };
    expect(duplicates('{"a":1,"A":{"b":[{}]}}')).toBe(false);
    expect(duplicates('{"a":1,"b":[{"c":{"d":1,"d":1}}]}')).toBe(true);
  });

  it('has no names that mean anything to the language', () => {
    const parsed = parse('{"__proto__":{"x":1}}');
    const value = 'root' in parsed ? (valueOf(parsed.root) as Record<string, unknown>) : {};
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value['x']).toBeUndefined();
  });
});

describe('a JSON pointer', () => {
  it('leads to a value, or to the last one on the way that is there', () => {
    const parsed = parse('{"a~/b":[1,\n{"c":2}],"d":1,\n"d":2}');
    if (!('root' in parsed)) throw new Error('It is not JSON.');
    const pointer = `${pointerStep('a~/b')}${pointerStep(1)}${pointerStep('c')}`;
    expect(pointer).toBe('/a~0~1b/1/c');
    expect(pointerNames(pointer)).toEqual(['a~/b', '1', 'c']);
    expect(nodeAt(parsed.root, pointer)).toEqual({ type: 'Number', line: 2, value: 2 });
    expect(nodeAt(parsed.root, '/a~0~1b/7/c').type).toBe('Array');
    expect(nodeAt(parsed.root, '/d')).toMatchObject({ line: 3, value: 2 });
    expect(nodeAt(parsed.root, '')).toBe(parsed.root);
  });
});

describe('what can be read of a broken object', () => {
  it.each([
    ['{"a":1,"b":"x', '{"a":1}', '"b":"x'],
    ['{"a":{"b":[1,2],"c":', '{}', '{"a":{"b":[1,2],"c":'],
    ['{"a":"},","b":1,"c" 2}', '{"a":"},","b":1}', '"c" 2}'],
    ['{"a":1} {"b":2}', '{"a":1}', ''],
    ['{"a":1,,"b":2}', '{"a":1}', ',"b":2}'],
  ])('%j', (text, object, rest) => {
    const parsed = parse(text);
    expect('fault' in parsed && readableStart(text, parsed.fault.place.offset)).toEqual({ object, rest });
  });
});
