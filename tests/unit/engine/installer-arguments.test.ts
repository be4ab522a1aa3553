import { describe, expect, it } from 'vitest';
import { installerArguments } from '../../../src/engine/installer-arguments.ts';

const refusal = (values: readonly string[]) => {
  try {
    return installerArguments(values);
  } catch (error) {
    return (error as { code: string; data: unknown }).data;
  }
};

describe('what stands behind the package on the command line of msiexec', () => {
  it.each([
    ['/quiet', '/quiet'],
    ['/QN', '/QN'],
    ['-passive', '-passive'],
    ['/qb-!', '/qb-!'],
    ['/qn+', '/qn+'],
    ['/norestart', '/norestart'],
    ['ALLUSERS=1', 'ALLUSERS=1'],
    ['EMPTY=', 'EMPTY=""'],
    ['INSTALLDIR=C:\\Tools\\', 'INSTALLDIR=C:\\Tools\\'],
    ['INSTALLDIR=C:\\Program Files\\Field Tools', 'INSTALLDIR="C:\\Program Files\\Field Tools"'],
    ['NAME=Zoë', 'NAME="Zoë"'],
    ['GREETING=say "hello" twice', 'GREETING="say ""hello"" twice"'],
    ['GREETING="', 'GREETING=""""'],
    ['URL=https://example.test/?a=b&c=%20', 'URL=https://example.test/?a=b&c=%20'],
    ['my.Property_1=x;y', 'my.Property_1=x;y'],
  ])('%s', (value, word) => {
    expect(installerArguments([value])).toEqual([word]);
  });

  it('takes a log switch with its file', () => {
    expect(installerArguments(['/l*v', 'C:\\Logs\\field tools.txt', '/qn'])).toEqual([
      '/l*v',
      '"C:\\Logs\\field tools.txt"',
      '/qn',
    ]);
    expect(installerArguments(['-Log', 'C:\\log.txt'])).toEqual(['-Log', 'C:\\log.txt']);
  });

  it.each([
    ['another package', ['/qn', '/i', 'C:\\evil.msi'], 2],
    ['the same with another sign', ['-i', 'C:\\evil.msi'], 1],
    ['a switch and its value in one', ['/iC:\\evil.msi'], 1],
    ['another package by the long name', ['/package', 'C:\\evil.msi'], 1],
    ['an administrative installation', ['/a'], 1],
    ['a repair', ['/fa'], 1],
    ['an advertisement', ['/jm'], 1],
    ['a removal', ['/x'], 1],
    ['a removal by the long name', ['/uninstall'], 1],
    ['a patch', ['/p', 'C:\\evil.msp'], 1],
    ['a patch by the long name', ['/update', 'C:\\evil.msp'], 1],
    ['a library to register', ['/y', 'C:\\evil.dll'], 1],
    ['a transform for an advertisement', ['/t', 'C:\\evil.mst'], 1],
    ['help', ['/?'], 1],
    ['only a sign', ['/'], 1],
    ['nothing', [''], 1],
    ['a second package', ['C:\\evil.msi'], 1],
    ['a name that begins with a blank', [' TRANSFORMS=x'], 1],
    ['a switch with a blank', ['/qn TRANSFORMS=C:\\evil.mst'], 1],
    ['a name that is none', ['1A=b'], 1],
    ['no name', ['=b'], 1],
    ['a quoted name', ['"A"=b'], 1],
    ['a property twice', ['A=1', '/qn', 'a=2'], 3],
    ['a backslash before the closing mark', ['A=b c\\'], 1],
    ['a backslash before a mark', ['A=b\\"c'], 1],
    ['a tab', ['A=b\tc'], 1],
    ['a log without a file', ['/l*v'], 1 + 1],
    ['a log into a switch', ['/l*v', '/qn'], 2],
    ['a log file with a mark', ['/l*v', 'a" TRANSFORMS=C:\\evil.mst'], 2],
    ['a log file that ends in a backslash', ['/l', 'C:\\some folder\\'], 2],
  ])('AC-47 refuses %s', (_name, values, position) => {
    expect(refusal(values)).toEqual({ position });
  });

  it('AC-47 keeps every property in its own quotation marks, however they are read', () => {
    // A reader that takes two marks for one literal one, and a reader that takes each for a change of state.
    const values = ['A=x" TRANSFORMS=C:\\evil.mst B="y', 'C=" "', 'D=""', 'E= /i C:\\evil.msi', '/qn'];
    const line = installerArguments(values).join(' ');
    expect(readDoubled(line)).toEqual(values);
    expect(readToggled(line)).toEqual(values.map((value) => value.replaceAll('"', '')));
  });
});

/** Splits at blanks outside of quotation marks; inside, two marks are one. */
function readDoubled(line: string): string[] {
  return split(line, true);
}

function readToggled(line: string): string[] {
  return split(line, false);
}

function split(line: string, doubled: boolean): string[] {
  const words = [''];
  let isQuoted = false;
  for (let index = 0; index < line.length; index += 1) {
    const unit = line.charAt(index);
    if (unit === '"' && isQuoted && doubled && line[index + 1] === '"') {
      words.push(`${words.pop() ?? ''}"`);
      index += 1;
    } else if (unit === '"') isQuoted = !isQuoted;
    else if (unit === ' ' && !isQuoted) words.push('');
    else words.push((words.pop() ?? '') + unit);
  }
  return words;
}
