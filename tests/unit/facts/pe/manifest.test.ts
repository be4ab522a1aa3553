import { describe, expect, it } from 'vitest';
import type { ExecutableFacts } from '../../../../src/model/file-facts.ts';
import { buildProgram } from '../pe-builder.ts';
import { factsOf, refusalOf } from './inspect.ts';
import { effortOf } from '../../../effort.ts';

const MANIFEST = 24;
const V1 = 'urn:schemas-microsoft-com:asm.v1';
const V3 = 'urn:schemas-microsoft-com:asm.v3';
const REQUEST = '<requestedExecutionLevel level="requireAdministrator" uiAccess="false"/>';

const assembly = (request: string, before = ''): string =>
  `${before}<assembly xmlns="${V1}" manifestVersion="1.0"><trustInfo xmlns="${V3}"><security><requestedPrivileges>` +
  `${request}</requestedPrivileges></security></trustInfo></assembly>`;

const programWith = (manifest: string | Buffer): Buffer =>
  buildProgram({ resources: [{ type: MANIFEST, data: Buffer.from(manifest as string) }] });

async function requestOf(manifest: string | Buffer): Promise<Partial<ExecutableFacts>> {
  const { machine, subsystem, ...request } = (await factsOf(programWith(manifest))).executable!;
  expect([machine, subsystem]).toEqual(['x64', 'console']);
  return request;
}

describe('the manifest', () => {
  const administrator = { requestedLevel: 'requireAdministrator', uiAccess: false };
  it.each<[string, string | Buffer, object]>([
    [
      'as compilers write it',
      assembly(REQUEST, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'),
      administrator,
    ],
    ['with a byte order mark', `\ufeff${assembly(REQUEST)}`, administrator],
    ['in UTF-16', Buffer.from(`\ufeff${assembly(REQUEST)}`, 'utf16le'), administrator],
    ['in UTF-16 without a mark', Buffer.from(assembly(REQUEST), 'utf16le'), administrator],
    ['with padding', `\r\n ${assembly(REQUEST)}\n  \0\0`, administrator],
    ['with bytes of another encoding', Buffer.from(assembly(`<!-- Größe -->${REQUEST}`), 'latin1'), administrator],
    ['with a comment', assembly(`<!-- <requestedExecutionLevel level="asInvoker"/> -->${REQUEST}`), administrator],
    ['with a CDATA section', assembly(`<![CDATA[<a>]]>${REQUEST}`), administrator],
    ['with character references', assembly(REQUEST.replace('require', '&#114;&#x65;quire')), administrator],
    [
      'in single quotes and other case',
      assembly("<requestedExecutionLevel level = 'HighestAvailable' ></requestedExecutionLevel>"),
      { requestedLevel: 'highestAvailable' },
    ],
    [
      'with uiAccess',
      assembly('<requestedExecutionLevel level="asInvoker" uiAccess="True"/>'),
      { requestedLevel: 'asInvoker', uiAccess: true },
    ],
    [
      'with prefixes',
      `<a:assembly xmlns:a="${V1}" xmlns:b="${V3}"><b:trustInfo><b:security><b:requestedPrivileges>` +
        '<b:requestedExecutionLevel level="asInvoker"/></b:requestedPrivileges></b:security></b:trustInfo></a:assembly>',
      { requestedLevel: 'asInvoker' },
    ],
    ['without a request', `<assembly xmlns="${V1}"><description>x</description></assembly>`, {}],
    ['with the element elsewhere', `<assembly xmlns="${V1}">${REQUEST}</assembly>`, {}],
    ['with the element in another schema', assembly(REQUEST.replace(' level', ' xmlns="urn:x" level')), {}],
    ['without a schema', assembly(REQUEST).replace(` xmlns="${V1}"`, ''), {}],
  ])('%s', async (_, manifest, expected) => {
    expect(await requestOf(manifest)).toEqual(expected);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', ' ', /no root/],
    ['no XML', 'level=requireAdministrator', /text outside of its root.*manifest, offset 0x/],
    ['a document type', `<!DOCTYPE assembly [<!ENTITY a "b">]>${assembly(REQUEST)}`, /such as a document type/],
    ['an entity', assembly(REQUEST.replace('requireAdministrator', '&level;')), /refers to an entity/],
    ['a reference to no character', assembly(REQUEST.replace('require', '&#x110000;')), /refers to an entity/],
    ['two roots', assembly(REQUEST) + assembly(REQUEST), /more than one root/],
    ['text behind the root', `${assembly(REQUEST)}x`, /text outside/],
    ['an open element', assembly(REQUEST).replace('</assembly>', ''), /ends before its root/],
    ['crossed elements', '<a><b></a></b>', /closes an element that is not open/],
    ['an end without a beginning', '</a>', /closes an element that is not open/],
    ['an attribute twice', assembly(REQUEST.replace('/>', ' level="asInvoker"/>')), /attribute twice/],
    ['an attribute without quotes', assembly('<requestedExecutionLevel level=asInvoker/>'), /tag that does not end/],
    ['a tag without an end', '<assembly', /tag that does not end/],
    ['a comment without an end', '<a><!-- </a>', /inside of a comment/],
    ['an undeclared prefix', '<a:assembly/>', /prefix that is not declared/],
    ['33 levels', '<a>'.repeat(33) + '</a>'.repeat(33), /more than 32 deep/],
    ['65 attributes', `<a ${Array.from({ length: 65 }, (__, index) => `a${index}=""`).join(' ')}/>`, /too many/],
    ['two requests', assembly(REQUEST + REQUEST), /more than one execution level/],
    ['an unknown level', assembly('<requestedExecutionLevel level="system"/>'), /unknown execution level/],
    ['no level', assembly('<requestedExecutionLevel uiAccess="true"/>'), /unknown execution level/],
    ['an unclear uiAccess', assembly(REQUEST.replace('false', 'maybe')), /uiAccess/],
    ['too many bytes', Buffer.alloc(512 * 1024 + 1, ' '), /more than 524288 bytes/],
  ])('of %s is refused', async (_, manifest, message) => {
    expect(await refusalOf(programWith(manifest))).toMatch(message);
  });

  it('takes the time of its length, whatever is in it', async () => {
    const spent = await effortOf(async () => {
      for (const unit of ['<', '<a ', '<a>', ' ', '<a b="', '&', '<!--', 'a="b" ', '</']) {
        expect(await refusalOf(programWith(`<a${unit.repeat(500_000 / unit.length)}`))).toBeDefined();
      }
      const declarations = (level: number): string =>
        Array.from({ length: 64 }, (_, index) => ` xmlns:p${level}_${index}="x"`).join('');
      const nested = Array.from({ length: 31 }, (_, level) => `<a${declarations(level)}>`).join('');
      for (const unit of ['<p0_0:a/>', '<a/>', '<a xmlns:b=""/>']) {
        const children = unit.repeat(Math.floor(400_000 / unit.length));
        expect(await refusalOf(programWith(nested + children + '</a>'.repeat(31)))).toBeUndefined();
      }
    });
    expect(spent).toBeLessThan(5_000);
  });
});
