/** Where each setting in force comes from, for people who wonder why (decision S2). */
import type { Sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import type { Effect } from '../../model/effect.ts';
import type { PolicyDocument } from '../../model/policy.ts';
import type { EffectiveSettings, SettingName, SettingValue } from '../../model/settings.ts';
import { effectOf } from '../declaration/described.ts';
import { SETTING_ENTRIES } from '../declaration/settings.ts';

/** What a policy says of a setting. */
export interface SettingStatement {
  readonly id: string;
  readonly scope: 'device' | 'user';
  readonly value: SettingValue;
}

export interface SettingSource {
  readonly name: SettingName;
  /** In force; null: decided case by case, as the documentation of the setting says. */
  readonly value: SettingValue | null;
  /**
   * `builtIn`: no policy says anything. `policy`: what all say that say something. `conflict`: they disagree, and the
   * value is what the product does then.
   */
  readonly source: 'builtIn' | 'policy' | 'conflict';
  /** Every policy that says something about it and counts, with what it says. */
  readonly policies: readonly SettingStatement[];
  /** Policies of users' hives that nothing confirms, and whose value would grant: it does not count. Absent: none. */
  readonly unconfirmed?: readonly SettingStatement[];
  /** Absent: what is in force works. */
  readonly effect?: Effect;
}

/**
 * @param documents every policy in force
 * @param effective the settings of `user`, merged from them
 * @returns one entry per setting, in declared order
 */
export function settingSources(
  documents: readonly PolicyDocument[],
  user: Sid,
  effective: EffectiveSettings,
): readonly SettingSource[] {
  const applying = documents.filter(({ scope }) => scope.kind === 'device' || scope.sid === user);
  return SETTING_ENTRIES.map(([name, setting]) => {
    const policies: SettingStatement[] = [];
    const unconfirmed: SettingStatement[] = [];
    const leftOut = effective.leftOut.find(({ setting }) => setting === name)?.policies ?? [];
    for (const { id, scope, trust, settings } of applying) {
      const said = settings?.[name];
      // What a disabling policy says besides counts for nothing; the hive of a user disables nothing.
      const counts = name === 'enabled' || trust !== undefined || settings?.enabled !== false;
      if (said === undefined || !counts) continue;
      const isLeftOut = trust !== undefined && leftOut.includes(id);
      (isLeftOut ? unconfirmed : policies).push({ id, scope: scope.kind, value: said });
    }
    const isRestricted = new Set(policies.map(({ value }) => JSON.stringify(value))).size > 1;
    const conflict = isRestricted || effective.conflicts.some(({ setting }) => setting === name);
    const value = name === 'enabled' ? effective.clientState === 'enabled' : (effective[name] ?? null);
    const effect = effectOf(setting, value);
    return {
      name,
      value,
      source: conflict ? 'conflict' : policies.length > 0 ? 'policy' : 'builtIn',
      policies,
      ...(unconfirmed.length === 0 ? {} : { unconfirmed }),
      ...defined({ effect }),
    };
  });
}
