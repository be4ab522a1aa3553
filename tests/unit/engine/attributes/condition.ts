/** Reads one attribute of a rule, and asks it about a file. */
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import { ATTRIBUTES, type Attribute } from '../../../../src/engine/attributes/index.ts';
import { compile } from '../../../../src/engine/index.ts';
import { compileRule } from '../../../../src/engine/compile-rule.ts';
import { MatchInput } from '../../../../src/engine/match-input.ts';
import type { DetectionAttribute, RuleInput } from '../../../../src/model/rule.ts';
import { type EngineRowCase, caseOf } from '../../../compliance/row.ts';

const HASH = 'a'.repeat(64);

/** Codes of the reasons and warnings that a rule with the attribute has; the rule is whole apart from it. */
export function saidOf(attributes: Partial<RuleInput>, type: RuleInput['type'] = 'userConfirmed'): readonly string[] {
  const { reasons, warnings } = compileRule(
    { name: 'rule', type, fileHash: HASH, ...attributes },
    { folders: DEFAULT_WINDOWS_FOLDERS },
  );
  return [...reasons, ...warnings].map(({ code }) => code);
}

/** Whether the attribute of a rule takes a file, and if not, what it says. */
export function ask(
  name: DetectionAttribute,
  attributes: Partial<RuleInput>,
  row: Pick<EngineRowCase, 'facts' | 'request'>,
  type: RuleInput['type'] = 'userConfirmed',
): true | { readonly expected: string; readonly found: string } {
  const rule: RuleInput = { name: 'rule', type, fileHash: HASH, ...attributes };
  const { body } = compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS });
  if (body === undefined) throw new Error('The rule cannot be read.');
  const { request, facts } = caseOf(row);
  const policy = compile([], { machine: DEFAULT_WINDOWS_FOLDERS }).forUser(request.requester.sid);
  const file = new MatchInput(facts, request.requester, request.arguments, request, policy);
  const attribute: Attribute<DetectionAttribute> = ATTRIBUTES[name];
  const condition = body.conditions[name];
  return attribute.matches(condition, file, body) || attribute.describeMiss(condition, file, body);
}
