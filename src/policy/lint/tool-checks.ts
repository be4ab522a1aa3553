/** Tools and applications with which people become administrators although they are no interpreters. */
import { ESCAPE_TOOL_SET } from '../../engine/interpreters.ts';
import type { CheckedRule } from './checked-rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { isSystemFolder } from './places.ts';
import { wayOutOf, type WayOut } from './ways-out/index.ts';

const LIST = 'list the command lines you allow in arguments';

export function checkWayOut({ rule, conditions, interpreters }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.allowInterpreter === true) return [];
  const lists = rule.arguments?.some((entry) => entry.trim() !== '') === true;
  // No rule with a pattern elevates an interpreter without a list.
  const found = wayOutOf(conditions, lists ? undefined : interpreters);
  if (found === undefined) return [];
  const { program, way } = found;
  const { openedBy } = way;
  // Without a list, and with one that leaves it open, its rule is told as that of an interpreter.
  if (interpreters.has(program, program.length) && (openedBy !== 'window' || !lists)) return [];
  const isListed = rule.arguments !== undefined;
  if (isListed && openedBy === 'arguments') return [];
  if (isListed && openedBy === 'prompt' && rule.requireArguments === true) return [];
  const isEscapeTool = ESCAPE_TOOL_SET.has(program, program.length);
  return [
    {
      code: isEscapeTool ? 'host-without-arguments' : 'way-out',
      severity: way.severity,
      place: { pointer: conditions.fileName === undefined ? '' : '/fileName' },
      message: `With ${program}.exe a standard user becomes administrator: it ${way.words}.`,
      hint: hintOf(found),
      ...(openedBy === 'arguments' ? { tighter: { ...rule, arguments: [] } } : {}),
    },
  ];
}

function hintOf({ way }: WayOut): string {
  const instead = 'instead' in way ? way.instead : undefined;
  switch (way.openedBy) {
    case 'window':
      return instead ?? 'Let it run without elevation.';
    case 'prompt':
      return `L${LIST.slice(1)}, and set requireArguments: without arguments its prompt opens.`;
    case 'arguments':
      return instead === undefined ? `L${LIST.slice(1)}.` : `${instead} ${LIST}.`;
  }
}

/** Every tool of Windows has the same certificate and the same product. */
export function checkSystemFolder({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  const { fileHash, fileName, filePath, internalName, fileDescription } = conditions;
  if (rule.type === 'deny' || filePath === undefined || !isSystemFolder(filePath)) return [];
  if ([fileHash, fileName, internalName, fileDescription].some((given) => given !== undefined)) return [];
  return [
    {
      code: 'system-folder',
      place: { pointer: '/filePath' },
      message:
        'A standard user can elevate every tool of Windows in the folder, such as taskmgr.exe, takeown.exe and dism.exe.',
      hint: 'Name the one program that is needed in fileName.',
    },
  ];
}
