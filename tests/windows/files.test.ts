import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { PlaceFacts } from '../../src/model/file-facts.ts';
import { describeWindows, machine, windowsOnly } from '../bed/index.ts';
import { AgentUnderTest, PROGRAM } from './agent-under-test.ts';
import { installScript } from './install-script.ts';

const OUTPUT = 'C:\\Program Files\\App\\files.json';

/** A program on a drive that is fixed for Windows, on a disk that says nothing of itself. */
const FOREIGN = 'D:\\foreign.exe';

/** Gives Wine another drive, which the system counts as a fixed one. */
function makeDrive(prefix: string): void {
  mkdirSync(path.join(prefix, 'drive_d'));
  writeFileSync(path.join(prefix, 'drive_d', 'foreign.exe'), 'MZ');
  symlinkSync('../drive_d', path.join(prefix, 'dosdevices', 'd:'));
}

interface Report {
  readonly failed?: string;
  readonly path: string;
  readonly id: { readonly volume: string; readonly file: string };
  readonly facts: {
    readonly sha256: string;
    readonly sha384: string;
    readonly size: number;
    readonly linkCount: number;
    readonly type: string;
    readonly shortFolder?: string;
    readonly fromInternet?: boolean;
    readonly place: PlaceFacts;
    readonly writableByUsers?: boolean;
  };
  readonly whileOpen: Readonly<Record<string, string>>;
  readonly whileWritten: string;
  readonly unfinished: string;
  readonly known: { readonly kept: number; readonly digests: readonly string[] };
  readonly afterwards: string;
  readonly refused: Readonly<Record<string, string>>;
  readonly refusals: Readonly<Record<string, string>>;
  readonly junctions: Readonly<Record<'administrators' | 'users' | 'both', string>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly folders: Readonly<Record<string, string>>;
}

describeWindows('the one open of a file', ['epm'], (bed) => {
  let report: Report;
  let sha256: string;
  const absent = 'C:\\Program Files\\App\\absent.exe';
  const folder = 'C:\\Program Files\\App';
  const long = `C:\\${'deep folder\\'.repeat(30)}probe.exe`;

  beforeAll(async () => {
    const agent = new AgentUnderTest(bed());
    sha256 = agent.putProbe();
    bed().putFile(`${PROGRAM}:Zone.Identifier`, '[ZoneTransfer]\r\nZoneId=3\r\n');
    agent.putProbe(long);
    if (bed().kind === 'wine') makeDrive(path.dirname(bed().hostPath('C:\\')));
    const script = await installScript(bed(), agent.folder, 'files-script');
    const node = bed().windowsPath(machine?.windowsNode ?? '');
    const outcome = await bed().run({
      program: node,
      arguments: [script, OUTPUT, PROGRAM, absent, folder, long, FOREIGN, 'C:\\windows\\explorer.exe:x'],
      as: 'system',
    });
    expect(outcome).toMatchObject({ exitCode: 0, errors: '' });
    report = JSON.parse(bed().readFile(OUTPUT).toString('utf8')) as Report;
    expect(report.failed).toBeUndefined();
  });

  it('AC-14 lets others read, and nobody write, cut, rename or remove', () => {
    expect(report.whileOpen).toMatchObject({
      write: 'EBUSY',
      truncate: 'EBUSY',
      rename: 'EBUSY',
      remove: expect.stringMatching(/^E(?:BUSY|PERM)$/) as string,
      read: 'done',
    });
    expect(report.afterwards).toBe('done');
  });

  it('AC-15 refuses a file that somebody has open for writing', () => {
    expect(report.whileWritten).toBe('EPM_FILE_UNREADABLE');
  });

  it('gives the facts of the bytes that it locked', () => {
    expect(report.path).toBe(PROGRAM);
    expect(report.facts).toMatchObject({
      sha256,
      sha384: createHash('sha384').update(bed().readFile(PROGRAM)).digest('hex'),
      type: 'exe',
      linkCount: 1,
      size: bed().readFile(PROGRAM).length,
      fromInternet: true,
      place: { fileSystem: 'NTFS', volumeKind: 'fixed' },
    });
    // Wine makes other short names than Windows.
    expect(report.facts.shortFolder).toMatch(/^C:\\[^\\ ]{1,6}~[^\\ ]{1,6}\\App$/i);
    expect(report.id.volume).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(report.id.file).toMatch(/^[0-9a-f]{32}$/);
  });

  windowsOnly('AC-24 knows who may change the file and its folders', 'every file belongs to one account', () => {
    expect(report.facts.place).toMatchObject({ fileWritableByUsers: false, folderWritableByUsers: false });
    expect(report.facts.writableByUsers).toBe(false);
  });

  it('refuses what is not there and what is no file', () => {
    expect(report.refused).toMatchObject({
      [absent]: 'EPM_FILE_NOT_FOUND',
      [folder]: 'EPM_FILE_UNREADABLE',
      'C:\\windows\\explorer.exe:x': 'EPM_FILE_NAME_REFUSED',
    });
  });

  it('AC-22 refuses a drive whose disks nobody knows', (context) => {
    if (bed().kind !== 'wine') context.skip('a foreign drive is made in Wine only');
    expect(report.refused[FOREIGN]).toBe('EPM_FILE_PLACE_REFUSED');
    expect(report.refusals[FOREIGN]).toContain('does not say');
  });

  windowsOnly('AC-17 follows junctions that administrators made, and no others', 'junctions cannot be made', () => {
    expect(report.junctions).toEqual({
      administrators: 'opened',
      users: 'EPM_FILE_PLACE_REFUSED',
      both: 'EPM_FILE_PLACE_REFUSED',
    });
  });

  it('AC-17 holds the folder of an output of an administrator until it is written', () => {
    expect(report.outputs).toMatchObject({
      isHeld: true,
      whileHeld: { rename: expect.stringMatching(/^E(?:BUSY|PERM|ACCES)$/) as string, write: 'done' },
      afterwards: 'done',
    });
  });

  windowsOnly('AC-17 writes no output by way of junctions of users', 'junctions cannot be made', () => {
    expect(report.outputs).toMatchObject({ administrators: 'held', users: 'refused', below: 'refused' });
  });

  windowsOnly('opens paths that are longer than 260 characters', 'the final path is not given for them', () => {
    expect(report.refused[long]).toBe('opened');
  });

  it('can be closed while it is being read', () => {
    expect(report.unfinished).toMatch(/^(?:read|EPM_FILE_UNREADABLE)$/);
  });

  it('AC-14 knows a file again, and one that was changed and given its old times not', () => {
    const [first, again, changed, back] = report.known.digests;
    expect(report.known.kept).toBe(1);
    expect([first, again, back]).toEqual([sha256, sha256, sha256]);
    expect(changed).not.toBe(sha256);
  });

  it('AC-33 knows the folders of the machine from its registry', () => {
    expect(report.folders).toMatchObject({
      systemDrive: 'C:',
      programFiles: 'C:\\Program Files',
      programData: 'C:\\ProgramData',
    });
  });
});
