import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { importModule, run, shell } from './powershell.ts';

describe.skipIf(shell === undefined || isWindows)('arguments for Windows PowerShell', () => {
  it('reach a program as they are, though that shell only adds quotes', () => {
    const values = ['plain', '', 'a b', 'q"uote', 'a "b" c', 'C:\\a\\', 'back\\"slash', 'ü é'];
    const folder = mkdtempSync(path.join(tmpdir(), 'epm-native-'));
    try {
      writeFileSync(path.join(folder, 'echo'), '#!/bin/sh\nfor word in "$@"; do printf "[%s]\\n" "$word"; done\n', {
        mode: 0o755,
      });
      const words = values.map((value) => `'${value}'`).join(', ');
      // The binder of PowerShell can still pass arguments as that of Windows PowerShell does.
      const { output } = run(
        `${importModule()}
        $words = & (Get-Module EPM) { foreach ($word in ${words}) { ConvertTo-EPMNativeArgument -Value $word } }
        $PSNativeCommandArgumentPassing = 'Legacy'
        & ./echo @words`,
        { directory: folder },
      );
      expect(output.trimEnd().split('\n')).toEqual(values.map((value) => `[${value}]`));
      // That shell puts quotes around it and does not double the backslash before the last one; PowerShell does.
      const last = run(`${importModule()}\n& (Get-Module EPM) { ConvertTo-EPMNativeArgument -Value 'C:\\a b\\' }`);
      expect(last.output).toBe('C:\\a b\\\\\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
