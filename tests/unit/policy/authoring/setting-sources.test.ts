import { expect, it } from 'vitest';
import { mergeSettings } from '../../../../src/engine/settings-merge.ts';
import { type Sid, sid } from '../../../../src/model/brands.ts';
import type { PolicyDocument, PolicyScope } from '../../../../src/model/policy.ts';
import type { SettingName, SettingsInput } from '../../../../src/model/settings.ts';
import { SETTINGS } from '../../../../src/model/settings.ts';
import { settingSources } from '../../../../src/policy/authoring/setting-sources.ts';

const ANN = sid('S-1-5-21-1-2-3-1001');
const DEVICE: PolicyScope = { kind: 'device' };
const policy = (id: string, settings: SettingsInput, scope: PolicyScope = DEVICE): PolicyDocument => ({
  id,
  scope,
  settings,
  rules: [],
  rejected: [],
});
const sources = (documents: readonly PolicyDocument[], user: Sid = ANN) =>
  new Map(settingSources(documents, user, mergeSettings(documents, user)).map((entry) => [entry.name, entry]));

it('lists every setting, with its built-in value when no policy says anything', () => {
  const found = sources([policy('a', { enabled: true })]);
  expect([...found.keys()]).toEqual(Object.keys(SETTINGS) as SettingName[]);
  expect(found.get('maximumFileSize')).toEqual({
    name: 'maximumFileSize',
    value: 4096,
    source: 'builtIn',
    policies: [],
  });
  expect(found.get('revocationUnknown')).toMatchObject({ value: null, source: 'builtIn' });
});

it('names the policies a value comes from, of the device and of this user only', () => {
  const own = policy('own', { blockInternetFiles: true }, { kind: 'user', sid: ANN });
  const other = policy('other', { blockInternetFiles: false }, { kind: 'user', sid: sid('S-1-5-21-1-2-3-1002') });
  const found = sources([policy('a', { enabled: true, blockInternetFiles: true }), own, other]);
  expect(found.get('blockInternetFiles')).toEqual({
    name: 'blockInternetFiles',
    value: true,
    source: 'policy',
    policies: [
      { id: 'a', scope: 'device', value: true },
      { id: 'own', scope: 'user', value: true },
    ],
  });
});

it('shows a conflict with what each policy says and what holds', () => {
  const found = sources([
    policy('a', { enabled: true, defaultElevationResponse: 'requireSupportApproval' }),
    policy('b', { enabled: false, defaultElevationResponse: 'requireUserConfirmation' }),
    policy('c', { defaultElevationResponse: 'denyAll' }),
  ]);
  expect(found.get('enabled')).toMatchObject({ value: true, source: 'conflict' });
  expect(found.get('enabled')?.policies).toHaveLength(2);
  // The disabling policy does not take part.
  expect(found.get('defaultElevationResponse')).toMatchObject({
    value: 'denyAll',
    source: 'conflict',
    policies: [{ id: 'a' }, { id: 'c' }],
  });
});

it('shows what only the hive of a user says: as in force where it restricts, else as left out', () => {
  const hive: PolicyDocument = {
    ...policy('own', { enabled: true, blockInternetFiles: true, maximumFileSize: 8192 }, { kind: 'user', sid: ANN }),
    trust: 'unconfirmed',
  };
  const found = sources([policy('a', { enabled: true, blockInternetFiles: false, maximumFileSize: 10 }), hive]);
  expect(found.get('enabled')).toMatchObject({
    source: 'policy',
    policies: [{ id: 'a' }],
    unconfirmed: [{ id: 'own', scope: 'user', value: true }],
  });
  expect(found.get('blockInternetFiles')).toMatchObject({
    value: true,
    source: 'conflict',
    policies: [{ id: 'a' }, { id: 'own' }],
  });
  expect(found.get('maximumFileSize')).toMatchObject({
    value: 10,
    source: 'policy',
    policies: [{ id: 'a' }],
    unconfirmed: [{ id: 'own', value: 8192 }],
  });
});
