/** What started is compared with what was checked and asked for; the process has not run an instruction yet. */
import { EpmError } from '../model/errors.ts';
import type { StartableFile, StartedFacts } from './ports.ts';
import { verifyObjects } from './verify-objects.ts';
import { isTestBed, verifyToken, type TokenExpectation } from './verify-token.ts';

interface ProcessExpectation {
  readonly token: TokenExpectation;
  readonly image: StartableFile;
  /** Of whoever started it for the agent: anybody else who made the process chose what it inherits. */
  readonly parentProcessId: number;
  /** 0: no limit. */
  readonly activeProcessLimit: number;
}

/** JOB_OBJECT_LIMIT flags, winnt.h. Those of breakaway would let descendants leave the job. */
const LIMIT_ACTIVE_PROCESS = 0x8;
const LIMIT_KILL_ON_JOB_CLOSE = 0x2000;

type Check = (facts: StartedFacts, expected: ProcessExpectation) => void;

/** One for each fact there is, so that a new one is not forgotten. */
const CHECKS: { readonly [Fact in keyof StartedFacts]-?: Check } = {
  image: ({ image }, { image: { id, path } }) => {
    // Windows compares names without case; the file id is what decides.
    const same =
      image.volume === id.volume && image.file === id.file && image.path.toUpperCase() === path.toUpperCase();
    if (same) return;
    throw new EpmError(
      'EPM_IMAGE_CHANGED',
      'The image that started is not the file that was checked. It was ended before it ran.',
    );
  },
  parentProcessId: ({ parentProcessId }, expected) =>
    check('parentProcessId', parentProcessId === expected.parentProcessId, 'is the child of another process'),
  session: ({ session }, { token }) => check('session', session === token.account.session, 'is in another session'),
  inJob: ({ inJob }) => check('inJob', inJob, 'is not in its job object'),
  job: ({ job }, { activeProcessLimit, token }) => {
    // What Wine does not tell is skipped on the test bed only.
    const isTold = (fact: number | null): boolean => fact !== null || !isTestBed(token);
    const flags = LIMIT_KILL_ON_JOB_CLOSE | (activeProcessLimit === 0 ? 0 : LIMIT_ACTIVE_PROCESS);
    if (isTold(job.limitFlags)) check('jobLimits', job.limitFlags === flags, 'is in a job with other limits');
    if (activeProcessLimit !== 0 && isTold(job.activeProcessLimit)) {
      const isRight = job.activeProcessLimit === activeProcessLimit;
      check('activeProcessLimit', isRight, 'may start another number of processes');
    }
  },
  security: ({ security }, { token }) => verifyObjects(security, token.account.ownerSid),
  token: ({ token }, expected) => verifyToken(token, expected.token),
};

/**
 * @throws EpmError EPM_IMAGE_CHANGED, EPM_START_FAILED and EPM_TOKEN_REFUSED with the fact in `data.fact`
 */
export function verifyProcess(facts: StartedFacts, expected: ProcessExpectation): void {
  for (const verify of Object.values(CHECKS)) verify(facts, expected);
}

function check(fact: string, holds: boolean, why: string): void {
  if (holds) return;
  throw new EpmError('EPM_START_FAILED', `The program ${why}. It was ended before it ran.`, { data: { fact } });
}
