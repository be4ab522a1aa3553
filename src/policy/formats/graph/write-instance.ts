/** Setting instances as Graph writes them. Template ids are written where asked for, and null elsewhere, as in exports. */
import { EpmError } from '../../../model/errors.ts';
import type {
  ChoiceDefinition,
  ChoicesDefinition,
  Option,
  TemplateIds,
  TextDefinition,
  TextsDefinition,
} from './definitions.ts';

export type GraphJson = { readonly [member: string]: unknown };

const TYPE = '#microsoft.graph.deviceManagementConfiguration';

/** A string. */
export function textInstance(definition: TextDefinition, value: string, withTemplate: boolean): GraphJson {
  const template = withTemplate ? definition.template : undefined;
  return instance('SimpleSettingInstance', definition.id, template, {
    simpleSettingValue: {
      '@odata.type': `${TYPE}StringSettingValue`,
      settingValueTemplateReference: valueTemplate(template),
      value,
    },
  });
}

/** Several strings. */
export function textsInstance(definition: TextsDefinition, values: readonly string[]): GraphJson {
  return instance('SimpleSettingCollectionInstance', definition.id, undefined, {
    simpleSettingCollectionValue: values.map((value) => ({
      '@odata.type': `${TYPE}StringSettingValue`,
      settingValueTemplateReference: null,
      value,
    })),
  });
}

/** One option, with the settings that stand below it. */
export function choiceInstance<Value>(
  definition: ChoiceDefinition<Value>,
  value: Value,
  withTemplate: boolean,
  children: readonly GraphJson[] = [],
): GraphJson {
  const template = withTemplate ? definition.template : undefined;
  return instance('ChoiceSettingInstance', definition.id, template, {
    choiceSettingValue: choiceValue(optionId(definition.options, value), template, children),
  });
}

/** Several options. */
export function choicesInstance<Value>(definition: ChoicesDefinition<Value>, values: readonly Value[]): GraphJson {
  return instance('ChoiceSettingCollectionInstance', definition.id, undefined, {
    choiceSettingCollectionValue: values.map((value) =>
      choiceValue(optionId(definition.options, value), undefined, []),
    ),
  });
}

/** Groups of settings, one per rule. */
export function groupInstance(id: string, template: TemplateIds, groups: readonly (readonly GraphJson[])[]): GraphJson {
  return instance('GroupSettingCollectionInstance', id, template, {
    groupSettingCollectionValue: groups.map((children) => ({
      settingValueTemplateReference: null,
      children,
    })),
  });
}

function instance(kind: string, id: string, template: TemplateIds | undefined, value: GraphJson): GraphJson {
  return {
    '@odata.type': `${TYPE}${kind}`,
    settingDefinitionId: id,
    settingInstanceTemplateReference: template === undefined ? null : { settingInstanceTemplateId: template.instance },
    ...value,
  };
}

function choiceValue(value: string, template: TemplateIds | undefined, children: readonly GraphJson[]): GraphJson {
  return {
    '@odata.type': `${TYPE}ChoiceSettingValue`,
    settingValueTemplateReference: valueTemplate(template),
    value,
    children,
  };
}

function valueTemplate(template: TemplateIds | undefined): GraphJson | null {
  return template?.value === undefined ? null : { settingValueTemplateId: template.value, useTemplateDefault: false };
}

function optionId<Value>(options: readonly Option<Value>[], value: Value): string {
  const found = options.find((option) => option.value === value);
  if (found !== undefined) return found.id;
  throw new EpmError('EPM_POLICY_INVALID', `"${String(value)}" has no option in Graph.`);
}
