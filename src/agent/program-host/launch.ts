/**
 * What is started for a file. A program is its own image. A package and a script are run by a program of the machine,
 * which is opened and locked like any file and compared with what really started.
 */
import { quoteArgument } from '../../engine/arguments.ts';
import { installerArguments } from '../../engine/installer-arguments.ts';
import { EpmError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import { buildCommandLine, joinCommandLine } from '../command-line.ts';
import type { HostProgram, HostPrograms, OpenHost, StartableFile } from '../ports.ts';
import { scriptHost, SCRIPT_SWITCHES } from './script-host.ts';

export interface Launch {
  /** Its identity is compared with what started. */
  readonly image: StartableFile;
  readonly commandLine: string;
  /** The program of the machine that runs the file; undefined: the file is a program itself. */
  readonly host: OpenHost | undefined;
}

/**
 * @param program the file, or the protected copy that runs in its place
 * @param values arguments of the request
 * @returns `scriptHostMissing`: the script needs PowerShell 6 or later, and there is none
 * @throws EpmError EPM_ARGUMENTS_INVALID, EPM_HOST_UNUSABLE; then nothing is left open
 */
export function openLaunch(
  program: StartableFile,
  facts: FileFacts,
  values: readonly string[],
  hosts: HostPrograms,
): Launch | 'scriptHostMissing' {
  switch (facts.type) {
    case 'exe':
      // The name by which a program finds itself is where it really is: what lies beside the original is not looked at.
      return { image: program, commandLine: buildCommandLine(program.path, values), host: undefined };
    case 'msi':
      return openHost('windowsInstaller', hosts, ['/i', quotedPath(program), ...installerArguments(values)]);
    case 'ps1': {
      const host = scriptHost(facts.script?.requires ?? []);
      const words = [...SCRIPT_SWITCHES, quotedPath(program), ...values.map(quoteArgument)];
      return openHost(host, hosts, words);
    }
    case undefined:
      throw new EpmError('EPM_INTERNAL', 'A file of no known type was to be started.');
  }
}

function openHost(name: HostProgram, hosts: HostPrograms, words: readonly string[]): Launch | 'scriptHostMissing' {
  const host = hosts.open(name);
  if (host === undefined) {
    if (name === 'powerShell') return 'scriptHostMissing';
    throw new EpmError(
      'EPM_HOST_UNUSABLE',
      'The program of Windows that runs such files is not where Windows keeps it.',
      {
        data: { host: name },
      },
    );
  }
  try {
    return { image: host, commandLine: joinCommandLine(host.path, words), host };
  } catch (error) {
    host.close();
    throw error;
  }
}

/** Windows allows no quotation mark in a path, and a file is no folder: the path ends in no backslash. */
function quotedPath({ path }: StartableFile): string {
  if (path.includes('"') || path.endsWith('\\')) {
    throw new EpmError('EPM_ARGUMENTS_INVALID', 'The path of the file cannot be put on a command line.');
  }
  return `"${path}"`;
}
