/** To whom an export says that a policy is assigned (decision I10). What is written says nothing of it. */
import { elementsOf, openObject, shownText, type Diagnostics, type GraphObject } from './json-view.ts';

const TYPE = '#microsoft.graph.';
/** Targets that are named. */
const SHOWN = 8;

const EVERYBODY: Readonly<Record<string, string>> = {
  alldevicesassignmenttarget: 'all devices',
  alllicensedusersassignmenttarget: 'all users',
};

/** Reports the member `assignments` of a policy, as Graph gives it with `$expand=assignments` or tools put it there. */
export function reportAssignments(policy: GraphObject, diagnostics: Diagnostics): void {
  const list = policy.one('assignments');
  const elements = list === undefined ? undefined : elementsOf(list);
  if (list === undefined || elements === undefined || elements.length === 0) return;
  const targets = elements.map((element) => {
    const entry = openObject(element);
    const target = entry?.one('target');
    return describeTarget(target === undefined ? entry : openObject(target));
  });
  const more = targets.length > SHOWN ? ` and ${targets.length - SHOWN} more` : '';
  const names = targets.slice(0, SHOWN).map(({ text }) => text);
  const isForAll = targets.every(({ isEverybody }) => isEverybody);
  const consequence = isForAll
    ? 'what is written holds for whoever receives it'
    : 'what is written says nothing of that and holds for whoever receives it';
  const message = `The policy is assigned to ${names.join(', ')}${more}; ${consequence}.`;
  if (isForAll) diagnostics.add('assigned', list, message, 'note');
  else diagnostics.add('assignmentNotCarried', list, message);
}

function describeTarget(target: GraphObject | undefined): { readonly text: string; readonly isEverybody: boolean } {
  const type = (target?.text('@odata.type') ?? '').toLowerCase().replace(TYPE, '');
  const filterKind = target?.text('deviceAndAppManagementAssignmentFilterType')?.toLowerCase() ?? 'none';
  const filterId = target?.text('deviceAndAppManagementAssignmentFilterId');
  const isFiltered = filterKind !== 'none' && filterId !== undefined && filterId !== '';
  const filter = isFiltered ? ` (filter ${shownText(filterId)}, ${shownText(filterKind)})` : '';
  const everybody = EVERYBODY[type];
  if (everybody !== undefined) return { text: everybody + filter, isEverybody: !isFiltered };
  const group = target?.text('groupId') ?? target?.text('collectionId');
  const not = type.startsWith('exclusion') ? 'not ' : '';
  const text = group === undefined ? 'a target that is not known' : `${not}the group ${shownText(group)}`;
  return { text: text + filter, isEverybody: false };
}
