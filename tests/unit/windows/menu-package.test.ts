/**
 * The package that gives the command its place in the first context menu of Windows 11, against what Microsoft Learn says of its
 * elements ("Package manifest schema reference", "Grant package identity by packaging with external location").
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../../src/text/xml.ts';

const folder = new URL('../../../native/shell/package/', import.meta.url);
const MANIFEST = readFileSync(new URL('AppxManifest.xml', folder), 'utf8');
const HEADER = readFileSync(new URL('../explorer_command.h', folder), 'utf8');
const VERBS = readFileSync(new URL('../../../src/windows/shell/shell-verb.ts', import.meta.url), 'utf8');
const LAYOUT = readFileSync(new URL('../../../scripts/lib/layout.mjs', import.meta.url), 'utf8');

const root = parseXml(MANIFEST);

function elements(name: string, below: XmlElement = root): readonly XmlElement[] {
  return below.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elements(name, child)]);
}

function only(name: string, below?: XmlElement): XmlElement {
  const found = elements(name, below);
  expect(found.map((each) => each.name)).toEqual([name]);
  return found[0]!;
}

/** Attributes by their names without prefix. */
function attributesOf(element: XmlElement): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(element.attributes).map(([name, value]) => [name.slice(name.indexOf(':') + 1), value]),
  );
}

describe('the package of the context menu', () => {
  it('declares every prefix that it uses, and lets older systems pass over those that they lack', () => {
    const used = new Set([...MANIFEST.matchAll(/[<\s]([a-z]+[0-9]*):[A-Z]/g)].map(([, prefix]) => prefix));
    const declared = new Map(
      [...MANIFEST.matchAll(/xmlns:([a-z0-9]+)="([^"]+)"/g)].map(([, name, uri]) => [name, uri]),
    );
    expect([...used].toSorted()).toEqual([...declared.keys()].toSorted());
    expect(root.attributes['IgnorableNamespaces']?.split(' ').toSorted()).toEqual([...declared.keys()].toSorted());
    expect(Object.fromEntries(declared)).toEqual({
      uap: 'http://schemas.microsoft.com/appx/manifest/uap/windows10',
      uap10: 'http://schemas.microsoft.com/appx/manifest/uap/windows10/10',
      rescap: 'http://schemas.microsoft.com/appx/manifest/foundation/windows10/restrictedcapabilities',
      desktop4: 'http://schemas.microsoft.com/appx/manifest/desktop/windows10/4',
      desktop5: 'http://schemas.microsoft.com/appx/manifest/desktop/windows10/5',
      com: 'http://schemas.microsoft.com/appx/manifest/com/windows10',
    });
    expect(root.attributes['xmlns']).toBe('http://schemas.microsoft.com/appx/manifest/foundation/windows10');
  });

  it('has the members of a package whose files lie elsewhere', () => {
    expect(root.name).toBe('Package');
    const members = ['Identity', 'Properties', 'Resources', 'Dependencies', 'Capabilities', 'Applications'];
    expect(root.children.map(({ name }) => name).toSorted()).toEqual(members.toSorted());
    const { Name = '', Version = '', Publisher = '', ProcessorArchitecture } = attributesOf(only('Identity'));
    expect(Name).toMatch(/^[-.A-Za-z0-9]{3,50}$/);
    expect(Version).toMatch(/^(?:0|[1-9][0-9]{0,4})(?:\.(?:0|[1-9][0-9]{0,4})){3}$/);
    // Whoever signs puts their own name there; signed as it is, the package would be nobody's.
    expect(Publisher).toBe('CN=REPLACE-BY-YOUR-PUBLISHER');
    expect(ProcessorArchitecture).toBe('x64');
    const properties = only('Properties').children.map(({ name, text }) => [name, text]);
    expect(Object.fromEntries(properties)).toMatchObject({ AllowExternalContent: 'true' });
    // External locations: Windows 10, version 2004; the menu: Windows 11.
    expect(attributesOf(only('TargetDeviceFamily'))).toMatchObject({
      Name: 'Windows.Desktop',
      MinVersion: '10.0.22000.0',
    });
    expect(elements('Capability').map((each) => each.attributes['Name'])).toEqual([
      'runFullTrust',
      'unvirtualizedResources',
    ]);
  });

  it('has an application that is in no list, and whose pictures are there in their size', () => {
    const application = only('Application');
    expect(attributesOf(application)).toMatchObject({
      Executable: 'epmlaunch.exe',
      TrustLevel: 'mediumIL',
      RuntimeBehavior: 'win32App',
    });
    const visual = attributesOf(only('VisualElements', application));
    expect(visual['AppListEntry']).toBe('none');
    const logo = only('Logo').text;
    for (const [name, size] of [
      [visual['Square150x150Logo'], 150],
      [visual['Square44x44Logo'], 44],
      [logo, 150],
    ] as const) {
      const file = new URL((name ?? '').replaceAll('\\', '/'), folder);
      expect(existsSync(file)).toBe(true);
      const png = readFileSync(file);
      expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
      // Width and height of the IHDR chunk.
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
  });

  it('names the class of the library for the files that may be elevated, and for no others', () => {
    const guid = /\{([0-9A-F-]{36})\}/.exec(HEADER)?.[1]?.toLowerCase();
    const numbers = /explorer_command_class = \{([^;]*)\}/.exec(HEADER)?.[1] ?? '';
    expect(guid?.replaceAll('-', '')).toBe([...numbers.matchAll(/0x([0-9a-f]+)/g)].map(([, hex]) => hex).join(''));
    const [comClass, ...others] = elements('Class');
    expect(others).toEqual([]);
    expect(attributesOf(comClass!)).toEqual({ Id: guid, Path: 'epmshell.dll', ThreadingModel: 'STA' });
    expect(elements('Extension').map((each) => each.attributes['Category'])).toEqual([
      'windows.fileExplorerContextMenus',
      'windows.comServer',
    ]);
    const types = elements('ItemType').map((each) => each.attributes['Type'] ?? '');
    const list = /EXTENSIONS = \[([^\]]*)\]/.exec(VERBS)?.[1] ?? '';
    expect(types).toEqual([...list.matchAll(/'([^']+)'/g)].map(([, extension]) => extension));
    for (const verb of elements('Verb')) {
      expect(verb.attributes['Id']).toMatch(/^[A-Za-z0-9]{3,64}$/);
      expect(verb.attributes['Clsid']).toBe(guid);
    }
    expect(elements('Verb')).toHaveLength(types.length);
  });

  it('is installed with everything that it names', () => {
    for (const name of ['epmshell.dll', 'epmlaunch.exe', 'ContextMenu']) expect(LAYOUT).toContain(`'${name}'`);
  });
});
