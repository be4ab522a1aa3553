# Generated from the sources of the core by `npm run generate`. Do not edit.

# The agent's pipes, and how many bytes a message has at most.
$script:PipeName = [ordered]@{
    user = 'ProtectedPrefix\Administrators\EPM\agent'
    administration = 'ProtectedPrefix\Administrators\EPM\administration'
}

$script:MaxMessage = 65536

$script:ProtocolVersion = 1

# The channels, and the pipes that serve each.
$script:ChannelPipe = [ordered]@{
    elevate = 'user'
    launch = 'user'
    test = 'user'
    policy = 'user administration'
    audit = 'user administration'
    status = 'user administration'
    reload = 'administration'
    elevations = 'user administration'
    stop = 'user administration'
    'support-requests' = 'user administration'
    'decide-request' = 'user administration'
    'import-grant' = 'user administration'
    grants = 'user administration'
    role = 'user administration'
    seal = 'administration'
    secrets = 'administration'
    'test-notification' = 'administration'
}

# Names of the client settings.
$script:SettingName = @(
    'enabled'
    'defaultElevationResponse'
    'defaultValidations'
    'allowElevationDetection'
    'sendData'
    'reportingScope'
    'revocationUnknown'
    'manageAdministrators'
    'denyReachesChildren'
    'denyEscapeTools'
    'blockInternetFiles'
    'acceptTimestamped'
    'userWritableFile'
    'reducedPrivileges'
    'secureConsent'
    'accountScope'
    'maximumFileSize'
    'maximumElevationsPerDay'
    'maximumElevatedMinutesPerDay'
    'fourEyes'
    'requestsFrom'
    'notifyUser'
    'deviceGroups'
    'journalDays'
    'additionalInterpreters'
    'promptInstructions'
    'supportContact'
    'cannedReasons'
)

# Words of parameters, and what the core calls each.
$script:PolicyFormat = [ordered]@{
    Json = 'json'
    Graph = 'graph'
    SyncML = 'syncml'
    IntuneCustomProfile = 'intune-profile'
    Reg = 'reg'
    RegistryPol = 'registry-pol'
}

$script:ElevationType = [ordered]@{
    Automatic = 'automatic'
    UserConfirmed = 'userConfirmed'
    CurrentUser = 'currentUser'
    SupportApproved = 'supportApproved'
    Deny = 'deny'
}

$script:Validation = [ordered]@{
    Justification = 'justification'
    Authentication = 'authentication'
}

$script:ChildProcess = [ordered]@{
    RequireRule = 'requireRule'
    Deny = 'deny'
    Allow = 'allow'
}

$script:RuleIdentity = [ordered]@{
    Hash = 'hash'
    Publisher = 'publisher'
}

$script:HashAlgorithm = [ordered]@{
    Sha256 = 'sha256'
    Sha384 = 'sha384'
    Sha512 = 'sha512'
}

$script:OutputEncoding = [ordered]@{
    Console = 'console'
    Utf8 = 'utf8'
    Utf16 = 'utf16'
}

$script:RequestStatus = [ordered]@{
    Pending = 'pending'
    Approved = 'approved'
    Denied = 'denied'
    Expired = 'expired'
    Revoked = 'revoked'
    Completed = 'completed'
}

$script:ReportName = [ordered]@{
    Overview = 'overview'
    Elevation = 'elevations'
    Managed = 'managed'
    ByApplication = 'applications'
    ByPublisher = 'publishers'
    ByUser = 'users'
    Denied = 'denied'
}

# Risks of findings, the worst first.
$script:Risk = @(
    'high'
    'medium'
    'low'
)

# What a person is told when a program ended for one of these reasons.
$script:ExitReasonText = [ordered]@{
    neighboursMissing = 'It ran from a protected copy, because users may change the file or its folder, and a library that it needs was not found: it probably lies beside the file. Install the program where only administrators may write, such as Program Files, and elevate it there; or let the rule of an installer copy its folder (copyFolder).'
    libraryRefused = 'It was ended before the first instruction of a library that its rule does not let it load. The audit journal names the library. Somebody may have put it there; if it belongs to the program, install that where only administrators may write.'
    tooManyProcesses = 'It was ended with everything it had started, because it started too many processes in too short a time. The audit journal names what it started. An elevated program may start 1,000 processes at once, and 100 more a second.'
    brokerGone = 'It was ended with everything it had started, because the part of EPM that watches what it starts had ended. Start it again. When it happens again, find out what ends epmbroker.exe.'
    unseenProcess = 'It was ended with everything it had started, because it started a process past the rules for children. A program that debugs others, or starts them under another parent, needs a rule that denies all children or another way to run.'
    stopped = 'It was ended on request, with everything it had started. Stop-EPMElevation or epm stop did so; the record of its end says who.'
    restartNeeded = 'The installation succeeded, and is complete after a restart. Restart Windows when it suits you.'
    restartBegun = 'The installation succeeded, and Windows restarts now. Save your work. /norestart keeps an installation from restarting Windows.'
    installCancelled = 'The installation was cancelled by the user, and nothing was changed. Start it again to install.'
    installFailed = 'The installation failed, and what it had changed was taken back. Look in the application log of Windows for "MsiInstaller". The package runs from a copy: files that lie beside it are not found.'
    installerBusy = 'Nothing was installed: another installation was running. Try again when the other installation has ended.'
    packageUnopened = 'Windows Installer could not open the package. Check that it is a whole installer package for this version of Windows.'
    packageInvalid = 'Windows Installer does not take the package for a valid one, or a file that belongs to it is missing. Get the package again; one that is made of several files cannot be elevated.'
    packageForbidden = 'A policy of Windows forbids this installation. Ask your administrator; software restriction and AppLocker rules, and the policies of Windows Installer, may be the cause.'
    packageUnsupported = 'The package is for another processor than that of this device. Get the package for 64-bit Windows.'
    otherVersionInstalled = 'Another version of this product is installed already. Remove that version first.'
    sourceMissing = 'Windows Installer needs the package that the product was installed from, which is not there any more. Elevate the original package again.'
    installerArguments = 'Windows Installer does not take these arguments. Check the arguments in the list of the rule.'
}

# The same of a child that was ended.
$script:EndedChildText = [ordered]@{
    childrenDenied = 'The rule of the program lets it start no other program. Let the rule require a rule for each child, or allow all.'
    denyRule = 'A Deny rule matches it. Change the Deny rule, if it was meant for other programs.'
    needsConsent = 'The rule that matches it asks a person, and nobody can be asked for a child. Give it an Automatic rule of its own.'
    needsApproval = 'The rule that matches it needs an approval by support, and there is none. Give it an Automatic rule of its own.'
    noRule = 'No rule matches it. Give it an Automatic rule of its own; the record has its facts.'
    fileRefused = 'Its file is none that rules can allow: another type than .exe, a refused name, or a refused place. Programs that start such files need a rule that allows all children.'
    userWritableFile = 'Users may write its file or its folder, and it has started there, so that what runs may be other than what was checked. Install it where only administrators may write; or, where users may write the folder only, set runInPlace in its rule.'
    escapeTool = 'It is a tool by which programs leave their tree, and policy ends those. Give it an Automatic rule of its own, or turn denyEscapeTools off.'
    clientOff = 'EPM was turned off after the program had started. Start the program again when policy enables EPM.'
    factsUnknown = 'Its file could not be read. The record has the error code. A file that is gone, open for writing, or on another computer cannot be judged.'
    factsTimeout = 'Its file was not read in time. Try again when the device is less busy; a file of several gigabytes takes long to be read.'
    argumentsUnknown = 'Its command line could not be read. Try again.'
    notRecorded = 'Its record could not be written to the audit journal. Make room on the drive of the journal.'
    treeEnding = 'Its tree was being ended. The record of the end of the program says why.'
    userWritableLibrary = 'It was to load a library that users may write or put there, and its rule has the library gate. Install the library where only administrators may write. One that the certificate of the rule signs is also taken where users may write the folder only, or beside an installer by copyFolder.'
    unsignedNeighbour = 'It was to load a library that had been copied with the folder of the program, and that the certificate of the rule does not sign. If the library belongs to the program, install that where only administrators may write. Otherwise somebody put it there: look who did.'
    libraryUnknown = 'It was to load a library that could not be read, and its rule has the library gate. The record has the error code. A library that is open for writing, on another computer or no ordinary file cannot be judged.'
}

# What a person is told of a grant without an effect.
$script:GrantFaultText = [ordered]@{
    grantUnknownKey = 'No approver''s key that the policy of the device lists has signed it. Wait until the policy with the key is on the device, or have it signed with a listed key.'
    grantKeyRevoked = 'The key that signed it is revoked by policy. Ask another approver.'
    grantKeyExpired = 'The key that signed it is not valid now. Have it signed with a key that is, or renew the key in policy.'
    grantRevoked = 'It was taken back, by policy or on the device. Ask support why, or ask for another approval.'
    grantOtherDevice = 'It is for another device, or for a group of devices that this one is not in. Use it on its own device. After a new installation a device has another identity: ask again.'
    grantKeyMayNot = 'The key that signed it may not approve so much: not for any user, not for a group, not for this publisher, not for so long, or single starts only. Ask an approver who may, or have it signed within the limits of the key.'
    grantClockBehind = 'The clock of the device is more than five minutes behind a time that it has shown before. Set the clock right. Where the time before was wrong, see the page about approvals.'
    grantNotYet = 'Its time has not come yet. Wait, or compare the clocks.'
    grantExpired = 'Its time is over. Ask for another approval.'
    grantUsed = 'All starts that it admits were used. Ask for another approval.'
    grantUseUnknown = 'It admits a number of starts only, and it is not known how many were used: the agent still reads its journal, or found another journal or state than it had left. Try again in a minute; then ask for another approval.'
    grantOwnRequest = 'Who signed it is who wants to use it, and policy wants two people. Ask another approver.'
    grantApproverUnknown = 'Policy wants two people, and names the approver by a user principal name, which the device cannot compare with the user. Have policy name the approver by SID.'
}

# The same of rights that count for nothing.
$script:WithheldRightsText = [ordered]@{
    notHighIntegrity = 'They give nothing here: start the program as administrator.'
    elevatedByEpm = 'They give nothing here: EPM has elevated this program for something else.'
}

# Beginnings of signed texts.
$script:RequestPrefix = 'EPMR1.'

$script:GrantPrefix = 'EPM1.'

# Category of each error code.
$script:ErrorCategory = [ordered]@{
    EPM_INTERNAL = 'NotSpecified'
    EPM_PLATFORM = 'NotImplemented'
    EPM_WINDOWS_API = 'ResourceUnavailable'
    EPM_NATIVE_MISSING = 'ResourceUnavailable'
    EPM_INSTALLATION_UNSAFE = 'SecurityError'
    EPM_SERVICE_MISSING = 'ObjectNotFound'
    EPM_SERVICE_EXISTS = 'InvalidArgument'
    EPM_SERVICE_CONTROL = 'OperationTimeout'
    EPM_SERVICE_UNVERIFIED = 'SecurityError'
    EPM_DOWNGRADE = 'SecurityError'
    EPM_UPGRADE_FAILED = 'ResourceUnavailable'
    EPM_PROGRAMS_RUNNING = 'ResourceUnavailable'
    EPM_WINE_REFUSED = 'SecurityError'
    EPM_DATA_FOLDER = 'SecurityError'
    EPM_POWERSHELL_UNAVAILABLE = 'ResourceUnavailable'
    EPM_POWERSHELL_FAILED = 'ResourceUnavailable'
    EPM_POWERSHELL_TIMEOUT = 'OperationTimeout'
    EPM_ARGUMENT = 'InvalidArgument'
    EPM_SID_INVALID = 'InvalidData'
    EPM_HASH_INVALID = 'InvalidData'
    EPM_VERSION_INVALID = 'InvalidData'
    EPM_FILE_NOT_FOUND = 'ObjectNotFound'
    EPM_FILE_UNREADABLE = 'PermissionDenied'
    EPM_FILE_NAME_REFUSED = 'SecurityError'
    EPM_FILE_PLACE_REFUSED = 'SecurityError'
    EPM_FILE_TYPE_REFUSED = 'InvalidData'
    EPM_FILE_TOO_LARGE = 'InvalidData'
    EPM_FILE_TIMEOUT = 'ResourceUnavailable'
    EPM_FILE_MALFORMED = 'InvalidData'
    EPM_SIGNATURE_UNCHECKED = 'SecurityError'
    EPM_FILE_UNWRITABLE = 'WriteError'
    EPM_POLICY_INVALID = 'InvalidData'
    EPM_POLICY_UNREADABLE = 'ResourceUnavailable'
    EPM_POLICY_RULE_REJECTED = 'InvalidData'
    EPM_POLICY_MISSING = 'ResourceUnavailable'
    EPM_POLICY_UNCONFIRMED = 'SecurityError'
    EPM_LAUNCH_NOT_INTERCEPTED = 'ResourceUnavailable'
    EPM_MDM_UNREADABLE = 'PermissionDenied'
    EPM_POLICY_INCOMPLETE = 'InvalidData'
    EPM_CASES_INVALID = 'InvalidData'
    EPM_RULE_SOURCE = 'InvalidData'
    EPM_AGENT_UNREACHABLE = 'ResourceUnavailable'
    EPM_AGENT_UNTRUSTED = 'SecurityError'
    EPM_AGENT_BUSY = 'ResourceUnavailable'
    EPM_TOO_MANY_RUNNING = 'ResourceUnavailable'
    EPM_ELEVATION_UNKNOWN = 'ObjectNotFound'
    EPM_AGENT_UNHEALTHY = 'ResourceUnavailable'
    EPM_REQUEST_TOO_LARGE = 'InvalidData'
    EPM_REQUEST_MALFORMED = 'InvalidData'
    EPM_REQUEST_TIMEOUT = 'OperationTimeout'
    EPM_CALLER_REFUSED = 'PermissionDenied'
    EPM_CALLER_UNKNOWN = 'SecurityError'
    EPM_NOT_ADMINISTRATOR = 'PermissionDenied'
    EPM_REQUEST_CANCELLED = 'OperationStopped'
    EPM_TICKET_INVALID = 'PermissionDenied'
    EPM_JUSTIFICATION_INVALID = 'InvalidArgument'
    EPM_ARGUMENTS_INVALID = 'InvalidArgument'
    EPM_VALIDATION_UNSUPPORTED = 'NotImplemented'
    EPM_CREDENTIAL_INVALID = 'InvalidArgument'
    EPM_AUTHENTICATION_FAILED = 'PermissionDenied'
    EPM_AUTHENTICATION_LIMIT = 'ResourceUnavailable'
    EPM_SUPPORT_REQUEST_UNKNOWN = 'ObjectNotFound'
    EPM_SUPPORT_REQUEST_STATE = 'InvalidArgument'
    EPM_SUPPORT_REQUEST_LIMIT = 'ResourceUnavailable'
    EPM_GRANT_REFUSED = 'PermissionDenied'
    EPM_GRANT_LIMIT = 'ResourceUnavailable'
    EPM_SECRET_UNKNOWN = 'ObjectNotFound'
    EPM_SECRET_LIMIT = 'ResourceUnavailable'
    EPM_NOTIFICATION_UNKNOWN = 'ObjectNotFound'
    EPM_RIGHT_MISSING = 'PermissionDenied'
    EPM_GRANT_INVALID = 'InvalidData'
    EPM_BROKER = 'ResourceUnavailable'
    EPM_REVOCATION_TEXT_INVALID = 'InvalidData'
    EPM_REQUEST_TEXT_INVALID = 'InvalidData'
    EPM_APPROVER_KEY_INVALID = 'InvalidData'
    EPM_ACCOUNT_UNAVAILABLE = 'ResourceUnavailable'
    EPM_TOKEN_REFUSED = 'SecurityError'
    EPM_START_FAILED = 'ResourceUnavailable'
    EPM_IMAGE_CHANGED = 'SecurityError'
    EPM_COPY_FAILED = 'ResourceUnavailable'
    EPM_PROFILE_UNAVAILABLE = 'ResourceUnavailable'
    EPM_HOST_UNUSABLE = 'SecurityError'
    EPM_INSTALLER_BUSY = 'ResourceUnavailable'
    EPM_AUDIT_WRITE = 'WriteError'
    EPM_AUDIT_BROKEN = 'SecurityError'
    EPM_AUDIT_QUOTA = 'ResourceUnavailable'
    EPM_AUDIT_UNREADABLE = 'ResourceUnavailable'
    EPM_VERIFICATION_KEY_INVALID = 'InvalidData'
}

function ConvertTo-EPMElevation {
    # From an `elevate` result of a program that was started.
    param([Parameter(Mandatory = $true)]$InputObject, [string[]]$ArgumentList)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    $start = ConvertTo-EPMTime -Value $value['startTime']
    $end = ConvertTo-EPMTime -Value $value['endTime']
    $duration = $null
    if ($null -ne $end) { $duration = $end - $start }
    New-EPMObject -TypeName 'EPM.Elevation' -Property ([ordered]@{
            Outcome          = ConvertTo-EPMText -Value $value['outcome']
            FilePath         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'path')
            CopyPath         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'copy')
            HostPath         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'host')
            ArgumentList     = ConvertTo-EPMArgumentList -Value $ArgumentList
            ProcessId        = [int]$value['processId']
            ExitCode         = $value['exitCode']
            ExitReason       = ConvertTo-EPMText -Value $value['exitReason']
            StartTime        = $start
            EndTime          = $end
            Duration         = $duration
            Rule             = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            PolicyId         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            Account          = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['account'] -Name 'name')
            AccountSid       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['account'] -Name 'sid')
            AccountFactory   = ConvertTo-EPMText -Value $value['accountFactory']
            ChildProcesses   = ConvertTo-EPMText -Value $value['childProcesses']
            WorkingDirectory = ConvertTo-EPMText -Value $value['directory']
            OwnDesktop       = [bool]$value['ownDesktop']
            EndedChildren    = @(foreach ($child in @($value['endedChildren'])) { if ($null -ne $child) { ConvertTo-EPMEndedChild -InputObject $child } })
            Sha256           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'sha256')
            RequestId        = ConvertTo-EPMText -Value $value['requestId']
        })
}

function ConvertTo-EPMEndedChild {
    # From a kind of processes that were ended.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.EndedChild' -Property ([ordered]@{
            FilePath    = ConvertTo-EPMText -Value $value['path']
            Library     = ConvertTo-EPMText -Value $value['library']
            Reason      = ConvertTo-EPMText -Value $value['reason']
            Count       = [int]$value['count']
            Explanation = [string]$script:EndedChildText[[string]$value['reason']]
        })
}

function ConvertTo-EPMRunningElevation {
    # From one entry of an `elevations` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.RunningElevation' -Property ([ordered]@{
            RequestId        = ConvertTo-EPMText -Value $value['requestId']
            FilePath         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'path')
            CopyPath         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'copy')
            HostPath         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'host')
            ProcessId        = [int]$value['processId']
            StartTime        = ConvertTo-EPMTime -Value $value['startTime']
            HasEnded         = [bool]$value['hasEnded']
            UserName         = ConvertTo-EPMText -Value $value['userName']
            UserSid          = ConvertTo-EPMText -Value $value['userSid']
            SessionId        = [int]$value['session']
            Rule             = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            PolicyId         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            Account          = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['account'] -Name 'name')
            AccountSid       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['account'] -Name 'sid')
            AccountFactory   = ConvertTo-EPMText -Value $value['accountFactory']
            ChildProcesses   = ConvertTo-EPMText -Value $value['childProcesses']
            ChildrenAllowed  = [int](Get-EPMMember -InputObject $value['children'] -Name 'allowed')
            ChildrenDenied   = [int](Get-EPMMember -InputObject $value['children'] -Name 'denied')
            Children         = @(foreach ($child in (Get-EPMMember -InputObject $value['children'] -Name 'recent')) { if ($null -ne $child) { ConvertTo-EPMJudgedChild -InputObject $child } })
            WorkingDirectory = ConvertTo-EPMText -Value $value['directory']
            OwnDesktop       = [bool]$value['ownDesktop']
            Sha256           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'sha256')
        })
}

function ConvertTo-EPMJudgedChild {
    # From one child of an entry of an `elevations` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.JudgedChild' -Property ([ordered]@{
            ProcessId   = [int]$value['processId']
            FilePath    = ConvertTo-EPMText -Value $value['path']
            Time        = ConvertTo-EPMTime -Value $value['time']
            Outcome     = $(if ($null -eq $value['reason']) { 'allowed' } else { 'ended' })
            Reason      = ConvertTo-EPMText -Value $value['reason']
            Rule        = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            Explanation = [string]$script:EndedChildText[[string]$value['reason']]
        })
}

function ConvertTo-EPMStoppedElevation {
    # From a `stop` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.StoppedElevation' -Property ([ordered]@{
            RequestId = ConvertTo-EPMText -Value $value['requestId']
            Outcome   = ConvertTo-EPMText -Value $value['outcome']
        })
}

function ConvertTo-EPMApproval {
    # From an `elevate` result of a program that support has to approve. RequestId is that of the request to support.
    param([Parameter(Mandatory = $true)]$InputObject, [string]$FilePath, [string[]]$ArgumentList)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.Approval' -Property ([ordered]@{
            Outcome               = ConvertTo-EPMText -Value $value['outcome']
            FilePath              = $FilePath
            ArgumentList          = ConvertTo-EPMArgumentList -Value $ArgumentList
            RequestId             = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'id')
            Status                = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'status')
            Fault                 = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'fault')
            Reason                = ConvertTo-EPMText -Value $value['reason']
            Created               = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'created')
            Expires               = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'expires')
            TimesAsked            = [int](Get-EPMMember -InputObject $value['supportRequest'] -Name 'timesAsked')
            Reviewer              = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'reviewer')
            ReviewerJustification = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'comment')
            ApprovedUntil         = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'approvedUntil')
            Rule                  = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            PolicyId              = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            Text                  = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['supportRequest'] -Name 'text')
            ElevationRequestId    = ConvertTo-EPMText -Value $value['requestId']
        })
}

function ConvertTo-EPMGrant {
    # From a grant of a `grants` or `import-grant` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    $fault = [string]$value['fault']
    New-EPMObject -TypeName 'EPM.Grant' -Property ([ordered]@{
            GrantId      = ConvertTo-EPMText -Value $value['id']
            RequestId    = ConvertTo-EPMText -Value $value['requestId']
            FileName     = ConvertTo-EPMText -Value $value['fileName']
            ArgumentList = ConvertTo-EPMArgumentList -Value $value['arguments']
            UserSid      = ConvertTo-EPMText -Value $value['requester']
            DeviceId     = ConvertTo-EPMText -Value $value['device']
            DeviceGroup  = ConvertTo-EPMText -Value $value['deviceGroup']
            Sha256       = ConvertTo-EPMText -Value $value['sha256']
            From         = ConvertTo-EPMTime -Value $value['from']
            Until        = ConvertTo-EPMTime -Value $value['until']
            Uses         = $value['uses']
            Used         = $value['used']
            Reason       = ConvertTo-EPMText -Value $value['reason']
            Key          = ConvertTo-EPMText -Value $value['key']
            Approver     = ConvertTo-EPMText -Value $value['approver']
            Source       = ConvertTo-EPMText -Value $value['source']
            Fault        = ConvertTo-EPMText -Value $value['fault']
            Explanation  = $(if ($fault) { [string]$script:GrantFaultText[$fault] })
        })
}

function ConvertTo-EPMSignedGrant {
    # From the statement of a grant that was signed here, and its text.
    param([Parameter(Mandatory = $true)]$InputObject, [string]$Text, [bool]$Imported)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.SignedGrant' -Property ([ordered]@{
            GrantId      = ConvertTo-EPMText -Value $value['id']
            RequestId    = ConvertTo-EPMText -Value $value['requestId']
            FileName     = ConvertTo-EPMText -Value $value['fileName']
            ArgumentList = ConvertTo-EPMArgumentList -Value $value['arguments']
            UserSid      = ConvertTo-EPMText -Value $value['requester']
            DeviceId     = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['device'] -Name 'id')
            DeviceGroup  = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['device'] -Name 'name')
            Sha256       = ConvertTo-EPMText -Value $value['sha256']
            From         = ConvertFrom-EPMMilliseconds -Value $value['from']
            Until        = ConvertFrom-EPMMilliseconds -Value $value['until']
            Uses         = $value['uses']
            Reason       = ConvertTo-EPMText -Value $value['reason']
            Imported     = $Imported
            Text         = $Text
        })
}

function ConvertTo-EPMRole {
    # From a `role` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    $withheld = [string]$value['withheld']
    New-EPMObject -TypeName 'EPM.Role' -Property ([ordered]@{
            UserName    = ConvertTo-EPMText -Value $value['userName']
            UserSid     = ConvertTo-EPMText -Value $value['userSid']
            Rights      = ConvertTo-EPMArgumentList -Value $value['rights']
            Groups      = @(foreach ($group in @($value['from'])) { if ($null -ne $group) { ConvertTo-EPMRoleGroup -InputObject $group } })
            Withheld    = ConvertTo-EPMText -Value $value['withheld']
            Explanation = $(if ($withheld) { [string]$script:WithheldRightsText[$withheld] })
        })
}

function ConvertTo-EPMRoleGroup {
    # From a group of a `role` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.RoleGroup' -Property ([ordered]@{
            Name  = ConvertTo-EPMText -Value $value['groupName']
            Sid   = ConvertTo-EPMText -Value $value['group']
            Given = ConvertTo-EPMArgumentList -Value $value['given']
        })
}

function ConvertTo-EPMDecision {
    # From a `test` result.
    param([Parameter(Mandatory = $true)]$InputObject, [string[]]$ArgumentList)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.Decision' -Property ([ordered]@{
            Outcome        = ConvertTo-EPMText -Value $value['outcome']
            Reason         = ConvertTo-EPMText -Value $value['reason']
            Requirements   = ConvertTo-EPMArgumentList -Value $value['requirements']
            FilePath       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'path')
            ArgumentList   = ConvertTo-EPMArgumentList -Value $ArgumentList
            Rule           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            RuleType       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'type')
            PolicyId       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            Scope          = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'scope')
            ChildProcesses = ConvertTo-EPMText -Value $value['childProcesses']
            Sha256         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['file'] -Name 'sha256')
            Explanation    = ConvertTo-EPMText -Value $value['explanation']
            File           = $value['file']
            Trace          = $value['trace']
            Truncated      = [bool]$value['truncated']
        })
}

function ConvertTo-EPMAgent {
    # From a `status` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.Agent' -Property ([ordered]@{
            State              = ConvertTo-EPMText -Value $value['state']
            Version            = ConvertTo-EPMText -Value $value['version']
            StartTime          = ConvertTo-EPMTime -Value $value['startTime']
            ProcessId          = [int]$value['processId']
            ClientState        = ConvertTo-EPMText -Value $value['clientState']
            Rules              = [int]$value['rules']
            RejectedRules      = [int]$value['rejectedRules']
            Running            = [int]$value['running']
            Elevated           = [long](Get-EPMMember -InputObject $value['counters'] -Name 'elevated')
            Denied             = [long](Get-EPMMember -InputObject $value['counters'] -Name 'denied')
            Failed             = [long](Get-EPMMember -InputObject $value['counters'] -Name 'failed')
            RefusedClients     = [long](Get-EPMMember -InputObject $value['counters'] -Name 'refusedClients')
            PolicySince        = ConvertTo-EPMTime -Value $value['policySince']
            PolicyLastRead     = ConvertTo-EPMTime -Value $value['policyLastRead']
            PolicyFaultSince   = ConvertTo-EPMTime -Value $value['policyFaultSince']
            DataRemoval        = ConvertTo-EPMTime -Value $value['dataRemoval']
            PolicyDigest       = ConvertTo-EPMText -Value $value['policyDigest']
            JournalRecords     = [long](Get-EPMMember -InputObject $value['journal'] -Name 'records')
            JournalHead        = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['journal'] -Name 'headHash')
            JournalFirstRecord = [long](Get-EPMMember -InputObject $value['journal'] -Name 'firstRecord')
            JournalState       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['journal'] -Name 'state')
            JournalEventLog    = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['journal'] -Name 'eventLog')
            JournalSealedSince = [long](Get-EPMMember -InputObject $value['journal'] -Name 'sealedSince')
            Health             = $value['health']
            DeviceId           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['approvals'] -Name 'deviceId')
            PendingRequests    = [int](Get-EPMMember -InputObject $value['approvals'] -Name 'pendingRequests')
            ApprovedRequests   = [int](Get-EPMMember -InputObject $value['approvals'] -Name 'approvedRequests')
            Grants             = [int](Get-EPMMember -InputObject $value['approvals'] -Name 'grants')
            Notifications      = $value['notifications']
            Brokers            = $value['brokers']
            AccountFactory     = ConvertTo-EPMText -Value $value['accountFactory']
            Warnings           = @(foreach ($warning in @($value['warnings'])) { if ($null -ne $warning) { ConvertTo-EPMAgentWarning -InputObject $warning } })
        })
}

function ConvertTo-EPMAgentWarning {
    # From a warning of a `status` result. Scripts compare Code; Message and Hint are for people.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.AgentWarning' -Property ([ordered]@{
            Code    = ConvertTo-EPMText -Value $value['code']
            Message = ConvertTo-EPMText -Value $value['message']
            Hint    = ConvertTo-EPMText -Value $value['hint']
            Data    = $value['data']
        })
}

function ConvertTo-EPMClientSetting {
    # From one entry of `settingSources` in a `policy` result.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ClientSetting' -Property ([ordered]@{
            Name        = ConvertTo-EPMText -Value $value['name']
            Value       = $value['value']
            Source      = ConvertTo-EPMText -Value $value['source']
            Effect      = ConvertTo-EPMText -Value $value['effect']
            Policies    = @(foreach ($policy in @($value['policies'])) { if ($null -ne $policy) { ConvertTo-EPMSettingPolicy -InputObject $policy -Setting $value['name'] } })
            Unconfirmed = @(foreach ($policy in @($value['unconfirmed'])) { if ($null -ne $policy) { ConvertTo-EPMSettingPolicy -InputObject $policy -Setting $value['name'] } })
        })
}

function ConvertTo-EPMSettingPolicy {
    # From a policy that says something about a setting.
    param([Parameter(Mandatory = $true)]$InputObject, [string]$Setting)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.SettingPolicy' -Property ([ordered]@{
            Setting  = $Setting
            PolicyId = ConvertTo-EPMText -Value $value['id']
            Scope    = ConvertTo-EPMText -Value $value['scope']
            Value    = $value['value']
        })
}

function New-EPMRuleObject {
    # From a rule as a policy gives it, and what became of it.
    param([Parameter(Mandatory = $true)]$InputObject, [string]$State, [string]$Scope, [string]$PolicyId, $Diagnostic)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.PolicyRule' -Property ([ordered]@{
            Name              = ConvertTo-EPMText -Value $value['name']
            Type              = ConvertTo-EPMText -Value $value['type']
            State             = $State
            Scope             = $Scope
            PolicyId          = $PolicyId
            Description       = ConvertTo-EPMText -Value $value['description']
            FileName          = ConvertTo-EPMText -Value $value['fileName']
            FilePath          = ConvertTo-EPMText -Value $value['filePath']
            FileHash          = ConvertTo-EPMText -Value $value['fileHash']
            CertificateType   = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['certificate'] -Name 'type')
            CertificateHash   = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['certificate'] -Name 'sha256')
            MinimumVersion    = ConvertTo-EPMText -Value $value['minimumVersion']
            FileDescription   = ConvertTo-EPMText -Value $value['fileDescription']
            ProductName       = ConvertTo-EPMText -Value $value['productName']
            InternalName      = ConvertTo-EPMText -Value $value['internalName']
            AllowedArguments  = $(if ($value.Keys -contains 'arguments') { , (ConvertTo-EPMArgumentList -Value $value['arguments']) })
            Validations       = ConvertTo-EPMArgumentList -Value $value['validations']
            ChildProcesses    = ConvertTo-EPMText -Value $value['childProcesses']
            UserWritableFile  = ConvertTo-EPMText -Value $value['userWritableFile']
            WorkingDirectory  = ConvertTo-EPMText -Value $value['workingDirectory']
            ActiveFrom        = ConvertTo-EPMText -Value $value['activeFrom']
            ActiveUntil       = ConvertTo-EPMText -Value $value['activeUntil']
            ActiveHours       = $(if ($value.Keys -contains 'activeHours') { , (ConvertTo-EPMArgumentList -Value $value['activeHours']) })
            KeepPrivileges    = ConvertTo-EPMArgumentList -Value $value['keepPrivileges']
            RequireArguments  = $value['requireArguments']
            AllowInterpreter  = $value['allowInterpreter']
            AcceptTimestamped = $value['acceptTimestamped']
            RunInPlace        = $value['runInPlace']
            LibraryGate       = $value['libraryGate']
            CopyFolder        = $value['copyFolder']
            OwnDesktop        = $value['ownDesktop']
            ShowUserFolders   = $value['showUserFolders']
            ReducedPrivileges = $value['reducedPrivileges']
            Reasons           = [string[]]@($Diagnostic | ForEach-Object { $_.Message })
            Diagnostics       = @($Diagnostic)
            Truncated         = [bool]$value['truncated']
        })
}

function ConvertTo-EPMSupportRequest {
    # From one entry of a `support-requests` result, and the text for an approver where it is known.
    param([Parameter(Mandatory = $true)]$InputObject, [string]$Text)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    $file = @{}
    foreach ($member in $value['applicationDetail'].PSObject.Properties) { $file[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.SupportRequest' -Property ([ordered]@{
            RequestId             = ConvertTo-EPMText -Value $value['id']
            Status                = ConvertTo-EPMText -Value $value['status']
            UserSid               = ConvertTo-EPMText -Value $value['requestedByUserId']
            UserName              = ConvertTo-EPMText -Value $value['requestedByUserPrincipalName']
            DeviceId              = ConvertTo-EPMText -Value $value['requestedOnDeviceId']
            DeviceName            = ConvertTo-EPMText -Value $value['deviceName']
            Created               = ConvertTo-EPMTime -Value $value['requestCreatedDateTime']
            LastModified          = ConvertTo-EPMTime -Value $value['requestLastModifiedDateTime']
            Expires               = ConvertTo-EPMTime -Value $value['requestExpiryDateTime']
            Justification         = ConvertTo-EPMText -Value $value['requestJustification']
            Sha256                = ConvertTo-EPMText -Value $file['fileHash']
            FileName              = ConvertTo-EPMText -Value $file['fileName']
            FilePath              = ConvertTo-EPMText -Value $file['filePath']
            FileDescription       = ConvertTo-EPMText -Value $file['fileDescription']
            PublisherName         = ConvertTo-EPMText -Value $file['publisherName']
            PublisherTrusted      = $file['publisherTrusted']
            CertificateChain      = @(foreach ($certificate in @($file['certificateChain'])) { if ($null -ne $certificate) { ConvertTo-EPMRequestCertificate -InputObject $certificate } })
            ProductName           = ConvertTo-EPMText -Value $file['productName']
            ProductInternalName   = ConvertTo-EPMText -Value $file['productInternalName']
            ProductVersion        = ConvertTo-EPMText -Value $file['productVersion']
            ArgumentList          = ConvertTo-EPMArgumentList -Value $value['arguments']
            FromInternet          = $value['fromInternet']
            TimesAsked            = [int]$value['timesAsked']
            Rule                  = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            PolicyId              = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            ReviewerId            = ConvertTo-EPMText -Value $value['reviewCompletedByUserId']
            ReviewerName          = ConvertTo-EPMText -Value $value['reviewCompletedByUserPrincipalName']
            Reviewed              = ConvertTo-EPMTime -Value $value['reviewCompletedDateTime']
            ReviewerJustification = ConvertTo-EPMText -Value $value['reviewerJustification']
            GrantId               = ConvertTo-EPMText -Value $value['grantId']
            ApprovedUntil         = ConvertTo-EPMTime -Value $value['approvalExpiryDateTime']
            Text                  = $Text
        })
}

function ConvertTo-EPMReportOverview {
    # From one row of `epm report overview --json`.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ReportOverview' -Property ([ordered]@{
            Table         = ConvertTo-EPMText -Value $value['table']
            ElevationType = ConvertTo-EPMText -Value $value['elevationType']
            Count         = [long]$value['count']
            Users         = $value['users']
            From          = ConvertTo-EPMTime -Value $value['from']
            FileName      = ConvertTo-EPMText -Value $value['fileName']
            Publisher     = ConvertTo-EPMText -Value $value['publisher']
        })
}

function ConvertTo-EPMReportElevation {
    # From one row of `epm report elevations --json`.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ReportElevation' -Property ([ordered]@{
            Number          = [long]$value['id']
            DeviceId        = ConvertTo-EPMReportId -Value $value['deviceId']
            DeviceName      = ConvertTo-EPMText -Value $value['deviceName']
            Time            = ConvertTo-EPMReportTime -Value $value['eventDateTime']
            ElevationType   = ConvertTo-EPMText -Value $value['elevationType']
            FilePath        = ConvertTo-EPMText -Value $value['filePath']
            User            = ConvertTo-EPMText -Value $value['upn']
            UserType        = ConvertTo-EPMText -Value $value['userType']
            ProductName     = ConvertTo-EPMText -Value $value['productName']
            CompanyName     = ConvertTo-EPMText -Value $value['companyName']
            FileVersion     = ConvertTo-EPMText -Value $value['fileVersion']
            Justification   = ConvertTo-EPMText -Value $value['justification']
            Sha256          = ConvertTo-EPMText -Value $value['hash']
            InternalName    = ConvertTo-EPMText -Value $value['internalName']
            FileDescription = ConvertTo-EPMText -Value $value['fileDescription']
            Result          = $value['result']
            ProcessType     = ConvertTo-EPMText -Value $value['processType']
            Rule            = ConvertTo-EPMReportId -Value $value['ruleId']
            ParentProcess   = ConvertTo-EPMText -Value $value['parentProcessName']
            PolicyId        = ConvertTo-EPMReportId -Value $value['policyId']
            SystemInitiated = [bool]$value['isSystemInitiated']
            Publisher       = ConvertTo-EPMText -Value $value['publisher']
            Reason          = ConvertTo-EPMText -Value $value['reason']
            UserSid         = ConvertTo-EPMText -Value $value['userSid']
        })
}

function ConvertTo-EPMReportApplication {
    # From one row of `epm report applications --json`.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ReportApplication' -Property ([ordered]@{
            InternalName  = ConvertTo-EPMText -Value $value['internalName']
            FileVersion   = ConvertTo-EPMText -Value $value['fileVersion']
            Publisher     = ConvertTo-EPMText -Value $value['publisher']
            ElevationType = ConvertTo-EPMText -Value $value['elevationType']
            Count         = [long]$value['elevationCount']
        })
}

function ConvertTo-EPMReportPublisher {
    # From one row of `epm report publishers --json`.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ReportPublisher' -Property ([ordered]@{
            Publisher     = ConvertTo-EPMText -Value $value['publisher']
            ElevationType = ConvertTo-EPMText -Value $value['elevationType']
            Count         = [long]$value['elevationCount']
        })
}

function ConvertTo-EPMReportUser {
    # From one row of `epm report users --json`.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ReportUser' -Property ([ordered]@{
            User          = ConvertTo-EPMText -Value $value['upn']
            InternalName  = ConvertTo-EPMText -Value $value['internalName']
            FileVersion   = ConvertTo-EPMText -Value $value['fileVersion']
            Publisher     = ConvertTo-EPMText -Value $value['publisher']
            ElevationType = ConvertTo-EPMText -Value $value['elevationType']
            Count         = [long]$value['elevationCount']
        })
}

function ConvertTo-EPMReportDenial {
    # From one row of `epm report denied --json`.
    param([Parameter(Mandatory = $true)]$InputObject)

    $value = @{}
    foreach ($member in $InputObject.PSObject.Properties) { $value[$member.Name] = $member.Value }
    New-EPMObject -TypeName 'EPM.ReportDenial' -Property ([ordered]@{
            User            = ConvertTo-EPMText -Value $value['userName']
            DeviceId        = ConvertTo-EPMReportId -Value $value['deviceId']
            DeviceName      = ConvertTo-EPMText -Value $value['deviceName']
            FileName        = ConvertTo-EPMText -Value $value['fileName']
            ProductName     = ConvertTo-EPMText -Value $value['fileProductName']
            FileDescription = ConvertTo-EPMText -Value $value['fileDescription']
            InternalName    = ConvertTo-EPMText -Value $value['fileInternalName']
            FileVersion     = ConvertTo-EPMText -Value $value['fileVersion']
            Sha256          = ConvertTo-EPMText -Value $value['hashValue']
            Publisher       = ConvertTo-EPMText -Value $value['publisher']
            ElevationType   = ConvertTo-EPMText -Value $value['elevationType']
            Count           = [long]$value['monthElevationCount']
            Reason          = ConvertTo-EPMText -Value $value['reason']
        })
}

function ConvertTo-EPMAuditRecord {
    # From one event of the `audit` channel.
    param([Parameter(Mandatory = $true)]$Message)

    $value = @{}
    foreach ($property in $Message.record.PSObject.Properties) { $value[$property.Name] = $property.Value }
    New-EPMObject -TypeName 'EPM.AuditRecord' -Property ([ordered]@{
            Sequence              = [long]$value['sequence']
            Time                  = ConvertTo-EPMTime -Value $value['eventDateTime']
            Event                 = ConvertTo-EPMText -Value $value['event']
            ElevationType         = ConvertTo-EPMText -Value $value['elevationType']
            UserSid               = ConvertTo-EPMText -Value $value['userSid']
            UserName              = ConvertTo-EPMText -Value $value['upn']
            Trigger               = ConvertTo-EPMText -Value $value['trigger']
            DeviceName            = ConvertTo-EPMText -Value $value['deviceName']
            FilePath              = ConvertTo-EPMText -Value $value['filePath']
            CopyPath              = ConvertTo-EPMText -Value $value['copyPath']
            WorkingDirectory      = ConvertTo-EPMText -Value $value['workingDirectory']
            HostPath              = ConvertTo-EPMText -Value $value['hostPath']
            ArgumentList          = ConvertTo-EPMArgumentList -Value $value['arguments']
            ArgumentsDigest       = ConvertTo-EPMText -Value $value['argumentsDigest']
            Justification         = ConvertTo-EPMText -Value $value['justification']
            ProcessId             = $value['processId']
            ProcessType           = ConvertTo-EPMText -Value $value['processType']
            ParentProcessName     = ConvertTo-EPMText -Value $value['parentProcessName']
            ParentProcessId       = $value['parentProcessId']
            ExitCode              = $value['result']
            Authentication        = ConvertTo-EPMText -Value $value['authentication']
            Rule                  = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            PolicyId              = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            Notes                 = ConvertTo-EPMArgumentList -Value $value['notes']
            Reason                = ConvertTo-EPMText -Value $value['reason']
            ChildrenAllowed       = $value['childrenAllowed']
            ChildrenDenied        = $value['childrenDenied']
            EndedBy               = ConvertTo-EPMText -Value $value['endedBy']
            ErrorCode             = ConvertTo-EPMText -Value $value['errorCode']
            Message               = ConvertTo-EPMText -Value $value['message']
            NotedRecords          = $value['notedRecords']
            NotedHash             = ConvertTo-EPMText -Value $value['notedHash']
            RemovedRecords        = $value['removedRecords']
            RemovedHash           = ConvertTo-EPMText -Value $value['removedHash']
            OmittedRecords        = $value['omittedRecords']
            AccountSid            = ConvertTo-EPMText -Value $value['accountSid']
            AccountFactory        = ConvertTo-EPMText -Value $value['accountFactory']
            Sha256                = ConvertTo-EPMText -Value $value['hash']
            ProductName           = ConvertTo-EPMText -Value $value['productName']
            InternalName          = ConvertTo-EPMText -Value $value['internalName']
            FileVersion           = ConvertTo-EPMText -Value $value['fileVersion']
            FileDescription       = ConvertTo-EPMText -Value $value['fileDescription']
            CompanyName           = ConvertTo-EPMText -Value $value['companyName']
            Publisher             = ConvertTo-EPMText -Value $value['publisher']
            CertificatePayload    = ConvertTo-EPMText -Value $value['certificatePayload']
            RequestId             = ConvertTo-EPMText -Value $value['requestId']
            SupportRequestId      = ConvertTo-EPMText -Value $value['supportRequestId']
            GrantId               = ConvertTo-EPMText -Value $value['grantId']
            Approver              = ConvertTo-EPMText -Value $value['approver']
            ApproverKey           = ConvertTo-EPMText -Value $value['approverKey']
            ReviewerJustification = ConvertTo-EPMText -Value $value['reviewerJustification']
            SealKey               = ConvertTo-EPMText -Value $value['sealKey']
            DeviceId              = ConvertTo-EPMText -Value $value['deviceId']
            DeviceKey             = ConvertTo-EPMText -Value $value['deviceKey']
            Signature             = ConvertTo-EPMText -Value $value['signature']
            SealNumber            = $value['sealNumber']
            Seal                  = ConvertTo-EPMText -Value $value['seal']
            PreviousHash          = ConvertTo-EPMText -Value $value['previousHash']
            RecordHash            = ConvertTo-EPMText -Value $value['recordHash']
            Truncated             = [bool](Get-EPMMember -InputObject $Message -Name 'truncated')
        })
}
