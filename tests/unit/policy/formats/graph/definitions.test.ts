import { describe, expect, it } from 'vitest';
import { SETTING_ENTRIES } from '../../../../../src/policy/declaration/settings.ts';
import { ATTRIBUTE_ENTRIES } from '../../../../../src/policy/declaration/rule-attributes.ts';
import {
  ACTIONS_WITHOUT_PLACE,
  DETECTION_WITHOUT_PLACE,
  CLIENT_SETTINGS,
  CLIENT_SETTING_ENTRIES,
  RULE_CHOICES,
  RULE_GROUP_ID,
  RULE_SETTINGS,
  RULE_TEXTS,
} from '../../../../../src/policy/formats/graph/definitions.ts';
import { CLIENT_CATALOG, RULE_CATALOG, TEMPLATE_CATALOG } from './catalog.ts';

const optionsOf = (definition: object): readonly { readonly id: string; readonly value: unknown }[] =>
  'options' in definition ? (definition.options as { id: string; value: unknown }[]) : [];

describe('the table of Graph settings', () => {
  it('has every setting of a rule and every option, and no other', () => {
    const table = Object.values(RULE_SETTINGS).map((definition) => [
      definition.id.slice(RULE_GROUP_ID.length),
      optionsOf(definition).map(({ id }) => id.slice(RULE_GROUP_ID.length)),
    ]);
    expect(Object.fromEntries(table)).toEqual(RULE_CATALOG);
    for (const { id } of Object.values(RULE_SETTINGS)) expect(id.startsWith(RULE_GROUP_ID)).toBe(true);
  });

  it('has every client setting and every option, and no other', () => {
    const table = Object.values(CLIENT_SETTINGS).map((definition) => [
      definition.id,
      optionsOf(definition).map(({ id }) => id.slice(definition.id.length)),
    ]);
    expect(Object.fromEntries(table)).toEqual(CLIENT_CATALOG);
  });

  it('has every known template id', () => {
    const all = [...Object.values(RULE_SETTINGS), ...Object.values(CLIENT_SETTINGS)] as readonly {
      readonly id: string;
      readonly template?: { readonly instance: string; readonly value?: string };
    }[];
    const table = all.flatMap(({ id, template }) =>
      template === undefined ? [] : [[id.replace(/^.*(?=_)/, ''), [template.instance, template.value]]],
    );
    expect(Object.fromEntries(table)).toEqual(TEMPLATE_CATALOG);
  });

  it('places every attribute of a rule, or says why it has none', () => {
    const placed = ['type', 'validations', 'childProcesses', 'certificate', 'arguments'];
    const unplaced = [...DETECTION_WITHOUT_PLACE, ...Object.keys(ACTIONS_WITHOUT_PLACE)];
    const covered = [...Object.keys(RULE_TEXTS), ...placed, ...unplaced];
    expect(covered.sort()).toEqual(ATTRIBUTE_ENTRIES.map(([name]) => name as string).sort());
  });

  it('has an option for every value of ours', () => {
    const values = (definition: object): unknown[] => optionsOf(definition).map(({ value }) => value);
    const attributes = new Map(ATTRIBUTE_ENTRIES);
    const choices = (name: 'type' | 'childProcesses' | 'validations' | 'certificate'): string[] => {
      const declaration = attributes.get(name);
      return declaration !== undefined && 'choices' in declaration
        ? declaration.choices.map(({ value }) => value).sort()
        : [];
    };
    expect(values(RULE_CHOICES.type).sort()).toEqual(choices('type'));
    expect(values(RULE_CHOICES.childProcesses).sort()).toEqual(choices('childProcesses'));
    expect(values(RULE_CHOICES.certificateType).sort()).toEqual(choices('certificate'));
    expect(values(RULE_CHOICES.validation).sort()).toEqual(choices('validations'));
    const current = [...values(RULE_CHOICES.currentUserValidation), ...values(RULE_CHOICES.currentUserJustification)];
    expect(current.sort()).toEqual(choices('validations'));
    for (const [name, definition] of CLIENT_SETTING_ENTRIES) {
      const setting = new Map(SETTING_ENTRIES).get(name);
      const expected =
        setting !== undefined && 'choices' in setting ? setting.choices.map(({ value }) => value) : [false, true];
      expect(values(definition).sort()).toEqual([...expected].sort());
    }
  });

  it('lists parents before what stands below them', () => {
    const names = CLIENT_SETTING_ENTRIES.map(([name]) => name);
    for (const [name, { parent }] of CLIENT_SETTING_ENTRIES) {
      if (parent === undefined) continue;
      expect(names.indexOf(parent.setting as never)).toBeLessThan(names.indexOf(name));
      expect(names).toContain(parent.setting);
    }
  });
});
