/**
 * The table of detection attributes. An attribute that the model declares and that is missing here does not compile; one
 * that is here needs nothing else but its own file.
 */
import type { DetectionAttribute } from '../../model/rule.ts';
import { argumentList } from './arguments.ts';
import type { Attribute } from './attribute.ts';
import { certificate } from './certificate.ts';
import { fileDescription } from './file-description.ts';
import { fileHash } from './file-hash.ts';
import { fileName } from './file-name.ts';
import { filePath } from './file-path.ts';
import { internalName } from './internal-name.ts';
import { minimumVersion } from './minimum-version.ts';
import { productName } from './product-name.ts';
import type { TextFact } from './version-resource-text.ts';

export type { Attribute, Fit, Miss, RuleContext, RulePair } from './attribute.ts';
export type { TextFact } from './version-resource-text.ts';

/** In the order in which attributes are compared, and in which reasons and misses are named. */
export const ATTRIBUTES = {
  fileHash,
  fileName,
  filePath,
  certificate,
  minimumVersion,
  fileDescription,
  productName,
  internalName,
  arguments: argumentList,
} satisfies { readonly [Name in DetectionAttribute]: Attribute<Name> };

/** The condition that a rule sets by an attribute. */
type ConditionOf<Name extends DetectionAttribute> = NonNullable<ReturnType<(typeof ATTRIBUTES)[Name]['read']>>;

/** What a rule sets, by attribute. Every member is always there. */
export type Conditions = { readonly [Name in DetectionAttribute]: ConditionOf<Name> | undefined };

/** The rows of the table with their common type. */
export const ATTRIBUTE_LIST = Object.entries(ATTRIBUTES) as readonly (readonly [
  DetectionAttribute,
  Attribute<DetectionAttribute>,
])[];

/** Attributes that say something about the file; the others are about the call. */
export const FILE_ATTRIBUTES: readonly DetectionAttribute[] = ATTRIBUTE_LIST.filter(
  ([, { subject }]) => subject === 'file',
).map(([name]) => name);

/** Attributes that compare the text of the same name in the facts of a file. */
export const TEXT_FACTS = ATTRIBUTE_LIST.filter(([, { isTextFact }]) => isTextFact).map(
  ([name]) => name,
) as readonly TextFact[];
