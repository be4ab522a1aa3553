/** Which libraries a program may load, and what lies beside its copy. */
import { type CheckedRule, extensionOf } from './checked-rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';

export function checkLibraries({ rule, conditions, settings }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny') return [];
  const isSigned = conditions.certificate !== undefined;
  if (rule.copyFolder !== true) return rule.libraryGate === true && !isSigned ? [GATE_ALONE] : [];
  const place = { pointer: '/copyFolder' };
  const extension = extensionOf(conditions);
  const refuses = (rule.userWritableFile ?? settings?.userWritableFile) === 'refuse';
  if (refuses || extension === 'msi' || extension === 'ps1') {
    return [
      {
        code: 'no-effect',
        place,
        message: refuses
          ? '"copyFolder" does nothing where files that users may write are refused: there is no copy.'
          : `"copyFolder" does nothing for .${extension ?? ''} files: what lies beside one is never copied.`,
        hint: 'Leave it out.',
      },
    ];
  }
  const { copyFolder: _, ...rest } = rule;
  return [
    {
      code: 'copied-folder',
      place,
      message:
        'A standard user chooses the settings, scripts and archives beside the program, which it reads as administrator.',
      hint: 'Keep copyFolder for installers of several files that cannot be installed or packed otherwise.',
      tighter: { ...rest, libraryGate: true },
    },
    ...(isSigned
      ? []
      : [
          {
            code: 'neighbours-unsigned',
            place,
            message: 'No library beside the program is loaded, because the rule has no certificate that could sign it.',
            hint: 'Add the certificate of the publisher, or leave copyFolder out.',
          } as const,
        ]),
  ];
}

const GATE_ALONE: LintMessage = {
  code: 'gate-without-certificate',
  place: { pointer: '/libraryGate' },
  message: 'Libraries that the publisher has signed are refused as well where users may write their folder.',
  hint: 'Add the certificate of the publisher if the program keeps libraries in such a folder.',
};
