/**
 * Why a grant has no effect on a device at the moment, in the order in which people are told. Programs read the code; it is
 * never reused for another meaning.
 */
export const GRANT_FAULTS = {
  grantUnknownKey: {
    meaning: 'No approver’s key that the policy of the device lists has signed it.',
    hint: 'Wait until the policy with the key is on the device, or have it signed with a listed key.',
  },
  grantKeyRevoked: {
    meaning: 'The key that signed it is revoked by policy.',
    hint: 'Ask another approver.',
  },
  grantKeyExpired: {
    meaning: 'The key that signed it is not valid now.',
    hint: 'Have it signed with a key that is, or renew the key in policy.',
  },
  grantRevoked: {
    meaning: 'It was taken back, by policy or on the device.',
    hint: 'Ask support why, or ask for another approval.',
  },
  grantOtherDevice: {
    meaning: 'It is for another device, or for a group of devices that this one is not in.',
    hint: 'Use it on its own device. After a new installation a device has another identity: ask again.',
  },
  grantKeyMayNot: {
    meaning:
      'The key that signed it may not approve so much: not for any user, not for a group, not for this publisher, not for so long, or single starts only.',
    hint: 'Ask an approver who may, or have it signed within the limits of the key.',
  },
  grantClockBehind: {
    meaning: 'The clock of the device is more than five minutes behind a time that it has shown before.',
    hint: 'Set the clock right. Where the time before was wrong, see the page about approvals.',
  },
  grantNotYet: { meaning: 'Its time has not come yet.', hint: 'Wait, or compare the clocks.' },
  grantExpired: { meaning: 'Its time is over.', hint: 'Ask for another approval.' },
  grantUsed: { meaning: 'All starts that it admits were used.', hint: 'Ask for another approval.' },
  grantUseUnknown: {
    meaning:
      'It admits a number of starts only, and it is not known how many were used: the agent still reads its journal, or found another journal or state than it had left.',
    hint: 'Try again in a minute; then ask for another approval.',
  },
  grantOwnRequest: {
    meaning: 'Who signed it is who wants to use it, and policy wants two people.',
    hint: 'Ask another approver.',
  },
  grantApproverUnknown: {
    meaning:
      'Policy wants two people, and names the approver by a user principal name, which the device cannot compare with the user.',
    hint: 'Have policy name the approver by SID.',
  },
} as const;

export type GrantFault = keyof typeof GRANT_FAULTS;
