import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../testbed/machine.ts';
import { GRANT_FAULTS } from '../../src/model/grant-faults.ts';
import { SUPPORT_REQUEST_STATES } from '../../src/model/support-request.ts';
import { ERROR_CODES } from '../../src/model/error-codes.ts';
import { moduleFolder, run, importModule, shell, value } from './powershell.ts';

describe.skipIf(shell === undefined)('error ids', () => {
  const inModule = (script: string): string => `& (Get-Module EPM) {\n${script}\n}`;

  it('are one to one with the codes of the agent', () => {
    const codes = Object.keys(ERROR_CODES);
    const list = codes.map((code) => `'${code}'`).join(', ');
    const ids = value<string[]>(inModule(`foreach ($code in ${list}) { ConvertTo-EPMErrorId -Code $code }`));
    expect(new Set(ids).size).toBe(codes.length);
    for (const id of ids) expect(id).toMatch(/^EPM(?:\.[A-Z][a-z0-9]*)(?:\.[A-Z][A-Za-z0-9]*)?$/);
    const byCode = Object.fromEntries(codes.map((code, index) => [code, ids[index]]));
    expect(byCode).toMatchObject({
      EPM_AGENT_UNREACHABLE: 'EPM.Agent.Unreachable',
      EPM_FILE_NOT_FOUND: 'EPM.File.NotFound',
      EPM_INTERNAL: 'EPM.Internal',
    });
    // Ids of answers that are no errors of the agent; no code may ever map to one of them.
    for (const id of ids)
      expect(id).not.toMatch(/^EPM\.(?:Denied|NotManaged|Approval|Confirmation)\b|^EPM\.Justification\.Required$/);
  });

  it('have the categories of the shared table, and PowerShell knows each', () => {
    const table = value<Record<string, string>>(inModule('$script:ErrorCategory'));
    expect(table).toEqual(
      Object.fromEntries(Object.entries(ERROR_CODES).map(([code, { category }]) => [code, category])),
    );
    const known = value<string[]>(`[enum]::GetNames([System.Management.Automation.ErrorCategory])`);
    for (const category of Object.values(table)) expect(known).toContain(category);
  });

  it('name denials after what denied', () => {
    const ids = inModule(
      `'denyRule', 'defaultResponse', 'fileRefused', 'clientDisabled' | ForEach-Object { ConvertTo-EPMReasonId -Reason $_ }`,
    );
    expect(value(ids)).toEqual(['ByRule', 'ByDefault', 'FileRefused', 'ClientDisabled']);
  });

  it.each(['full', 'constrained'])('are the same in %s language', (mode) => {
    const script = `${importModule()}
      Get-EPMAgent -ErrorVariable failure -ErrorAction SilentlyContinue
      $failure[0].FullyQualifiedErrorId; [string]$failure[0].CategoryInfo.Category; $failure[0].TargetObject; $failure[0].ErrorDetails.RecommendedAction`;
    const { output } = run(script, { constrained: mode === 'constrained', environment: { OS: 'Linux' } });
    expect(output).toBe(
      'EPM.Platform,Get-EPMAgent\nNotImplemented\nEPM Agent\nRun the command on a managed Windows device.\n',
    );
  });

  it('leave $? false and end a command with exit code 1', () => {
    expect(run(`${importModule()}\nGet-EPMAgent`, { environment: { OS: 'Linux' } }).exitCode).toBe(1);
  });
});

describe('the ids that people read of', () => {
  it.each(['docs/powershell.md', 'module/en-US/about_EPM.help.txt'])('in %s exist', (file) => {
    const source = ['Private', 'Public']
      .flatMap((folder) => readdirSync(path.join(moduleFolder, folder)).map((name) => path.join(folder, name)))
      .map((name) => readFileSync(path.join(moduleFolder, name), 'utf8'))
      .join('');
    const own = [...source.matchAll(/'(EPM\.[A-Z]\w+\.[A-Z]\w+)'/g)].map(([, id]) => id);
    const reasons =
      /^EPM\.(?:Denied\.(?:ByRule|ByDefault|FileRefused|ElevatedRequester|HostNeedsArguments|ArgumentsNotAllowed|ScriptHostMissing|AccountUnavailable|\*)|NotManaged\.(?:NoPolicy|ClientDisabled|Administrator))$/;
    const approvals = [
      ...Object.keys(SUPPORT_REQUEST_STATES),
      ...Object.keys(GRANT_FAULTS),
      'grantMissing',
      'notPrimaryUser',
    ];
    const states = approvals.map((code) => `EPM.Approval.${code.charAt(0).toUpperCase()}${code.slice(1)}`);
    const codes = Object.keys(ERROR_CODES).map((code) => code.replaceAll('_', '').toLowerCase());
    const text = readFileSync(path.join(projectRoot, file), 'utf8');
    const ids = [...text.matchAll(/\bEPM\.[A-Z]\w+\.(?:[A-Z]\w+|\*)/g)].map(([id]) => id);
    expect(ids.length).toBeGreaterThan(10);
    const known = (id: string): boolean =>
      own.includes(id) ||
      states.includes(id) ||
      id === 'EPM.Approval.*' ||
      reasons.test(id) ||
      codes.includes(id.replaceAll('.', '').toLowerCase());
    expect(ids.filter((id) => !known(id))).toEqual([]);
  });
});
