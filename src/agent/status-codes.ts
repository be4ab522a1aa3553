/** Everything the agent's status can warn of. Programs read the code; it is never reused for another meaning. */
export const STATUS_CODES = {
  testBuild: { meaning: 'The agent is a build for the test bed, whose accounts give no protection.' },
  notWindows: { meaning: 'The agent runs in Wine and elevates nothing.' },
  policyFault: {
    meaning:
      'A policy delivered to the device or to the reader cannot be used. `errorCode` says why; `lastGood`: the last good policy stays in force, otherwise nothing is elevated.',
  },
  otherUserPolicyFault: {
    meaning: 'The policy of another user cannot be used. `userSid` says whose, `errorCode` why.',
  },
  moreUserPolicyFaults: {
    meaning: 'The policies of `users` more users cannot be used, or not wholly; the answer has no room for each.',
  },
  unconfirmedUserPolicy: {
    meaning:
      'Of the policy in the hive of the user `userSid`, `rules` rules and `settings` settings do not count, because nothing confirms them and they could grant.',
  },
  dataRemoval: {
    meaning: 'No policy enables EPM, and its data on this machine is removed in `seconds` unless one does.',
  },
  auditIncomplete: {
    meaning: '`records` audit records could not be written. Nothing is elevated until they can.',
  },
  journalIncomplete: {
    meaning:
      'The audit journal is not as the agent left it. `state` says how ([audit.md](audit.md#states)), `record` is the first record that is missing or not as it was, `noted` the newest one that was noted outside of it. It is said for as long as records are kept.',
  },
  copyFolderUnusable: {
    meaning:
      'No protected copy can be made, so that no program is elevated that users may write. `errorCode` says why.',
  },
  approvalsUnusable: {
    meaning: 'What is kept of approvals by support cannot be read, so that nothing is approved. `errorCode` says why.',
  },
  clockBehind: {
    meaning:
      'The clock is `seconds` behind a time that the device has seen, so that no approval has an effect until it is right.',
  },
  policyGrantsUnreadable: { meaning: '`grants` entries of the list `Grants` in policy are no approvals.' },
  notificationsUnusable: {
    meaning:
      'Messages to receivers of notifications cannot be kept, so that some may be lost. `errorCode` says why. Nothing else depends on it.',
  },
  receiverFailing: {
    meaning:
      'The receiver `receiver` of notifications has not taken a message since `since`, and `queued` wait for it. `fault` is one of those in [notifications.md](notifications.md#faults).',
  },
  brokerFailing: {
    meaning:
      'There is no connection to the broker `receiver` of the live channel. `fault` is one of those in [live-channel.md](live-channel.md#when-it-does-not-work). Nothing else depends on it.',
  },
  launchNotIntercepted: {
    meaning:
      'Rules name `programs` programs whose starts are not seen, `program` among them. `reason`: `foreignDebugger` or `foreignFilter`: something else has the option of that name; `ownProgram`, `partOfWindows`, `startedByAll`, `nameTooLong`: EPM leaves it alone ([launch.md](launch.md#what-is-seen)).',
  },
  launchOptionsFailed: {
    meaning:
      'The options by which Windows tells EPM of a start could not be written, or were changed. `errorCode` says why.',
  },
  memoryHigh: { meaning: 'The agent uses more memory than it should: `value` bytes, and `limit` is much already.' },
  handlesHigh: { meaning: 'The agent has `value` handles open; `limit` are many already.' },
  eventLoopSlow: {
    meaning: 'The agent did not come to its next task for `value` milliseconds; `limit` is long already.',
  },
  requestsStuck: {
    meaning: 'A request has had no answer for `value` milliseconds, though each is given up before `limit`.',
  },
  journalSlow: { meaning: 'An audit record took `value` milliseconds to be on the disk; `limit` is long already.' },
  endedItself: {
    meaning:
      'The agent ended itself `ends` times in a day because of its state, and Windows started it again. After the third time it goes on as it is.',
  },
  prerequisiteFailed: {
    meaning:
      'The machine is not as elevation needs it: `prerequisite` is the identifier of `epm check`, `found` what was found.',
  },
} as const;

export type StatusCode = keyof typeof STATUS_CODES;
