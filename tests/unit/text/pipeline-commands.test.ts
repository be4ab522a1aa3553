import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/text/display.ts';
import { quietJson, quietXml } from '../../../src/text/pipeline-commands.ts';

describe('commands of pipelines', () => {
  it.each(['##vso[task.setvariable variable=x]y', 'a ##VSO[x]y', '##[group]x', '###[x]'])(
    'are none when shown: %s',
    (text) => {
      expect(displayText(text)).not.toMatch(/##(vso)?\[/i);
      expect(displayText(text).replaceAll('<U+0023>', '#')).toBe(text);
    },
  );

  it('are none at the beginning of a text', () => {
    expect(displayText('::error::x')).toBe('<U+003A>:error::x');
    expect(displayText('a::b')).toBe('a::b');
  });

  it('are none in JSON and XML that say the same', () => {
    const value = { name: '##vso[x]', path: 'C:\\##[a]', three: '###vso[b]' };
    expect(quietJson(JSON.stringify(value))).not.toMatch(/##(vso)?\[/i);
    expect(JSON.parse(quietJson(JSON.stringify(value)))).toEqual(value);
    expect(quietXml('<a b="##vso[x]"/>')).toBe('<a b="&#35;#vso[x]"/>');
  });
});
