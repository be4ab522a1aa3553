/** Setting instances of Graph JSON: which setting each is of, and its value by the kind the setting has. */
import { foldCase } from '../../../text/compare.ts';
import type { ChoiceDefinition, ChoicesDefinition, Option } from './definitions.ts';
import {
  elementsOf,
  openObject,
  reportCollisions,
  shownText,
  type Diagnostics,
  type GraphObject,
  type Located,
} from './json-view.ts';

/** One setting as it stands in the input. */
export interface Instance {
  readonly object: GraphObject;
  /** Folded ids of the definition; more than one only where names collide. */
  readonly ids: readonly string[];
  /** The id as written. */
  readonly id: string;
}

/** A value that was read, and where it stands. */
export interface Read<Value> {
  readonly value: Value;
  readonly at: Located;
}

/** Members that hold an instance's value, one per kind of instance. */
const VALUE_MEMBERS = [
  'simpleSettingValue',
  'simpleSettingCollectionValue',
  'choiceSettingValue',
  'choiceSettingCollectionValue',
  'groupSettingValue',
  'groupSettingCollectionValue',
] as const;
type ValueMember = (typeof VALUE_MEMBERS)[number];

/** Members whose values have settings below them. Groups are left to the caller: each entry is a rule. */
const WITH_CHILDREN = ['choiceSettingValue', 'choiceSettingCollectionValue'] as const;

/**
 * Settings of a list and, below their options, all others, in the order of the text. Where a setting stands says no
 * more than which option it belongs to, which its definition says as well.
 * @param list value of `children` or `settings`; null and a missing list count as empty
 * @returns whatever is an object, even when it names no setting
 */
export function instancesBelow(list: Located, diagnostics: Diagnostics): Instance[] {
  const found: Instance[] = [];
  addInstances(list, diagnostics, found);
  return found;
}

function addInstances(list: Located, diagnostics: Diagnostics, found: Instance[]): void {
  if (list.node.type === 'Null') return;
  const elements = elementsOf(list);
  if (elements === undefined) {
    diagnostics.add('wrongType', list, 'A list of settings is expected.');
    return;
  }
  for (const element of elements) addInstance(element, diagnostics, found);
}

/** Adds one setting and those below its options. */
export function addInstance(element: Located, diagnostics: Diagnostics, found: Instance[]): void {
  const object = openObject(element);
  if (object === undefined) {
    diagnostics.add('wrongType', element, 'A setting must be an object.');
    return;
  }
  reportCollisions(object, diagnostics);
  const ids = object.all('settingDefinitionId').flatMap(({ node }) => (node.type === 'String' ? [node.value] : []));
  found.push({ object, ids: ids.map((id) => foldCase(id.trim())), id: ids[0] ?? '' });
  for (const member of WITH_CHILDREN) {
    for (const held of object.all(member)) {
      for (const value of elementsOf(held) ?? [held]) {
        const opened = openObject(value);
        if (opened === undefined) continue;
        reportCollisions(opened, diagnostics);
        for (const children of opened.all('children')) addInstances(children, diagnostics, found);
      }
    }
  }
}

/** A string value. */
export function readText(instance: Instance, diagnostics: Diagnostics): Read<string> | undefined {
  const held = heldBy(instance, 'simpleSettingValue', diagnostics);
  if (held === undefined) return undefined;
  const opened = openObject(held);
  if (opened !== undefined && reportCollisions(opened, diagnostics)) return undefined;
  const value = opened?.one('value');
  if (value?.node.type === 'String') return { value: value.node.value, at: value };
  diagnostics.add('wrongType', value ?? held, 'The value of this setting must be a text.');
  return undefined;
}

/** A list of strings. A missing list is an empty one. */
export function readTexts(instance: Instance, diagnostics: Diagnostics): readonly Read<string>[] | undefined {
  if (!VALUE_MEMBERS.some((member) => hasValue(instance, member))) return [];
  const held = heldBy(instance, 'simpleSettingCollectionValue', diagnostics);
  const elements = held && listOf(held, diagnostics);
  if (elements === undefined) return undefined;
  const texts: Read<string>[] = [];
  for (const element of elements) {
    const opened = openObject(element);
    if (opened !== undefined) reportCollisions(opened, diagnostics);
    const value = opened?.one('value');
    if (value?.node.type !== 'String') {
      diagnostics.add('wrongType', element, 'Each entry of this setting must be a text.');
      return undefined;
    }
    texts.push({ value: value.node.value, at: value });
  }
  return texts;
}

/** A chosen option. */
export function readChoice<Value>(
  instance: Instance,
  definition: ChoiceDefinition<Value>,
  diagnostics: Diagnostics,
): Read<Value> | undefined {
  const held = heldBy(instance, 'choiceSettingValue', diagnostics);
  return held && readOption(held, definition.options, diagnostics);
}

/** The options chosen of several. */
export function readChoices<Value>(
  instance: Instance,
  definition: ChoicesDefinition<Value>,
  diagnostics: Diagnostics,
): readonly Read<Value>[] | undefined {
  const held = heldBy(instance, 'choiceSettingCollectionValue', diagnostics);
  const elements = held && listOf(held, diagnostics);
  if (elements === undefined) return undefined;
  const options = elements.map((element) => readOption(element, definition.options, diagnostics));
  return options.every((read) => read !== undefined) ? options : undefined;
}

function readOption<Value>(
  held: Located,
  options: readonly Option<Value>[],
  diagnostics: Diagnostics,
): Read<Value> | undefined {
  const value = openObject(held)?.one('value');
  if (value?.node.type !== 'String' || value.node.value.trim() === '') {
    diagnostics.add('wrongType', value ?? held, 'The value of this setting must be the id of an option.');
    return undefined;
  }
  const id = foldCase(value.node.value.trim());
  const chosen = options.find((option) => foldCase(option.id) === id);
  if (chosen !== undefined) return { value: chosen.value, at: value };
  diagnostics.add('unknownOption', value, `"${shownText(value.node.value)}" is not a known option of this setting.`);
  return undefined;
}

/** The value under the member of the setting's kind; undefined, with a diagnostic, when it is not there alone. */
function heldBy(instance: Instance, member: ValueMember, diagnostics: Diagnostics): Located | undefined {
  const isAlone = VALUE_MEMBERS.every((other) => other === member || !hasValue(instance, other));
  const held = isAlone ? instance.object.one(member) : undefined;
  if (held === undefined) {
    diagnostics.add('wrongType', instance.object, `The value of this setting must be its "${member}".`);
  }
  return held;
}

function hasValue({ object }: Instance, member: ValueMember): boolean {
  return object.all(member).some(({ node }) => node.type !== 'Null');
}

function listOf(held: Located, diagnostics: Diagnostics): readonly Located[] | undefined {
  const elements = elementsOf(held);
  if (elements === undefined) diagnostics.add('wrongType', held, 'The value of this setting must be a list.');
  return elements;
}

/** Whatever texts the instance has as its value, in whichever form, without those of settings below it. */
export function valueTexts({ object }: Instance): readonly string[] {
  const texts: string[] = [];
  for (const member of VALUE_MEMBERS) for (const held of object.all(member)) addTexts(held, texts);
  return texts;
}

function addTexts(held: Located, texts: string[]): void {
  if (held.node.type === 'String') texts.push(held.node.value);
  for (const element of elementsOf(held) ?? []) addTexts(element, texts);
  for (const value of openObject(held)?.all('value') ?? []) addTexts(value, texts);
}
