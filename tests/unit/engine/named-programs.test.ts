/** Every program and switch that decisions A3, A4 and C3 name, on both engines; the lists are written out here again. */
import { describe, expect, it } from 'vitest';
import { compile, decide, decideChild } from '../../../src/engine/index.ts';
import { referenceDecide, referenceDecideChild } from '../../oracle/decide.ts';
import { caseOf, type EngineRowCase } from '../../compliance/row.ts';

const INTERPRETERS =
  'cmd powershell powershell_ise pwsh wscript cscript mshta rundll32 regsvr32 msiexec msbuild installutil regasm regsvcs forfiles wmic bash wsl ssh python pythonw py pyw perl ruby node bun deno java javaw php lua rscript dotnet csi csc autoit3 autohotkey conhost openconsole wt hh mmc netsh sudo gsudo psexec psexec64 nircmd electron';
const ESCAPE_TOOLS =
  'schtasks at sc net net1 wmic reg regsvr32 rundll32 mshta wscript cscript cmd powershell pwsh bitsadmin certutil msiexec';
const PACKAGE_SWITCHES = '/quiet /qn /qb /qr /qf /passive /norestart /promptrestart /forcerestart';

function outcomes(row: Omit<EngineRowCase, 'expect'>): readonly string[] {
  const testCase = caseOf(row);
  const { policies, machine, request, facts, childProcesses } = testCase;
  const compiled = compile(policies, { machine });
  if (row.child === undefined) {
    return [decide(compiled, request, facts).outcome, referenceDecide(testCase, request, facts).outcome];
  }
  const child = { ...request, childProcesses };
  return [decideChild(compiled, child, facts).outcome, referenceDecideChild(testCase, child, facts).outcome];
}

describe.each(INTERPRETERS.split(' '))('the interpreter %s', (name) => {
  it.each([
    ['file', { name: `${name.toUpperCase()}.exe` }],
    ['original', { originalName: `${name}.exe` }],
    ['internal', { internalName: name }],
  ])('is known by its %s name', (_what, facts) => {
    const rule = {
      name: 'rule',
      type: 'automatic',
      fileName: 'name' in facts ? facts.name : 'app.exe',
      fileHash: 'a'.repeat(64),
    } as const;
    expect(outcomes({ policy: { settings: {}, rules: [rule] }, facts })).toEqual(['denied', 'denied']);
  });
});

it('a program of another name is no interpreter', () => {
  const rule = { name: 'rule', type: 'automatic', fileName: 'app.exe', fileHash: 'a'.repeat(64) } as const;
  expect(outcomes({ policy: { settings: {}, rules: [rule] } })).toEqual(['elevate', 'elevate']);
});

it.each(ESCAPE_TOOLS.split(' '))('the escape tool %s ends where it is told to', (name) => {
  const facts = { name: `${name}.exe` };
  const child = (denyEscapeTools: boolean): readonly string[] =>
    outcomes({ policy: { settings: { denyEscapeTools }, rules: [] }, facts, child: 'allow' });
  expect(child(true)).toEqual(['end', 'end']);
  expect(child(false)).toEqual(['run', 'run']);
});

it.each(PACKAGE_SWITCHES.split(' '))('the switch %s passes to a package without a list', (given) => {
  const rule = { name: 'rule', type: 'automatic', fileName: 'app.msi', fileHash: 'a'.repeat(64) } as const;
  const pass = (word: string): readonly string[] =>
    outcomes({
      policy: { settings: {}, rules: [rule] },
      facts: { name: 'app.msi', type: 'msi' },
      request: { arguments: [word] },
    });
  expect(pass(given)).toEqual(['elevate', 'elevate']);
  expect(pass(given.toUpperCase())).toEqual(['elevate', 'elevate']);
  expect(pass(`${given}x`)).toEqual(['denied', 'denied']);
});
