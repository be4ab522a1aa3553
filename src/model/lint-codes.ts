/**
 * Every code the linter says. `error`: somebody can become administrator, or the rule does not do what it says; `note`:
 * advice. Codes are stable, because pipelines suppress findings by them.
 */
interface LintCodeEntry {
  readonly severity: 'error' | 'warning' | 'note';
  readonly meaning: string;
  /** Why it matters, for the help of a report. */
  readonly help: string;
}

export const LINT_CODES = {
  'rule-rejected': {
    meaning: 'Rule or setting is rejected',
    severity: 'error',
    help: 'A rejected rule has no effect, but a rejected Deny still denies by what could be read of it. What is rejected outside of rules has no effect, and is of medium severity.',
  },
  'path-missing': {
    meaning: 'No file path',
    severity: 'warning',
    help: 'Without a path the rule holds for a copy of the file in any folder, together with the libraries somebody puts beside it.',
  },
  'path-writable': {
    meaning: 'File path that standard users can write',
    severity: 'error',
    help: 'Whoever can write the folder can put a library, a manifest or another file of the name there.',
  },
  'path-wildcard-covers-writable': {
    meaning: 'Path pattern covers a folder that standard users can write',
    severity: 'error',
    help: 'A pattern is as safe as the least protected folder it matches.',
  },
  'run-in-place': {
    meaning: 'Runs in a folder that standard users can write',
    severity: 'error',
    help: 'Windows loads libraries from the folder of the program first. A protected copy would leave them behind.',
  },
  'copied-folder': {
    meaning: 'Copies the folder of the program',
    severity: 'warning',
    help: 'Users choose what lies beside the program. Libraries of it are loaded only when the certificate of the rule signs them, and programs of it need that or a rule of their own; but settings, scripts, archives and libraries of .NET or Java are read as they are.',
  },
  'neighbours-unsigned': {
    meaning: 'Copied folder without a certificate',
    severity: 'warning',
    help: 'Of the libraries beside the program only those are loaded that the certificate of the rule signs.',
  },
  'gate-without-certificate': {
    meaning: 'Library gate without a certificate',
    severity: 'note',
    help: 'The gate then takes libraries only where nobody but administrators may write them and their folder.',
  },
  'package-arguments': {
    meaning: 'Arguments that no package is started with',
    severity: 'error',
    help: 'Windows Installer would read them in more than one way, or they name another package or another action. A request with them ends with EPM_ARGUMENTS_INVALID.',
  },
  'hours-never': {
    meaning: 'Times at which the rule never matches',
    severity: 'error',
    help: 'Beginning, end and hours exclude each other. A Deny that never matches denies nothing.',
  },
  'hours-over': {
    meaning: 'Rule that is over',
    severity: 'warning',
    help: 'A rule that has ended is kept for nothing, and a Deny that has ended leaves the file to other rules.',
  },
  'deny-hours': {
    meaning: 'Deny with hours',
    severity: 'warning',
    help: 'A Deny denies only within its hours. Whoever waits, or changes the time zone of the device, is not denied.',
  },
  'key-without-end': {
    meaning: 'Key of an approver without an end',
    severity: 'warning',
    help: 'Keys are lost and copied. One that ends by itself approves nothing afterwards, also where nobody noticed.',
  },
  'key-expired': {
    meaning: 'Key of an approver that has ended',
    severity: 'warning',
    help: 'Approvals that it signed do not count, those that are still running included.',
  },
  'key-any-user': {
    meaning: 'Key that approves for every user',
    severity: 'warning',
    help: 'Whoever gets hold of the key, or fools its holder once, has the file elevated for everybody on the device.',
  },
  'group-unknown': {
    meaning: 'Device group that no setting names',
    severity: 'note',
    help: 'Approvals for the group count on no device that this policy is for.',
  },
  'revocation-unknown': {
    meaning: 'Revocation of nothing',
    severity: 'warning',
    help: 'What was meant to be revoked still counts.',
  },
  'role-for-everybody': {
    meaning: 'Role for everybody',
    severity: 'error',
    help: 'Rights over policy and requests are then those of the people whom EPM is to keep from administering.',
  },
  'notification-secret': {
    meaning: 'Password or key in the policy',
    severity: 'error',
    help: 'Every user of the device can read its policy. Give the secret to the agent with epm agent secret set, and name it in the entry.',
  },
  'notification-events-untold': {
    meaning: 'Receivers, but none for new requests',
    severity: 'note',
    help: 'Nobody is told when somebody asks for an approval, which is what approvers wait for.',
  },
  'request-directory': {
    meaning: 'Starts in a folder that the requester chooses',
    severity: 'warning',
    help: 'Windows searches the working directory for libraries that it finds neither beside the program nor in the folders of Windows, and programs read files there by a name without a path.',
  },
  'kept-privileges-unused': {
    meaning: 'Kept privileges without effect',
    severity: 'note',
    help: 'Privileges are kept only where they are reduced, by the rule or by a settings policy.',
  },
  'kept-privilege-reaches-others': {
    meaning: 'Keeps a privilege that reaches every program',
    severity: 'error',
    help: 'Whoever may debug opens programs of the system and other elevated ones, and becomes what they are. Reducing privileges then keeps nobody from anything.',
  },
  'privileges-not-reduced': {
    meaning: 'Rule that keeps every privilege',
    severity: 'note',
    help: 'The settings of the policy reduce privileges, and this rule does not.',
  },
  'account-shared': {
    meaning: 'One isolated account for all programs of a person',
    severity: 'note',
    help: 'Programs that share an account also share its profile and can open one another.',
  },
  'user-folders': {
    meaning: 'Works in folders of the person',
    severity: 'note',
    help: 'A link that a standard user puts in the place of a file leads what the program writes to any other file.',
  },
  'certificate-and-name-only': {
    meaning: 'Certificate and file name only',
    severity: 'error',
    help: 'The file name is not part of what is signed: every program of the publisher can be renamed to it.',
  },
  'certificate-broad': {
    meaning: 'Certificate without a product',
    severity: 'warning',
    help: 'A publisher may sign everything with one certificate. Product name, internal name and description of a program are signed and narrow the rule to it; those of a package mostly are not.',
  },
  'authority-broad': {
    meaning: 'Certificate authority without a product',
    severity: 'error',
    help: 'A certificate authority signs for many publishers; everybody who bought a certificate from it can sign a program that fits.',
  },
  'certificate-expired': {
    meaning: 'Expired certificate',
    severity: 'error',
    help: 'An expired certificate makes the rule fail, unless the rule or the policy accepts timestamped signatures.',
  },
  'certificate-expires-soon': {
    meaning: 'Certificate expires within 60 days',
    severity: 'warning',
    help: 'Programs signed with the next certificate of the publisher will not match.',
  },
  'certificate-not-yet-valid': {
    meaning: 'Certificate is not valid yet',
    severity: 'warning',
    help: 'The rule matches nothing before the certificate becomes valid.',
  },
  'old-versions': {
    meaning: 'Certificate without a minimum version',
    severity: 'note',
    help: 'An older version with a known weakness carries the same signature.',
  },
  'package-texts': {
    meaning: 'Texts of packages whose signature does not cover them',
    severity: 'warning',
    help: 'The signature of a package covers the bytes of its streams, not where each begins and ends. Product name, version and description count beside a certificate only for a package that also holds the digest over names and sizes (`MsiDigitalSignatureEx`), which not all do. A Deny takes other packages for what it asks.',
  },
  'automatic-without-hash': {
    meaning: 'Automatic rule without hash',
    severity: 'warning',
    help: 'An automatic rule elevates without asking anybody. A hash makes sure that it is this very file.',
  },
  'host-without-arguments': {
    meaning: 'Shell, interpreter or tool that runs what its arguments say',
    severity: 'error',
    help: 'Elevate a certain script or command line, not the program that runs it.',
  },
  'host-never-elevated': {
    meaning: 'Rule for an interpreter that never elevates',
    severity: 'error',
    help: 'An automatic rule, and a rule without a literal file name, elevate an interpreter only with an argument list.',
  },
  'way-out': {
    meaning: 'Program with which people become administrators',
    severity: 'error',
    help: 'It runs or loads what it is told, writes any file, or opens a shell or a file dialog. Whoever has it elevated needs nothing else. `allowInterpreter` says that this is meant.',
  },
  'system-folder': {
    meaning: 'Every tool of Windows',
    severity: 'error',
    help: 'All programs of Windows carry the same certificates and the same product, and among them are tools that change any file, account or service.',
  },
  browser: {
    meaning: 'Browser',
    severity: 'warning',
    help: 'A browser runs code of websites and opens files and programs. All of that then has administrator rights.',
  },
  'argument-path-writable': {
    meaning: 'Argument names a file that standard users can write',
    severity: 'error',
    help: 'What the elevated program reads can be changed by whoever asks for it.',
  },
  'argument-unfixed': {
    meaning: 'Argument names a file by a relative path or a variable',
    severity: 'error',
    help: 'Where it lies is settled by folders and variables at the start, not by the rule. Arguments are compared as they are written; nothing in them is replaced.',
  },
  'argument-address': {
    meaning: 'Argument names an address from which code is loaded',
    severity: 'error',
    help: 'The rule says nothing of what lies there, and who answers for an address can change.',
  },
  'argument-encoded': {
    meaning: 'Command that nobody can read',
    severity: 'warning',
    help: 'A command in base64 is fixed, but whoever approves the policy cannot see what it does.',
  },
  'argument-secret': {
    meaning: 'Secret in an argument list',
    severity: 'error',
    help: 'Policies are readable on the device, and arguments are visible to other programs.',
  },
  'children-allowed': {
    meaning: 'All child processes run elevated',
    severity: 'warning',
    help: 'A program that opens files, links or a shell gives everything it starts administrator rights.',
  },
  'current-user': {
    meaning: "Elevates the person's own account",
    severity: 'warning',
    help: 'The program shares the profile with programs that are not elevated, which can change what it reads.',
  },
  'hash-and-wildcard': {
    meaning: 'Hash and wildcard together',
    severity: 'note',
    help: 'A hash names one file; a wildcard in its name adds nothing.',
  },
  'start-not-seen': {
    meaning: 'Elevation requests of this rule are not detected',
    severity: 'note',
    help: 'Windows tells of the start of a program by its file name only, so a rule for one has to say it.',
  },
  'deny-evaded': {
    meaning: 'Deny that a copy evades',
    severity: 'warning',
    help: 'Name and place of a file are its user’s to choose. A hash or a certificate stays with the file.',
  },
  'deny-from-version': {
    meaning: 'Deny that leaves out older versions',
    severity: 'warning',
    help: 'A minimum version means this one and higher ones, on a Deny too. Older versions are those with known weaknesses.',
  },
  'deny-one-file': {
    meaning: 'Deny of one file',
    severity: 'note',
    help: 'A hash names one file. The same program in another version, or with one byte changed, is another file.',
  },
  'deny-arguments': {
    meaning: 'Deny of certain command lines',
    severity: 'warning',
    help: 'Arguments are compared as a whole and with case, and the call without arguments is not among them. Most programs take the same thing written in another way.',
  },
  'automatic-validation': {
    meaning: 'Automatic rule with validations',
    severity: 'warning',
    help: 'An automatic rule asks nobody, so that nobody gives a justification or a password.',
  },
  'support-validation': {
    meaning: 'Support approved rule with Windows authentication',
    severity: 'warning',
    help: 'Approval takes the place of validations; a rule of this type asks for no password.',
  },
  'arguments-open': {
    meaning: 'Arguments are required, and all are allowed',
    severity: 'warning',
    help: 'Without a list the requirement only refuses the call without arguments, which is mostly the harmless one.',
  },
  'looser-wins': {
    meaning: 'Rule that a looser one beats',
    severity: 'warning',
    help: 'Of two rules without or with a hash the one with more attributes wins, however little it asks for.',
  },
  'disabled-restriction': {
    meaning: 'Restrictions in a policy that disables EPM',
    severity: 'warning',
    help: 'The other settings of a policy that disables EPM never count, and its Deny rules only where another policy enables it.',
  },
  shadowed: {
    meaning: 'Rule that another always beats',
    severity: 'warning',
    help: 'Every file that matches this rule also matches one that comes first.',
  },
  'never-matches': {
    meaning: 'Rule that matches no file',
    severity: 'warning',
    help: 'An attribute asks for something that files of this type do not have.',
  },
  'default-response-confirmation': {
    meaning: 'Default response lets people elevate almost anything',
    severity: 'error',
    help: 'Prefer denial or support approval for files that no rule names.',
  },
  'validation-unused': {
    meaning: 'Validation without effect',
    severity: 'note',
    help: 'Validations of the default response count only when it asks for a confirmation.',
  },
  'nothing-enabled': {
    meaning: 'Rules without a policy that enables EPM',
    severity: 'note',
    help: 'Rules work only where a policy with settings enables the client; it may be another one.',
  },
  disabled: {
    meaning: 'Policy disables EPM',
    severity: 'warning',
    help: 'While EPM is off nothing is elevated, and after seven days its data is removed.',
  },
  'timestamp-refused': {
    meaning: 'Timestamped signatures are refused',
    severity: 'note',
    help: 'Many signed programs have a certificate that expired since, and a timestamp from before; rules by certificate miss them, although Windows trusts them.',
  },
  'revocation-ignored': {
    meaning: 'Unknown revocation is accepted',
    severity: 'warning',
    help: 'Whoever cuts the device from the network keeps it from learning that a certificate was revoked.',
  },
  'deny-without-children': {
    meaning: 'Deny rules do not reach child processes',
    severity: 'warning',
    help: 'A program whose rule allows all child processes starts denied programs, too, with administrator rights.',
  },
  'digest-differs': {
    meaning: 'Digest that does not fit the policy',
    severity: 'error',
    help: 'A device takes the policy only when all of what the digest was made of is there; until then it keeps its last good one, and without one elevates nothing.',
  },
  'digest-missing': {
    meaning: 'Policy without a digest',
    severity: 'note',
    help: 'Nothing tells a device when all values have arrived. It waits until changes pause, and on a busy machine may decide by half a policy, in which a Deny is missing.',
  },
  'no-effect': {
    meaning: 'Nothing in this version does anything about it',
    severity: 'note',
    help: 'The policy may hold it, and it is delivered and shown; but this version does not act on it, and what asks for it is not elevated.',
  },
} as const satisfies Readonly<Record<string, LintCodeEntry>>;

export type LintCode = keyof typeof LINT_CODES;
