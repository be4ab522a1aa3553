/** Why an elevated program ended as it did, where its exit code says so; the command line and the module tell a person. */
interface ExitReasonRow {
  readonly message: string;
  /** The next step. */
  readonly hint: string;
}

export const EXIT_REASONS = {
  /** It ran from a protected copy, which has none of the files that lie beside the original. */
  neighboursMissing: {
    message:
      'It ran from a protected copy, because users may change the file or its folder, and a library that it needs was not found: it probably lies beside the file.',
    hint: 'Install the program where only administrators may write, such as Program Files, and elevate it there; or let the rule of an installer copy its folder (copyFolder).',
  },
  libraryRefused: {
    message: 'It was ended before the first instruction of a library that its rule does not let it load.',
    hint: 'The audit journal names the library. Somebody may have put it there; if it belongs to the program, install that where only administrators may write.',
  },
  tooManyProcesses: {
    message: 'It was ended with everything it had started, because it started too many processes in too short a time.',
    hint: 'The audit journal names what it started. An elevated program may start 1,000 processes at once, and 100 more a second.',
  },
  brokerGone: {
    message:
      'It was ended with everything it had started, because the part of EPM that watches what it starts had ended.',
    hint: 'Start it again. When it happens again, find out what ends epmbroker.exe.',
  },
  unseenProcess: {
    message: 'It was ended with everything it had started, because it started a process past the rules for children.',
    hint: 'A program that debugs others, or starts them under another parent, needs a rule that denies all children or another way to run.',
  },
  stopped: {
    message: 'It was ended on request, with everything it had started.',
    hint: 'Stop-EPMElevation or epm stop did so; the record of its end says who.',
  },
  restartNeeded: {
    message: 'The installation succeeded, and is complete after a restart.',
    hint: 'Restart Windows when it suits you.',
  },
  restartBegun: {
    message: 'The installation succeeded, and Windows restarts now.',
    hint: 'Save your work. /norestart keeps an installation from restarting Windows.',
  },
  installCancelled: {
    message: 'The installation was cancelled by the user, and nothing was changed.',
    hint: 'Start it again to install.',
  },
  installFailed: {
    message: 'The installation failed, and what it had changed was taken back.',
    hint: 'Look in the application log of Windows for "MsiInstaller". The package runs from a copy: files that lie beside it are not found.',
  },
  installerBusy: {
    message: 'Nothing was installed: another installation was running.',
    hint: 'Try again when the other installation has ended.',
  },
  packageUnopened: {
    message: 'Windows Installer could not open the package.',
    hint: 'Check that it is a whole installer package for this version of Windows.',
  },
  packageInvalid: {
    message: 'Windows Installer does not take the package for a valid one, or a file that belongs to it is missing.',
    hint: 'Get the package again; one that is made of several files cannot be elevated.',
  },
  packageForbidden: {
    message: 'A policy of Windows forbids this installation.',
    hint: 'Ask your administrator; software restriction and AppLocker rules, and the policies of Windows Installer, may be the cause.',
  },
  packageUnsupported: {
    message: 'The package is for another processor than that of this device.',
    hint: 'Get the package for 64-bit Windows.',
  },
  otherVersionInstalled: {
    message: 'Another version of this product is installed already.',
    hint: 'Remove that version first.',
  },
  sourceMissing: {
    message: 'Windows Installer needs the package that the product was installed from, which is not there any more.',
    hint: 'Elevate the original package again.',
  },
  installerArguments: {
    message: 'Windows Installer does not take these arguments.',
    hint: 'Check the arguments in the list of the rule.',
  },
} as const satisfies Readonly<Record<string, ExitReasonRow>>;

export type ExitReason = keyof typeof EXIT_REASONS;
