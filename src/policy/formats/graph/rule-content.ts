/** The settings of one rule, found by definition wherever they stand in it. */
import { foldCase } from '../../../text/compare.ts';
import { RULE_SETTINGS, type RuleSetting } from './definitions.ts';
import { instancesBelow, type Instance } from './instances.ts';
import { Diagnostics, openObject, reportCollisions, shownText, type Located } from './json-view.ts';

/** Diagnostics kept for one rule. */
const DIAGNOSTICS_KEPT = 32;

const SETTING_BY_ID: ReadonlyMap<string, RuleSetting> = new Map(
  (Object.keys(RULE_SETTINGS) as RuleSetting[]).map((setting) => [foldCase(RULE_SETTINGS[setting].id), setting]),
);

/** The settings of one rule by our names, and what was found while reading them. */
export class RuleContent {
  readonly faults = new Diagnostics('error', DIAGNOSTICS_KEPT);
  readonly warnings = new Diagnostics('warning', DIAGNOSTICS_KEPT);
  readonly at: Located;
  /** Where each attribute that was read stands, for reasons that are found later. */
  readonly places = new Map<string, Located>();
  readonly #instances = new Map<RuleSetting, Instance[]>();

  constructor(group: Located) {
    this.at = group;
    const object = openObject(group);
    if (object === undefined) {
      this.faults.add('wrongType', group, 'A rule must be an object.');
      return;
    }
    reportCollisions(object, this.faults);
    for (const children of object.all('children')) {
      for (const instance of instancesBelow(children, this.faults)) this.#add(instance);
    }
  }

  #add(instance: Instance): void {
    for (const id of instance.ids) {
      const setting = SETTING_BY_ID.get(id);
      if (setting === undefined) continue;
      const same = this.#instances.get(setting);
      if (same === undefined) this.#instances.set(setting, [instance]);
      else same.push(instance);
    }
    const [id] = instance.ids;
    if (id === undefined) {
      this.faults.add('missing', instance.object, 'A setting does not say of which definition it is.');
    } else if (!instance.ids.some((each) => SETTING_BY_ID.has(each))) {
      this.faults.add(
        'unknownSetting',
        instance.object,
        `"${shownText(instance.id)}" is not a known setting of a rule.`,
      );
    }
  }

  /** Every instance of the setting. */
  all(setting: RuleSetting): readonly Instance[] {
    return this.#instances.get(setting) ?? [];
  }

  /** The only instance; undefined when there is none, or, with a fault, when there are several. */
  one(setting: RuleSetting): Instance | undefined {
    const [only, second] = this.all(setting);
    if (second === undefined && (only?.ids.length ?? 1) === 1) return only;
    this.faults.add('givenTwice', second?.object ?? this.at, `Setting "${setting}" is given more than once.`);
    return undefined;
  }
}
