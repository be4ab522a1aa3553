/** What can be said about the settings of a policy. */
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { Remark } from './finding.ts';

export function checkSettings({ settings, rules, problems }: PolicyFile): readonly Remark[] {
  const remarks: Remark[] = problems.map((problem) => ({
    id: 'rule-rejected',
    severity: 'medium',
    place: problem.place,
    ...(problem.line === undefined ? {} : { line: problem.line }),
    message: problem.message,
    advice: 'Correct or remove it; it has no effect.',
  }));
  if (settings === undefined) {
    if (rules.length === 0) return remarks;
    return [
      ...remarks,
      {
        id: 'nothing-enabled',
        place: '/settings',
        message: 'This policy has no settings; its rules work only where another policy enables EPM.',
        advice: 'Set "enabled": true here, or assign a policy that does to the same devices.',
      },
    ];
  }
  if (settings.enabled === false) {
    remarks.push({
      id: 'disabled',
      place: '/settings/enabled',
      message: 'Unless another policy enables EPM, nothing is elevated and its data is removed after seven days.',
      advice: 'Set "enabled": true when EPM is to work.',
    });
  }
  const confirms = settings.defaultElevationResponse === 'requireUserConfirmation';
  if (confirms) {
    remarks.push({
      id: 'default-response-confirmation',
      place: '/settings/defaultElevationResponse',
      message: 'A standard user can elevate almost any file by confirming it, one he has written himself included.',
      advice: 'Use denyAll or requireSupportApproval.',
    });
  } else if ((settings.defaultValidations?.length ?? 0) > 0) {
    remarks.push({
      id: 'validation-unused',
      place: '/settings/defaultValidations',
      message: 'The default response asks nobody for a confirmation, so the validations have no effect.',
      advice: 'Remove defaultValidations.',
    });
  }
  if (settings.acceptTimestamped === true) {
    remarks.push({
      id: 'timestamp-accepted',
      place: '/settings/acceptTimestamped',
      message: 'Every rule takes files whose certificate has expired, when a timestamp is older.',
      advice: 'Set acceptTimestamped on the rules that need it.',
    });
  }
  if (settings.revocationUnknown === 'accept') {
    remarks.push({
      id: 'revocation-ignored',
      place: '/settings/revocationUnknown',
      message: 'A standard user can unplug the network and elevate a program whose certificate was revoked.',
      advice: 'Leave it out: automatic rules then refuse, and others note it.',
    });
  }
  if (settings.denyReachesChildren === false) {
    remarks.push({
      id: 'deny-without-children',
      place: '/settings/denyReachesChildren',
      message: 'A standard user can start a denied program with administrator rights from one that may start anything.',
      advice: 'Leave it out: a Deny then also ends child processes.',
    });
  }
  return remarks;
}
