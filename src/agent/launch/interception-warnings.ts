/** What the status says of starts that the launcher does not see. */
import type { ErrorReport } from '../../model/errors.ts';
import type { StatusWarning } from '../contract.ts';
import type { NotIntercepted } from './interception.ts';

const HINTS: Readonly<Record<NotIntercepted['reason'], string>> = {
  foreignDebugger: 'Remove the value "Debugger" of that name below "Image File Execution Options", if nobody needs it.',
  foreignFilter: 'Remove the filters of that name below "Image File Execution Options", if nobody needs them.',
  ownProgram: 'Give the program another name; EPM does not take the place of its own.',
  partOfWindows: 'Have people start it by "Run with elevated access"; Windows would not come up without it.',
  startedByAll: 'Have people start it by "Run with elevated access"; everything on the machine starts it all the time.',
  nameTooLong: 'Have people start it by "Run with elevated access"; Windows does not read an option of that length.',
};

interface InterceptionFacts {
  readonly notIntercepted: readonly NotIntercepted[];
  readonly interceptionFault: ErrorReport | undefined;
}

/** One warning for each reason. */
export function interceptionWarnings({ notIntercepted, interceptionFault }: InterceptionFacts): StatusWarning[] {
  const warnings: StatusWarning[] = [];
  if (interceptionFault !== undefined) {
    const { code, message, hint } = interceptionFault;
    warnings.push({
      code: 'launchOptionsFailed',
      message: `Rules do not count when programs start as always (${code}): ${message}`,
      hint,
      data: { errorCode: code },
    });
  }
  for (const [reason, left] of Map.groupBy(notIntercepted, (each) => each.reason)) {
    const program = left[0]?.name ?? '';
    const others = left.length === 1 ? '' : ` and ${left.length - 1} more`;
    warnings.push({
      code: 'launchNotIntercepted',
      message: `Rules name ${program}${others}, whose starts are not seen: ${reason}.`,
      hint: HINTS[reason],
      data: { reason, program, programs: left.length },
    });
  }
  return warnings;
}
