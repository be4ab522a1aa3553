/** Facts about processes: what keeps a program from starting others, and what ends a whole tree. */
import { anythingBut, type Probe } from './probe.ts';

/** What the programs of these probes end with when they ran. */
const RAN = 7;
const ENDS = 'Starts programs that end at once, or are ended.';

export const PROCESS_PROBES = [
  {
    id: 'childPolicy',
    title: 'A process that may have no children starts none',
    relies: 'A rule that denies children, or asks a rule for each, starts none.',
    source: 'PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY, UpdateProcThreadAttribute, Microsoft Learn',
    needs: 'administrator',
    restores: ENDS,
    expected: { unrestricted: RAN, itself: RAN, child: anythingBut(RAN) },
  },
  {
    id: 'jobLimit',
    title: 'A job with one process lets no other start',
    relies: 'A rule that denies children, or asks a rule for each, starts none.',
    source: 'JOB_OBJECT_LIMIT_ACTIVE_PROCESS, Microsoft Learn',
    needs: 'administrator',
    restores: ENDS,
    expected: { unrestricted: RAN, itself: RAN, child: anythingBut(RAN) },
  },
  {
    id: 'jobEndsTree',
    title: 'A job that is closed ends its processes',
    relies: 'A cancelled elevation ends with everything it started.',
    source: 'JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, Microsoft Learn',
    needs: 'administrator',
    restores: ENDS,
    expected: { before: 'running', after: 'ended' },
  },
  {
    id: 'mitigations',
    title: 'The limits that a process sets for itself are in force',
    relies: 'The agent loads no library of users, and follows no junction of theirs.',
    source: 'SetProcessMitigationPolicy, GetProcessMitigationPolicy, Microsoft Learn',
    needs: 'administrator',
    restores: 'Sets limits of this process, which end with it.',
    expected: { strictHandles: 3, extensionPoints: 1, fonts: 1, imageLoad: 7, redirectionTrust: 1 },
  },
] as const satisfies readonly Probe[];
