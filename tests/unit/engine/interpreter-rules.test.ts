/** What is said of rules for interpreters, by deciding about many calls. */
import { describe, expect, it } from 'vitest';
import { compile, decide } from '../../../src/engine/index.ts';
import { compileRule } from '../../../src/engine/compile-rule.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../src/engine/default-windows-folders.ts';
import { neverElevatesInterpreter } from '../../../src/engine/interpreter-rules.ts';
import { sha256, sid } from '../../../src/model/brands.ts';
import type { FileFacts } from '../../../src/model/file-facts.ts';
import { ELEVATION_TYPES, namesOf } from '../../../src/model/rule-action.ts';
import type { RuleInput } from '../../../src/model/rule.ts';

const HASH = 'a'.repeat(64);
const CALLS = [[], ['/c', 'whoami'], ['x'], [''], ['/c', 'dir C:\\']];
const LISTS = [undefined, [], [''], ['  ', ''], ['/c "dir C:\\"'], ['x', ''], ['""']];
const NAMES = [{ fileName: 'cmd.exe' }, { fileName: 'c*.exe' }, { internalName: 'cmd' }, {}];

const file: FileFacts = {
  path: 'C:\\Windows\\System32\\cmd.exe',
  folder: 'C:\\Windows\\System32',
  name: 'cmd.exe',
  type: 'exe',
  size: 1,
  sha256: sha256(HASH),
  internalName: 'cmd',
  signatures: [],
} as unknown as FileFacts;

function isEverElevated(rule: RuleInput): boolean {
  const policy = {
    id: 'p',
    scope: { kind: 'device' },
    settings: { enabled: true },
    rules: [rule],
    rejected: [],
  } as const;
  const compiled = compile([policy], { machine: DEFAULT_WINDOWS_FOLDERS });
  const requester = { sid: sid('S-1-5-21-0-0-0-1001'), isAdministrator: false, isElevatedByEpm: false };
  return CALLS.some((values) => {
    const request = { trigger: 'userInitiated', requester, arguments: values, time: 0, zoneOffset: 0 } as const;
    const { basis, outcome } = decide(compiled, request, file);
    return basis.kind === 'rule' && outcome !== 'denied';
  });
}

describe.each(namesOf(ELEVATION_TYPES).filter((type) => type !== 'deny'))(
  'a rule of type %s for an interpreter',
  (type) => {
    it.each(NAMES)('known by %o is said never to elevate it exactly where it does not', (name) => {
      for (const list of LISTS) {
        for (const requireArguments of [undefined, true]) {
          const rule = {
            name: 'r',
            type,
            fileHash: HASH,
            ...name,
            ...(list === undefined ? {} : { arguments: list }),
            // Without a listed command line the requirement only refuses the call without arguments.
            ...(requireArguments === undefined ? {} : { requireArguments }),
          };
          const { body, reasons } = compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS });
          if (body === undefined || reasons.length > 0) continue;
          expect(neverElevatesInterpreter(rule, body.conditions), JSON.stringify(rule)).toBe(!isEverElevated(rule));
        }
      }
    });
  },
);
