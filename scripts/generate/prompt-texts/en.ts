import type { PromptLanguage } from './texts.ts';

const AGAIN = 'Start it again when you want to.';
const ASK = 'Ask support for a rule if you need this program.';

export const language: PromptLanguage = {
  tag: 'en',
  rightToLeft: false,
  texts: {
    title: 'Elevated access',
    confirmHeading: 'Run this program with elevated access?',
    confirmText:
      'It can change this device and what everybody keeps on it. Continue only if you started it yourself and trust where it comes from.',
    approvalHeading: 'Ask support to approve this program?',
    approvalText: 'Support sees the program, your name and your reason, and decides.',
    pendingHeading: 'Your request waits for support',
    pendingText: 'Nothing was started. Once support has approved the request, start the program again in the same way.',
    approvedHeading: 'Support approved your request',
    approvedText: 'Start the program again in the same way, and it runs with elevated access.',
    approvedUntil: 'The approval ends: {time}',
    deniedHeading: 'This program was not elevated',
    notManagedHeading: 'This program is not managed',
    program: 'Program',
    publisher: 'Publisher',
    unknownPublisher: 'Unknown publisher',
    file: 'File',
    arguments: 'Arguments',
    noArguments: 'None',
    rule: 'Rule',
    defaultRule: 'None; default response',
    digest: 'SHA-256 begins',
    fromInternet: 'This file comes from the internet.',
    reasonLabel: '&Why do you need elevated access?',
    chooseReason: 'C&hoose a reason',
    reasonCount: '{count} of 256 characters',
    reasonTooLong: '{count} of 256 characters: too long',
    reasonNeeded: 'A reason is needed.',
    authenticationText: 'Windows then asks you to sign in once more.',
    credentialCaption: 'Elevated access',
    credentialMessage: 'Sign in as {user} to run {program}.',
    credentialImpossible: 'Windows cannot show its sign-in window here.',
    yes: '&Continue',
    no: 'Cancel',
    send: '&Send request',
    close: 'Close',
    timeLeft: 'Time left: {time}',
    closesIn: 'Closes in {time}',
    support: 'Support',
    why: 'Reason',
    next: 'Next step',
    code: 'Code',
    comment: 'Support says',
    request: 'Request',
  },
  answers: {
    requestDenied: {
      heading: 'Support denied your request',
      why: 'Support does not want this program to run with elevated access.',
      next: 'Ask again with another reason if you need it all the same.',
    },
    requestExpired: {
      heading: 'Your request is over',
      why: 'Nobody answered it in time.',
      next: 'If you still need the program, start it again in the same way to ask once more.',
    },
    approvalExpired: {
      heading: 'Your approval has ended',
      why: 'The time for which support approved the program is over.',
      next: 'If you still need the program, start it again in the same way to ask once more.',
    },
    approvalRevoked: {
      heading: 'Support took its approval back',
      why: 'The program does not start with elevated access any more.',
      next: 'Ask support why, or start the program again in the same way to ask once more.',
    },
    approvalWithoutEffect: {
      heading: 'Your approval has no effect now',
      why: 'Support approved this program, but on this device the approval does not count now.',
      next: 'Tell support the number of the request and the code.',
    },
  },
  reasons: {
    denyRule: { why: 'A rule of your organization denies this program.', next: 'Ask support if you need it.' },
    defaultResponse: { why: 'No rule of your organization allows this program.', next: ASK },
    fileRefused: {
      why: 'Files of this kind, or at this place, are not accepted.',
      next: 'Start an .exe, .msi or .ps1 file that lies on a local drive of this device.',
    },
    elevatedRequester: {
      why: 'A program that runs with elevated access cannot start another one this way.',
      next: 'Start it from your ordinary desktop.',
    },
    userWritableFile: {
      why: 'People without administrator rights may change this file or its folder, and your organization refuses such files.',
      next: 'Ask support to install it where only administrators may write.',
    },
    hostNeedsArguments: {
      why: 'This program runs whatever its arguments say, so it needs arguments that a rule lists.',
      next: 'Start the script or program itself, or ask support for a rule with these arguments.',
    },
    argumentsNotAllowed: {
      why: 'The arguments change what is installed, and no rule lists them.',
      next: 'Leave them out, or ask support for a rule with these arguments.',
    },
    notYourFile: {
      why: 'There is no such file, or you may not read and run it yourself.',
      next: 'Check the path, or ask its owner for the right to read and run it.',
    },
    scriptHostMissing: {
      why: 'The script needs PowerShell 6 or later, which is not installed for all users of this device.',
      next: 'Ask support to install PowerShell 7 for all users.',
    },
    budgetUsed: {
      why: 'You have used up what your policy gives you for today.',
      next: 'Programs that run go on. Ask again tomorrow, or ask your administrator.',
    },
    accountUnavailable: {
      why: 'Windows gave no isolated account to run the program under.',
      next: 'Tell support; the audit of this device says which logon failed.',
    },
    workingDirectoryRefused: {
      why: 'The program may not start in this folder.',
      next: 'Start it from a folder on a local drive that is yours alone.',
    },
    inputRefused: {
      why: 'The rule gives the program a desktop of its own, where it takes no input.',
      next: 'Start it without input.',
    },
    consentDeclined: { why: 'You answered no.', next: AGAIN },
    consentExpired: { why: 'The question was not answered in time.', next: AGAIN },
    consentSessionLeft: {
      why: 'The session was locked, disconnected or left while the question was open.',
      next: AGAIN,
    },
    consentWindowLost: {
      why: 'The window with the question ended without an answer.',
      next: 'Start it again. If this happens again, tell support: another program may have closed the window.',
    },
    consentUnavailable: { why: 'The question cannot be shown in this session.', next: 'Tell support.' },
    consentCancelled: { why: 'The request was taken back before you answered.', next: AGAIN },
    needsApproval: {
      why: 'Support must approve this program first, and cannot be asked here.',
      next: 'Tell support which program you need.',
    },
    clientDisabled: {
      why: 'Your organization has switched elevation off on this device.',
      next: 'Ask support.',
    },
    noPolicy: {
      why: 'This device has no elevation policy for you yet.',
      next: 'Wait for the next policy sync, or ask support.',
    },
    administrator: {
      why: 'You are an administrator of this device, and can elevate by yourself.',
      next: 'Use "Run as administrator".',
    },
    noRule: { why: 'No rule elevates this program.', next: ASK },
    notAutomatic: { why: 'No rule elevates this program by itself.', next: 'Choose "Run with elevated access".' },
    detectionOff: {
      why: 'Programs that ask Windows for elevation are not judged on this device.',
      next: 'Choose "Run with elevated access".',
    },
    EPM_AUTHENTICATION_FAILED: {
      why: 'Windows did not accept the sign-in, or it was that of another user.',
      next: 'Start it again and sign in as yourself.',
    },
    EPM_AUTHENTICATION_LIMIT: {
      why: 'The sign-in failed too often.',
      next: 'Wait an hour, or ask support.',
    },
    EPM_AGENT_BUSY: { why: 'Too many requests are open.', next: 'Answer or close them, then start it again.' },
    EPM_FILE_NOT_FOUND: { why: 'The file is not there any more.', next: 'Check the path.' },
    EPM_FILE_TOO_LARGE: { why: 'The file is larger than your organization allows.', next: 'Ask support.' },
    EPM_TICKET_INVALID: { why: 'The file or the request changed after you were asked.', next: 'Start it again.' },
    failed: { why: 'The request failed.', next: 'Tell support the code.' },
  },
};
