/** Files that a script takes in, as PowerShell's own parser sees them. */
import { readScriptText } from '../../facts/script/encoding.ts';
import { Turns } from '../../facts/turns.ts';
import { EpmError } from '../../model/errors.ts';
import type { ScriptNeighbour } from '../../model/file-facts.ts';
import { findPowerShell } from './executable.ts';
import { openPowerShell, type PowerShellSession } from './session.ts';

/** Characters of a script that is parsed. The largest ones that people write have a tenth of it. */
const MAX_TEXT = 4 * 1024 * 1024;
const MAX_NEIGHBOURS = 1000;
/** Milliseconds; Windows PowerShell needs a few seconds to start on a busy machine. */
const TIMEOUT = 30_000;
/** Characters of one text. */
const MAX_NEIGHBOUR_TEXT = 1000;
const KINDS: readonly ScriptNeighbour['kind'][] = [
  'dotSourced',
  'called',
  'importedModule',
  'usingModule',
  'usingAssembly',
  'requiredModule',
];

/**
 * Parses, and never runs anything. The parser itself looks at files for `using module`, `using assembly` and
 * `configuration` (and may load them), so these words are replaced by others of the same length before it sees them:
 * then they are commands like any other, and positions still fit the original text. `using` statements are blanked for
 * the second parse, because a `param` block must come first.
 */
const SCRIPT = `
$encoding = if ($InputData.isAnsi) { [Text.Encoding]::Default } else { [Text.Encoding]::UTF8 }
$original = $encoding.GetString([Convert]::FromBase64String($InputData.text))
$plain = [regex]::Replace($original, 'using', 'epmus', 'IgnoreCase, CultureInvariant')
$plain = [regex]::Replace($plain, 'configuration', 'epmfiguration', 'IgnoreCase, CultureInvariant')
$found = New-Object 'System.Collections.Generic.List[object]'
$as = { param($kind, $extent)
  $text = $original.Substring($extent.StartOffset, $extent.EndOffset - $extent.StartOffset)
  if ($text.Length -gt ${MAX_NEIGHBOUR_TEXT}) { $text = $text.Substring(0, ${MAX_NEIGHBOUR_TEXT}) }
  if ($found.Count -lt ${MAX_NEIGHBOURS + 1}) { $found.Add(@{ kind = $kind; text = $text; line = $extent.StartLineNumber }) }
}
$isCommand = { param($node) $node -is [System.Management.Automation.Language.CommandAst] }
$tokens = $null
$errors = $null
$tree = [System.Management.Automation.Language.Parser]::ParseInput($plain, [ref]$tokens, [ref]$errors)
$blanked = New-Object 'System.Text.StringBuilder' $plain
foreach ($command in $tree.FindAll($isCommand, $true)) {
  $elements = $command.CommandElements
  if ($elements.Count -lt 2 -or $command.GetCommandName() -ne 'epmus') { continue }
  $start = $command.Extent.StartOffset
  if ($original.Substring($start, 5) -ne 'using') { continue }
  $kind = @{ module = 'usingModule'; assembly = 'usingAssembly' }["$($elements[1].Extent.Text)"]
  if ($kind -and $elements.Count -gt 2) {
    foreach ($element in $elements | Select-Object -Skip 2) { & $as $kind $element.Extent }
  }
  for ($at = $start; $at -lt $command.Extent.EndOffset; $at++) {
    if ($plain[$at] -ne [char]10 -and $plain[$at] -ne [char]13) { $blanked[$at] = [char]32 }
  }
}
$tree = [System.Management.Automation.Language.Parser]::ParseInput($blanked.ToString(), [ref]$tokens, [ref]$errors)
$importing = 'import-module', 'ipmo', 'import-dscresource'
foreach ($command in $tree.FindAll($isCommand, $true)) {
  $first = $command.CommandElements[0]
  $name = $command.GetCommandName()
  $isBlock = $first -is [System.Management.Automation.Language.ScriptBlockExpressionAst]
  $isImport = $importing -contains ($name -replace '^\\w[\\w.]*\\\\', '')
  $isPath = $null -eq $name -or $name -match '[\\\\/]|\\.ps1$|\\.psm1$|\\.psd1$'
  if ($command.InvocationOperator -eq 'Dot') {
    if (-not $isBlock) { & $as 'dotSourced' $first.Extent }
  } elseif ($isPath -and -not $isImport) {
    if (-not $isBlock) { & $as 'called' $first.Extent }
  } elseif ($isImport) {
    $arguments = @($command.CommandElements | Select-Object -Skip 1)
    foreach ($argument in $arguments) {
      if ($argument -is [System.Management.Automation.Language.CommandParameterAst]) {
        if ($argument.Argument) { & $as 'importedModule' $argument.Argument.Extent }
      } else {
        & $as 'importedModule' $argument.Extent
      }
    }
    if ($arguments.Count -eq 0) { & $as 'importedModule' $first.Extent }
  }
}
foreach ($token in $tokens) {
  if ($token.Kind -eq 'Comment' -and $token.Text -match '(?i)^#requires\\s.*-m') { & $as 'requiredModule' $token.Extent }
}
@{ neighbours = $found.ToArray() }`;

/**
 * Which files a script takes in. Names that the script computes are given as they are written, for example `$path`.
 * @param bytes the script as it is in the file. Where its text depends on the machine, this PowerShell reads it as its
 * own machine would
 * @throws MalformedContent when the text does not fit its byte order mark; EpmError EPM_POWERSHELL_UNAVAILABLE, EPM_POWERSHELL_FAILED (also for a script that is longer than is parsed, or
 * that names more files), EPM_POWERSHELL_TIMEOUT
 */
export async function scriptNeighbours(
  session: PowerShellSession,
  bytes: Uint8Array,
): Promise<readonly ScriptNeighbour[]> {
  const { text, encoding, byteOrderMark } = await readScriptText(bytes, new Turns({}));
  if (text.length > MAX_TEXT) throw failed(`The script has more than ${MAX_TEXT} characters.`);
  const isAnsi = encoding === 'ansi';
  const content = isAnsi ? Buffer.from(bytes) : Buffer.from(byteOrderMark ? text.slice(1) : text);
  const answer = await session.invoke(SCRIPT, { text: content.toString('base64'), isAnsi });
  const list = typeof answer === 'object' && answer !== null && 'neighbours' in answer ? answer.neighbours : undefined;
  if (!Array.isArray(list)) throw failed('PowerShell gave no list.');
  if (list.length > MAX_NEIGHBOURS) throw failed(`The script takes in more than ${MAX_NEIGHBOURS} files.`);
  return list.map(readNeighbour).sort((left, right) => left.line - right.line);
}

function readNeighbour(entry: unknown): ScriptNeighbour {
  const { kind, text, line } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  const known = KINDS.find((candidate) => candidate === kind);
  if (known === undefined || typeof text !== 'string' || typeof line !== 'number') {
    throw failed('PowerShell gave an entry that is none.');
  }
  return { kind: known, text, line };
}

function failed(message: string): EpmError {
  return new EpmError('EPM_POWERSHELL_FAILED', message);
}

/**
 * The same, in a session of its own.
 * @throws MalformedContent, EpmError as {@link scriptNeighbours}
 */
export async function inspectNeighbours(bytes: Uint8Array): Promise<readonly ScriptNeighbour[]> {
  const session = openPowerShell({ ...findPowerShell(), timeout: TIMEOUT });
  try {
    return await scriptNeighbours(session, bytes);
  } finally {
    await session.dispose();
  }
}
