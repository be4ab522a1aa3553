import { describe, expect, it } from 'vitest';
import { readMdmAnswer } from '../../../../../src/policy/formats/mdm/mdm-answer.ts';
import { ANSWER, INTUNE, OTHER, PAYLOADS, rulePayload, USER, values, won } from './mdm-answers.ts';

describe('what MDM delivered, from an answer written for the test', () => {
  it('is read with what comes out of it', () => {
    const delivery = readMdmAnswer(ANSWER);
    expect(delivery).toMatchObject({
      bridge: 'noClass',
      enrollments: [{ id: INTUNE, provider: 'MS DM Server', state: '1' }],
      admx: [{ enrollment: INTUNE, id: 'EPM_1_1' }],
      problems: [],
    });
    expect(delivery.items).toEqual(
      Object.entries(PAYLOADS).map(([name, payload]) => {
        return { scope: { kind: 'device' }, name, provider: INTUNE, state: 'inForce', payload };
      }),
    );
    expect(delivery.policies).toMatchObject([
      {
        scope: { kind: 'device' },
        settings: { enabled: true, defaultElevationResponse: 'requireUserConfirmation' },
        rules: [{ name: 'Tool', type: 'deny', fileName: 'tool.exe' }],
        rejected: [],
      },
    ]);
  });

  it('is nothing on a device that nobody manages', () => {
    const nothing = { ...ANSWER, current: [], providers: [], admx: [], enrollments: [] };
    const bridge = { state: 'absent', error: '', instances: [] };
    expect(readMdmAnswer({ ...nothing, bridge })).toEqual({
      bridge: 'absent',
      enrollments: [],
      admx: [],
      items: [],
      policies: [],
      problems: [],
    });
    const failed = { state: 'failed', error: 'Access denied ', instances: [] };
    expect(readMdmAnswer({ ...nothing, bridge: failed })).toMatchObject({ bridgeError: 'Access denied ' });
  });

  it('takes only the value of the server that won', () => {
    const providers = [
      { id: OTHER, scope: 'Device', values: values({ EnableEPM: '<disabled/>' }) },
      ...ANSWER.providers,
    ];
    const current = [{ id: '', scope: 'device', values: won(`{${INTUNE.toUpperCase()}}`, Object.keys(PAYLOADS)) }];
    const delivery = readMdmAnswer({ ...ANSWER, current, providers });
    expect(delivery.items.filter(({ name }) => name === 'EnableEPM')).toMatchObject([
      { provider: OTHER, state: 'lost' },
      { provider: INTUNE, state: 'inForce' },
    ]);
    expect(delivery.policies).toMatchObject([{ settings: { enabled: true } }]);
    // A value that the device never merged is not in force either.
    const unmerged = readMdmAnswer({ ...ANSWER, current: [] });
    expect(unmerged.items.map(({ state }) => state)).toEqual(['unused', 'unused', 'unused']);
    expect(unmerged.policies).toEqual([]);
  });

  it('keeps the device and each user apart', () => {
    const user = { EnableEPM: '<disabled/>' };
    const delivery = readMdmAnswer({
      ...ANSWER,
      current: [...ANSWER.current, { id: '', scope: USER, values: won(INTUNE, ['EnableEPM'], USER) }],
      providers: [...ANSWER.providers, { id: INTUNE, scope: USER, values: values(user) }],
    });
    expect(delivery.policies).toMatchObject([
      { scope: { kind: 'device' }, settings: { enabled: true } },
      { scope: { kind: 'user', sid: USER }, settings: { enabled: false }, rules: [] },
    ]);
  });

  it('believes a class of the bridge before the registry', () => {
    const properties = [
      { name: 'InstanceID', data: 'EPM' },
      { name: 'ParentID', data: './Vendor/MSFT/Policy/Result' },
      { name: 'EnableEPM', data: '<disabled/>' },
    ];
    const bridge = { state: 'answered', error: '', instances: [{ values: properties }] };
    const delivery = readMdmAnswer({ ...ANSWER, bridge });
    expect(delivery.items.filter(({ name }) => name === 'EnableEPM')).toEqual([
      { scope: { kind: 'device' }, name: 'EnableEPM', state: 'inForce', payload: '<disabled/>' },
    ]);
    expect(delivery.policies).toMatchObject([{ settings: { enabled: false }, rules: [{ name: 'Tool' }] }]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['an unknown name', { NoSuchPolicy: '<enabled/>' }, 'unknownMember'],
    ['a payload that is no XML', { Rules: '<enabled/><data' }, 'payloadRefused'],
    ['a payload that does not fit', { EnableEPM: '<enabled/><data id="x" value="1"/>' }, 'payloadRefused'],
    ['a value outside of its limits', { DefaultElevationResponse: PAYLOADS['EnableEPM'] ?? '' }, 'payloadRefused'],
  ])('reports %s and takes the rest', (_, more, code) => {
    const payloads = { ...PAYLOADS, ...more };
    const delivery = readMdmAnswer({
      ...ANSWER,
      current: [{ id: '', scope: 'device', values: won(INTUNE, Object.keys(payloads)) }],
      providers: [{ id: INTUNE, scope: 'Device', values: values(payloads) }],
    });
    expect(delivery.problems).toMatchObject([
      { code, place: { omaUri: `./Device/Vendor/MSFT/Policy/Config/EPM~Policy~EPM/${Object.keys(more)[0]}` } },
    ]);
    expect(delivery.policies).toHaveLength(1);
  });

  it('reports what should hold and has no payload', () => {
    const delivery = readMdmAnswer({ ...ANSWER, providers: [] });
    expect(delivery.items.map(({ state }) => state)).toEqual(['missing', 'missing', 'missing']);
    expect(delivery.problems.map(({ code }) => code)).toEqual(Array(3).fill('payloadMissing'));
    expect(delivery.policies).toEqual([]);
  });

  it('reads a rule that cannot be taken as rejected', () => {
    const payloads = { Rules: rulePayload('Odd', { type: 'deny', fileName: '*.exe', odd: 1 }) };
    const delivery = readMdmAnswer({
      ...ANSWER,
      current: [{ id: '', scope: 'device', values: won(INTUNE, ['Rules']) }],
      providers: [{ id: INTUNE, scope: 'device', values: values(payloads) }],
    });
    expect(delivery.policies).toMatchObject([{ rules: [], rejected: [{ name: 'Odd' }] }]);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['no object', []],
    ['no list', { ...ANSWER, providers: {} }],
    ['a list that is too long', { ...ANSWER, admx: Array.from({ length: 10_001 }, () => ANSWER.admx[0]) }],
    ['a number in place of a text', { ...ANSWER, enrollments: [{ id: 1, provider: '', state: '' }] }],
    ['a text that is too long', { ...ANSWER, admx: [{ enrollment: '', id: 'x'.repeat(1024 * 1024 + 1) }] }],
    ['a scope that is none', { ...ANSWER, current: [{ scope: 'everybody', values: [] }] }],
    ['a state that is none', { ...ANSWER, bridge: { state: 'fine', error: '', instances: [] } }],
    ['a key that may not be read', { ...ANSWER, denied: ['SOFTWARE\\Microsoft\\PolicyManager\\providers'] }],
  ])('refuses %s', (_, answer) => {
    expect(() => readMdmAnswer(answer)).toThrow(expect.objectContaining({ code: 'EPM_MDM_UNREADABLE' }));
  });
});
