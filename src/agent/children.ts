import type { ChildProcessBehavior } from '../model/rule.ts';

/**
 * Limit of active processes in the tree's job (JOB_OBJECT_LIMIT_ACTIVE_PROCESS), 0 for none. Children are not judged
 * one by one in this version, so "require rule" is held to its safe side: no child at all, as under "deny".
 */
export function activeProcessLimit(behavior: ChildProcessBehavior): number {
  return behavior === 'allow' ? 0 : 1;
}
