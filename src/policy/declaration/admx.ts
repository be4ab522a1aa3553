/**
 * The ADMX and ADML files, rendered from the declaration. One file, one category, no other file needed: a parent
 * category in another file, a prefix on a reference inside the file, and Windows' own definitions each keep MDM
 * ingestion from taking an ADMX. Elements follow [MS-GPREG] 2.2.
 */
import { LISTS, POLICY_DIGEST, POLICY_ID } from './lists.ts';
import { ADMX_CATEGORY, ADMX_REVISION, POLICY_KEY } from './names.ts';
import { SETTING_ENTRIES, type SettingDeclaration } from './settings.ts';
import { wholeText, wholeTitle } from './described.ts';
import { combinations } from './settings-codec.ts';
import { escapeXml } from '../../text/xml.ts';

const NAMESPACE = 'http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions';
const SUPPORTED_ON = 'SUPPORTED_EPM_1';

/** One policy of the ADMX file: what one OMA-URI sets. */
interface AdmxPolicy {
  /** Name in the OMA-URI. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly element: AdmxElement;
}

export type AdmxElement =
  /** Enabled is 1 and disabled is 0 in one value, without an element. */
  | { readonly kind: 'switch'; readonly valueName: string }
  | {
      readonly kind: 'enum';
      readonly id: string;
      readonly valueName: string;
      readonly items: readonly { readonly number: number; readonly title: string }[];
    }
  | {
      readonly kind: 'decimal';
      readonly id: string;
      readonly valueName: string;
      readonly minimum: number;
      readonly maximum: number;
      /** Undefined: the box is empty. */
      readonly initial: number | undefined;
    }
  | { readonly kind: 'text'; readonly id: string; readonly valueName: string; readonly maxLength: number }
  /** Several texts in one value. */
  | {
      readonly kind: 'multiText';
      readonly id: string;
      readonly valueName: string;
      readonly maxItems: number;
      readonly maxLength: number;
    }
  | { readonly kind: 'list'; readonly id: string; readonly key: string; readonly label: string };

/** Every policy of the file, in its order. The digest comes first, so that it is there before the rest of a delivery. */
export const ADMX_POLICIES: readonly AdmxPolicy[] = [
  textPolicy(POLICY_DIGEST),
  ...SETTING_ENTRIES.map(([, setting]): AdmxPolicy => ({
    name: setting.valueName,
    title: setting.title,
    text: `${wholeText(setting)} Not configured: ${setting.defaultText}.`,
    element: settingElement(setting),
  })),
  textPolicy(POLICY_ID),
  ...Object.values(LISTS).map((list): AdmxPolicy => ({
    name: list.subkey,
    title: list.title,
    text: wholeText(list),
    element: {
      kind: 'list',
      id: `${list.subkey}_List`,
      key: `${POLICY_KEY}\\${list.subkey}`,
      label: `${list.nameLabel} | ${list.valueLabel}`,
    },
  })),
];

function textPolicy({ valueName, title, text, maxLength }: typeof POLICY_ID | typeof POLICY_DIGEST): AdmxPolicy {
  return { name: valueName, title, text, element: { kind: 'text', id: `${valueName}_Value`, valueName, maxLength } };
}

function settingElement(setting: SettingDeclaration): AdmxElement {
  const { valueName } = setting;
  const id = `${valueName}_Value`;
  switch (setting.kind) {
    case 'boolean':
      return { kind: 'switch', valueName };
    case 'number':
      return {
        kind: 'decimal',
        id,
        valueName,
        minimum: setting.minimum,
        maximum: setting.maximum,
        initial: setting.default,
      };
    case 'texts': {
      const { maxItems, maxLength } = setting;
      return { kind: 'multiText', id, valueName, maxItems, maxLength };
    }
    case 'choice':
    case 'set': {
      const items = setting.kind === 'set' ? combinations(setting) : setting.choices;
      return {
        kind: 'enum',
        id,
        valueName,
        items: items.map((item) => ({ number: item.number, title: wholeTitle(item) })),
      };
    }
  }
}

/** Text of EPM.admx. */
export function renderAdmx(): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="${NAMESPACE}" revision="${ADMX_REVISION}" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="epm" namespace="EPM.Policies.EPM" />
  </policyNamespaces>
  <resources minRequiredRevision="${ADMX_REVISION}" />
  <supportedOn>
    <definitions>
      <definition name="${SUPPORTED_ON}" displayName="$(string.${SUPPORTED_ON})" />
    </definitions>
  </supportedOn>
  <categories>
    <category name="${ADMX_CATEGORY}" displayName="$(string.${ADMX_CATEGORY})" explainText="$(string.${ADMX_CATEGORY}_Help)" />
  </categories>
  <policies>
${ADMX_POLICIES.map(renderPolicy).join('')}  </policies>
</policyDefinitions>
`;
}

function renderPolicy({ name, element }: AdmxPolicy): string {
  const presentation = element.kind === 'switch' ? '' : ` presentation="$(presentation.${name})"`;
  const value = element.kind === 'switch' ? ` valueName="${element.valueName}"` : '';
  return `    <policy name="${name}" class="Both" displayName="$(string.${name})" explainText="$(string.${name}_Help)"${presentation} key="${POLICY_KEY}"${value}>
      <parentCategory ref="${ADMX_CATEGORY}" />
      <supportedOn ref="${SUPPORTED_ON}" />
${renderElement(name, element)}    </policy>
`;
}

function renderElement(policy: string, element: AdmxElement): string {
  switch (element.kind) {
    case 'switch':
      return `      <enabledValue><decimal value="1" /></enabledValue>
      <disabledValue><decimal value="0" /></disabledValue>
`;
    case 'enum':
      return `      <elements>
        <enum id="${element.id}" valueName="${element.valueName}" required="true">
${element.items
  .map(
    ({ number }) => `          <item displayName="$(string.${policy}_${number})">
            <value><decimal value="${number}" /></value>
          </item>
`,
  )
  .join('')}        </enum>
      </elements>
`;
    case 'decimal':
      return `      <elements>
        <decimal id="${element.id}" valueName="${element.valueName}" minValue="${element.minimum}" maxValue="${element.maximum}" required="true" />
      </elements>
`;
    case 'text':
      return `      <elements>
        <text id="${element.id}" valueName="${element.valueName}" maxLength="${element.maxLength}" required="true" />
      </elements>
`;
    case 'multiText':
      return `      <elements>
        <multiText id="${element.id}" valueName="${element.valueName}" maxLength="${element.maxLength}" maxStrings="${element.maxItems}" required="true" />
      </elements>
`;
    case 'list':
      // explicitValue: the administrator gives the names, which are the names of rules. additive: lists of several
      // Group Policy objects add up; without it the last object's list would silently replace the others' deny rules.
      return `      <elements>
        <list id="${element.id}" key="${element.key}" explicitValue="true" additive="true" />
      </elements>
`;
  }
}

/** Text of en-US/EPM.adml. */
export function renderAdml(): string {
  const strings: (readonly [string, string])[] = [
    [SUPPORTED_ON, 'Windows 10, Windows 11 or Windows Server 2019 and later, with EPM installed'],
    [ADMX_CATEGORY, 'EPM'],
    [`${ADMX_CATEGORY}_Help`, 'Just-in-time elevation of single programs for standard users.'],
  ];
  for (const { name, title, text, element } of ADMX_POLICIES) {
    strings.push([name, title], [`${name}_Help`, text]);
    if (element.kind === 'enum') {
      strings.push(...element.items.map((item) => [`${name}_${item.number}`, item.title] as const));
    }
  }
  return `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="${NAMESPACE}" revision="${ADMX_REVISION}" schemaVersion="1.0">
  <displayName>EPM</displayName>
  <description>Settings and rules of EPM.</description>
  <resources>
    <stringTable>
${strings.map(([id, text]) => `      <string id="${id}">${escapeXml(text)}</string>\n`).join('')}    </stringTable>
    <presentationTable>
${ADMX_POLICIES.map(renderPresentation).join('')}    </presentationTable>
  </resources>
</policyDefinitionResources>
`;
}

function renderPresentation({ name, title, element }: AdmxPolicy): string {
  const control = renderControl(title, element);
  return control === undefined
    ? ''
    : `      <presentation id="${name}">
        ${control}
      </presentation>
`;
}

function renderControl(title: string, element: AdmxElement): string | undefined {
  switch (element.kind) {
    case 'switch':
      return undefined;
    case 'enum':
      return `<dropdownList refId="${element.id}" noSort="true">${escapeXml(title)}</dropdownList>`;
    case 'decimal':
      return `<decimalTextBox refId="${element.id}"${initialOf(element)} spin="false">${escapeXml(title)}</decimalTextBox>`;
    case 'text':
      return `<textBox refId="${element.id}"><label>${escapeXml(title)}</label></textBox>`;
    case 'multiText':
      // This control has no label of its own.
      return `<text>${escapeXml(title)}</text>
        <multiTextBox refId="${element.id}" />`;
    case 'list':
      return `<listBox refId="${element.id}">${escapeXml(element.label)}</listBox>`;
  }
}

function initialOf({ initial }: Extract<AdmxElement, { kind: 'decimal' }>): string {
  return initial === undefined ? '' : ` defaultValue="${initial}"`;
}
