/** What a person reads about an elevation at the command line. */
import type { ElevateResult, EndedChildren, QuestionText } from '../../agent/contract.ts';
import { CHILD_END_REASONS } from '../../model/child-end-reasons.ts';
import { EXIT_REASONS, type ExitReason } from '../../model/exit-reasons.ts';
import { fields, shown } from '../output/text.ts';

type Run = Extract<ElevateResult, { processId: number }>;

export function describe(result: ElevateResult): string {
  switch (result.outcome) {
    case 'started':
      return `Started with administrator rights.\n${runFields(result)}`;
    case 'finished':
      return `Ended with exit code ${result.exitCode}.\n${runFields(result)}${exitText(result.exitReason)}${endedText(result)}`;
    case 'cancelled':
      return `Cancelled; the program was ended.\n${runFields(result)}${endedText(result)}`;
    case 'timedOut':
      return `Its time was over; the program was ended.\n${runFields(result)}${endedText(result)}`;
    case 'needs':
      return (
        `${result.asksSupport === true ? 'Support can be asked. ' : ''}More is needed: ${result.requirements.join(', ')}.\n` +
        questionFields(result.question) +
        fields([
          ['SHA-256', result.file.sha256],
          ['Ticket', `${result.ticket}, until ${result.expires}`],
          ['Request', result.requestId],
        ]) +
        'Confirm by asking again with --ticket, and --justification or --credential if they are needed.\n'
      );
    case 'needsApproval':
      return (
        `${shown(result.message)}\n${shown(result.hint)}\nRequest ${result.requestId}\n` +
        (result.supportRequest?.text === undefined
          ? ''
          : `For support, all of it in one line:\n${result.supportRequest.text}\n`)
      );
    case 'denied':
    case 'notManaged':
      return `${shown(result.message)}\n${shown(result.hint)}\nRequest ${result.requestId}\n`;
  }
}

export function questionFields(question: QuestionText): string {
  return fields([
    ['Program', question.program],
    ['Publisher', question.publisher ?? 'unknown publisher'],
    ['Path', question.path],
    ['Arguments', question.arguments === '' ? 'none' : question.arguments],
    ['Rule', question.rule ?? 'none; the default response asks'],
    ['SHA-256', `${question.digest}…`],
    ['From', question.fromInternet ? 'the internet' : undefined],
  ]);
}

function runFields(run: Run): string {
  return fields([
    ['Program', run.file.path],
    ['Copy', run.file.copy],
    ['Run by', run.file.host],
    ['Process', run.processId],
    ['Started in', run.directory],
    ['Account', `${run.account.name} (${run.account.sid})`],
    ['Rule', run.rule === undefined ? undefined : `${run.rule.name} (policy ${run.rule.policyId})`],
    ['Request', run.requestId],
  ]);
}

/** What of the program was ended before its first instruction, or before that of a library. */
export function endedText({ endedChildren = [] }: { readonly endedChildren?: readonly EndedChildren[] }): string {
  return endedChildren
    .map(({ path, library, reason, count }) => {
      const { message, hint } = CHILD_END_REASONS[reason];
      const times = count === 1 ? '' : ` ${count} times`;
      const what =
        library === undefined
          ? `It started ${shown(path)}, which was ended${times}.`
          : `${path === '' ? 'A process of it' : shown(path)} was ended${times} because of ${shown(library)}.`;
      return `${what} ${message}\n${hint}\n`;
    })
    .join('');
}

export function exitText(reason: ExitReason | undefined): string {
  if (reason === undefined) return '';
  const { message, hint } = EXIT_REASONS[reason];
  return `${message}\n${hint}\n`;
}
