/**
 * Graph JSON from a short form, so that a test shows only what it is about. It is written by hand and knows nothing of
 * the product's tables. A rule is a map from setting (without the long prefix) to value: a text, `{ "choose": option }`
 * with children, `{ "chooseAll": [option] }`, `{ "list": [text] }` or `{ "reference": id }`. `raw` stands for itself.
 */
import { readFileSync } from 'node:fs';

export type Short = { readonly [setting: string]: ShortValue };
export type ShortValue =
  | string
  | { readonly choose: string; readonly children?: ShortList }
  | { readonly chooseAll: readonly string[] }
  | { readonly list: readonly string[] }
  | { readonly reference: string }
  | { readonly raw: unknown };
/** Several maps, where one setting is given twice. */
export type ShortList = Short | readonly Short[];

export interface ShortPolicy {
  readonly name?: string;
  readonly id?: string;
  readonly template?: string;
  readonly assignments?: readonly object[];
  readonly rules?: readonly ShortList[];
  readonly systemSettingRules?: readonly ShortList[];
  readonly settings?: ShortList;
}

const RULE = 'device_vendor_msft_policy_privilegemanagement_elevationrules_{elevationrulename}';
const SYSTEM = 'device_vendor_msft_policy_privilegemanagement_systemsettingrules_{systemsettingrulename}';
const CLIENT = 'device_vendor_msft_policy_elevationclientsettings_';
const TYPE = '#microsoft.graph.deviceManagementConfiguration';

/** Two certificates made for tests, DER in base64. */
export const CERTIFICATES = JSON.parse(
  readFileSync(new URL('./certificates.json', import.meta.url), 'utf8'),
) as readonly string[];

/** PEM of a certificate, with the given line break. */
export function pem(base64: string, lineBreak = '\n'): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join(lineBreak);
}

const [ONE = '', TWO = ''] = CERTIFICATES;
/** Texts that a short form names instead of holding. */
const NAMED: Readonly<Record<string, string>> = {
  '@der': ONE,
  '@der2': TWO,
  '@pem': pem(ONE),
  '@pemCrLf': pem(ONE, '\r\n'),
  '@pemInBase64': Buffer.from(pem(ONE)).toString('base64'),
  '@derInLines': ONE.replace(/.{76}/g, '$&\r\n'),
  '@several': pem(ONE) + pem(TWO),
};

const named = (text: string): string => NAMED[text] ?? text;

/** One configuration policy. */
export function graphPolicy({ rules, systemSettingRules, settings, template, ...rest }: ShortPolicy): object {
  const entries: unknown[] = [];
  for (const [root, groups] of [
    [RULE, rules],
    [SYSTEM, systemSettingRules],
  ] as const) {
    if (groups === undefined) continue;
    entries.push({
      '@odata.type': `${TYPE}GroupSettingCollectionInstance`,
      settingDefinitionId: root,
      groupSettingCollectionValue: groups.map((group) => ({ children: instances(group, root, root) })),
    });
  }
  if (settings !== undefined) entries.push(...instances(settings, CLIENT, CLIENT));
  return {
    ...rest,
    ...(template === undefined ? {} : { templateReference: { templateId: template } }),
    settings: entries.map((settingInstance, index) => ({ id: String(index), settingInstance })),
  };
}

/** A reusable settings group with a certificate. */
export function reusableSetting(id: string, certificate: string, displayName = 'Example'): object {
  const settingDefinitionId = 'device_vendor_msft_policy_privilegemanagement_reusablesettings_certificatefile';
  return {
    '@odata.type': '#microsoft.graph.deviceManagementReusablePolicySetting',
    id,
    displayName,
    settingDefinitionId,
    settingInstance: {
      '@odata.type': `${TYPE}SimpleSettingInstance`,
      settingDefinitionId,
      simpleSettingValue: { '@odata.type': `${TYPE}StringSettingValue`, value: named(certificate) },
    },
  };
}

/** The settings of a rule. */
export function ruleChildren(rule: ShortList): readonly unknown[] {
  return instances(rule, RULE, RULE);
}

function instances(list: ShortList, settingPrefix: string, optionPrefix: string): unknown[] {
  const maps: readonly Short[] = Array.isArray(list) ? list : [list as Short];
  return maps.flatMap((map) =>
    Object.entries(map).map(([setting, value]) =>
      // An id that is given whole stands for itself.
      instance(setting.startsWith('device_') ? setting : settingPrefix + setting, value, optionPrefix),
    ),
  );
}

function instance(settingDefinitionId: string, value: ShortValue, prefix: string): unknown {
  const option = (id: string): string => (id.startsWith('device_') ? id : prefix + id);
  if (typeof value === 'string') return { settingDefinitionId, simpleSettingValue: { value: named(value) } };
  if ('raw' in value) return { settingDefinitionId, ...(value.raw as object) };
  if ('reference' in value) {
    const simpleSettingValue = { '@odata.type': `${TYPE}ReferenceSettingValue`, value: value.reference };
    return { settingDefinitionId, simpleSettingValue };
  }
  if ('list' in value) {
    return { settingDefinitionId, simpleSettingCollectionValue: value.list.map((text) => ({ value: text })) };
  }
  if ('chooseAll' in value) {
    return {
      settingDefinitionId,
      choiceSettingCollectionValue: value.chooseAll.map((id) => ({ value: option(id), children: [] })),
    };
  }
  const children = instances(value.children ?? {}, prefix, prefix);
  return { settingDefinitionId, choiceSettingValue: { value: option(value.choose), children } };
}
