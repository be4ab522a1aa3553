/** Asks the person at the console for what an elevation needs, and the agent with the answer. */
import type { ElevateRequest, ElevateResult } from '../../agent/contract.ts';
import type { CallOptions } from '../../ipc/client.ts';
import { defined } from '../../model/defined.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { askAgent } from '../agent/connect.ts';
import { askCredential } from '../input/credential.ts';
import type { Io } from '../io.ts';
import { questionFields } from './describe.ts';

type Needs = Extract<ElevateResult, { readonly outcome: 'needs' }>;
type Answer = Pick<ElevateRequest, 'justification' | 'credential'>;

/** Questions for one request: a policy that changes meanwhile may ask something else. */
const MAX_QUESTIONS = 3;
/** How often the credential dialog comes again after a wrong password; the agent counts the attempts besides. */
const MAX_REPEATS = 2;

/**
 * Sends the request, and asks the person as long as something is needed. Whoever mistypes the password is asked for that again,
 * and for nothing else as long as it is the same question.
 * @returns undefined: the person did not confirm
 * @throws EpmError of the agent or of reaching it; EPM_TICKET_INVALID when the agent asks again after each answer
 */
export async function askPerson(
  io: Io,
  first: ElevateRequest,
  call: CallOptions<'elevate'>,
): Promise<ElevateResult | undefined> {
  let request = first;
  let asked = 0;
  let wrong = 0;
  let confirmed: { readonly text: string; readonly answer: Answer } | undefined;
  for (;;) {
    let result: ElevateResult;
    try {
      result = await askAgent('elevate', request, call);
    } catch (error) {
      if (!isWrongPassword(error) || confirmed?.answer.credential === undefined || wrong === MAX_REPEATS) throw error;
      // The ticket is used up: another question comes, whose answer takes the place of this one.
      wrong += 1;
      asked -= 1;
      request = first;
      continue;
    }
    if (result.outcome !== 'needs') return result;
    if (asked === MAX_QUESTIONS) throw askedAgain();
    asked += 1;
    const text = textOf(result);
    const again = wrong > 0 && confirmed?.text === text ? confirmed.answer : undefined;
    const answer = await answerNeeds(io, result, { given: first.justification, again, isWrong: wrong > 0 });
    if (answer === undefined) return undefined;
    confirmed = { text, answer };
    request = { ...first, ...answer, ticket: result.ticket };
  }
}

function askedAgain(): EpmError {
  return new EpmError('EPM_TICKET_INVALID', 'The agent asked again after each answer.', {
    hint: 'Start again from the beginning.',
  });
}

function isWrongPassword(error: unknown): boolean {
  return isEpmError(error) && error.code === 'EPM_AUTHENTICATION_FAILED';
}

/** What a question is about: the same file, rule and requirements, whatever its ticket is. */
function textOf({ question, requirements, rule, file }: Needs): string {
  return JSON.stringify([question, requirements, rule, file]);
}

const CONFIRM = 'Run it with administrator rights? [y/N] ';

interface AnswerOptions {
  /** The justification of the command line. */
  readonly given: string | undefined;
  /** What was answered before to the same question. */
  readonly again: Answer | undefined;
  readonly isWrong: boolean;
}

/** What the rule asks for; undefined when the person does not confirm. */
async function answerNeeds(
  io: Io,
  needs: Needs,
  { given, again, isWrong }: AnswerOptions,
): Promise<Answer | undefined> {
  const { ticket, authentication, question, requirements, asksSupport } = needs;
  let justification = again?.justification ?? given;
  if (again === undefined) {
    io.error(questionFields(question));
    if (requirements.includes('justification') && justification === undefined) {
      justification = (await io.ask('Why do you need it? ')).trim();
    }
    const answer = (await io.ask(asksSupport === true ? 'Ask support for it? [y/N] ' : CONFIRM)).trim();
    if (!/^y(?:es)?$/i.test(answer)) return undefined;
  }
  if (authentication === undefined) return defined({ justification });
  const credential = await askCredential({ ticket, authentication, program: question.program, again: isWrong });
  return credential === undefined ? undefined : { ...defined({ justification }), credential };
}
