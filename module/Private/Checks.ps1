# Findings, test results and differences of policies; checks of the agent and its machine.

function ConvertTo-EPMPolicyFinding {
    # From one finding of `epm policy lint`.
    param([Parameter(Mandatory = $true)]$Finding, [Parameter(Mandatory = $true)][string]$Path)

    $diagnostic = ConvertTo-EPMDiagnostic -Diagnostic $Finding
    New-EPMObject -TypeName 'EPM.PolicyFinding' -Property ([ordered]@{
            Risk     = [string]$Finding.risk
            Code     = $diagnostic.Code
            Severity = $diagnostic.Severity
            Rule     = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Finding -Name 'rule')
            Path     = $Path
            Line     = Get-EPMMember -InputObject $diagnostic.Place -Name 'Line'
            Place    = $diagnostic.Place
            Message  = $diagnostic.Message
            Hint     = $diagnostic.Hint
            Tighter  = Get-EPMMember -InputObject $Finding -Name 'tighter'
        })
}

function ConvertTo-EPMPolicyTestResult {
    # From one result of `epm policy test`.
    param([Parameter(Mandatory = $true)]$Result, [Parameter(Mandatory = $true)][string]$Path)

    New-EPMObject -TypeName 'EPM.PolicyTestResult' -Property ([ordered]@{
            Name         = ConvertTo-EPMText -Value $Result.name
            Passed       = [bool]$Result.passed
            Path         = $Path
            Line         = [int]$Result.line
            Differences  = [string[]]@($Result.differences | Where-Object { $_ })
            Explanation  = ConvertTo-EPMText -Value $Result.explanation
            Milliseconds = [double]$Result.duration
        })
}

function Read-EPMPolicyFinding {
    # Findings of policy files, one by one.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string[]]$Path, [string]$SarifPath)

    # By its exit code the verb says that there is something; which findings count is decided here.
    $words = @('policy', 'lint') + $Path + @('--json')
    if ($SarifPath) { $words += @('--sarif', $SarifPath) }
    foreach ($file in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList $words -Target $Path[0])) {
        foreach ($finding in @($file.findings)) {
            if ($null -ne $finding) { ConvertTo-EPMPolicyFinding -Finding $finding -Path $file.path }
        }
    }
}

function Read-EPMPolicyTestResult {
    # Results of files of cases, one by one.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string[]]$Path, [string[]]$PolicyPath, [string]$JUnitPath)

    $words = @('policy', 'test') + $Path + @('--json')
    if ($PolicyPath) { $words += @('--policy') + $PolicyPath }
    if ($JUnitPath) { $words += @('--junit', $JUnitPath) }
    foreach ($run in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList $words -Target $Path[0])) {
        foreach ($result in @($run.results)) {
            if ($null -ne $result) { ConvertTo-EPMPolicyTestResult -Result $result -Path $run.path }
        }
    }
}

function Test-EPMRisk {
    # Whether a risk is one that is asked for, or worse.
    param([string]$Risk, [string]$Limit)

    if ($Limit) {
        foreach ($each in $script:Risk) {
            if ($each -eq $Risk) { return $true }
            if ($each -eq $Limit) { return $false }
        }
    }
    $false
}

function ConvertTo-EPMPolicyDifference {
    # From one difference of `epm policy compare`. A member that is missing there stands for "not there".
    param([Parameter(Mandatory = $true)]$Difference)

    New-EPMObject -TypeName 'EPM.PolicyDifference' -Property ([ordered]@{
            What       = [string]$Difference.what
            Name       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Difference -Name 'name')
            Attribute  = Get-EPMMember -InputObject $Difference -Name 'attribute'
            Reference  = Get-EPMMember -InputObject $Difference -Name 'left'
            Difference = Get-EPMMember -InputObject $Difference -Name 'right'
        })
}

function New-EPMAgentCheck {
    param([string]$Id, [string]$Title, [string]$State, [string]$Found, [string]$Hint)

    New-EPMObject -TypeName 'EPM.AgentCheck' -Property ([ordered]@{ Id = $Id; Title = $Title; State = $State; Found = $Found; Hint = $Hint })
}

function Read-EPMInstallationCheck {
    # How the agent is installed, as `epm agent check` tells.
    param([Parameter(Mandatory = $true)]$Cmdlet)

    foreach ($answer in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList 'agent', 'check', '--json' -Target 'epm agent check')) {
        foreach ($check in @($answer.checks)) {
            if ($null -ne $check) {
                New-EPMAgentCheck -Id $check.id -Title $check.title -State $check.state -Found $check.found -Hint (Get-EPMMember -InputObject $check -Name 'hint')
            }
        }
    }
}

function ConvertTo-EPMAgentRepair {
    # From one entry of `epm agent repair`.
    param([Parameter(Mandatory = $true)]$Repair)

    New-EPMObject -TypeName 'EPM.AgentRepair' -Property ([ordered]@{
            Id       = [string]$Repair.id
            Title    = [string]$Repair.title
            Before   = ConvertTo-EPMText -Value $Repair.before
            Repaired = [bool]$Repair.repaired
            Left     = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Repair -Name 'left')
            Hint     = [string](Get-EPMMember -InputObject $Repair -Name 'hint')
        })
}

function Read-EPMAgentCheck {
    # What the agent, or that it does not answer, says about itself.
    $status = $null
    $failure = $null
    Invoke-EPMChannel -Channel 'status' | ForEach-Object -Process {
        if ($_.kind -ceq 'result') { $status = $_.body } elseif ($_.kind -ceq 'error') { $failure = $_.body }
    }
    if ($null -eq $status) {
        if ($failure.code -ceq 'EPM_AGENT_UNTRUSTED') {
            New-EPMAgentCheck -Id 'agentReachable' -Title 'Agent answers' -State 'unknown' -Found 'another program answers instead of the agent' -Hint 'Find out which program it is: see the next check.'
            New-EPMAgentCheck -Id 'agentGenuine' -Title 'Agent is genuine' -State 'failed' -Found $failure.message -Hint $failure.hint
        }
        else {
            New-EPMAgentCheck -Id 'agentReachable' -Title 'Agent answers' -State 'failed' -Found $failure.message -Hint $failure.hint
            New-EPMAgentCheck -Id 'agentGenuine' -Title 'Agent is genuine' -State 'unknown' -Found 'nobody answers' -Hint 'Make the agent answer first.'
        }
        foreach ($check in @(@('policy', 'Policy'), @('policyRules', 'Rules'), @('userPolicies', 'Policies of users'), @('auditJournal', 'Audit journal'), @('journalState', 'Proof of the journal'), @('journalEventLog', 'Journal in the event log'), @('dataRemoval', 'Data of the agent'))) {
            New-EPMAgentCheck -Id $check[0] -Title $check[1] -State 'unknown' -Found 'the agent does not say' -Hint 'Make the agent answer first.'
        }
        return
    }
    New-EPMAgentCheck -Id 'agentReachable' -Title 'Agent answers' -State 'passed' -Found "version $($status.version), $($status.state), process $($status.processId)"
    if ($status.accountFactory -ceq 'testBed') {
        New-EPMAgentCheck -Id 'agentGenuine' -Title 'Agent is genuine' -State 'failed' -Found 'a build for the test bed' -Hint 'Install the ordinary build: the accounts of this one give no protection.'
    }
    else { New-EPMAgentCheck -Id 'agentGenuine' -Title 'Agent is genuine' -State 'passed' -Found 'served by the local system account' }
    Read-EPMPolicyCheck -Status $status
    $gap = @($status.warnings | Where-Object { $_.code -ceq 'auditIncomplete' }) | Select-Object -First 1
    if ($gap) { New-EPMAgentCheck -Id 'auditJournal' -Title 'Audit journal' -State 'failed' -Found $gap.message -Hint $gap.hint }
    else { New-EPMAgentCheck -Id 'auditJournal' -Title 'Audit journal' -State 'passed' -Found "$($status.journal.records) records" }
    Read-EPMJournalCheck -Status $status
    $removal = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $status -Name 'dataRemoval')
    if ($null -ne $removal) {
        New-EPMAgentCheck -Id 'dataRemoval' -Title 'Data of the agent' -State 'warning' -Found "removed at $($removal.ToString('yyyy-MM-dd HH:mm'))" -Hint 'Deliver a policy that enables EPM, or save the audit journal before.'
    }
    else { New-EPMAgentCheck -Id 'dataRemoval' -Title 'Data of the agent' -State 'passed' -Found 'kept' }
}

function Read-EPMJournalCheck {
    # Whether the journal is proved, and whether its head is noted where another journal could not bring its own note.
    param([Parameter(Mandatory = $true)]$Status)

    $title = 'Proof of the journal'
    $state = [string](Get-EPMMember -InputObject $Status.journal -Name 'state')
    if ($state -ceq 'whole') { New-EPMAgentCheck -Id 'journalState' -Title $title -State 'passed' -Found $state }
    elseif ($state -ceq 'unverified' -or $state -ceq '') {
        New-EPMAgentCheck -Id 'journalState' -Title $title -State 'unknown' -Found 'unverified' -Hint 'The agent reads its journal after its start; ask again.'
    }
    else {
        $finding = @($Status.warnings | Where-Object { $_.code -ceq 'journalIncomplete' }) | Select-Object -First 1
        $hint = [string](Get-EPMMember -InputObject $finding -Name 'hint')
        New-EPMAgentCheck -Id 'journalState' -Title $title -State 'failed' -Found $state -Hint $hint
    }
    $title = 'Journal in the event log'
    $log = [string](Get-EPMMember -InputObject $Status.journal -Name 'eventLog')
    if ($log -ceq 'available') { New-EPMAgentCheck -Id 'journalEventLog' -Title $title -State 'passed' -Found $log }
    else { New-EPMAgentCheck -Id 'journalEventLog' -Title $title -State 'warning' -Found 'notAvailable' -Hint 'Register the event log with "epm agent install"; until then nothing tells when the journal and the state of the agent are replaced together.' }
}

function Read-EPMPolicyCheck {
    param([Parameter(Mandatory = $true)]$Status)

    $fault = $null
    Invoke-EPMChannel -Channel 'policy' | ForEach-Object -Process {
        if ($_.kind -ceq 'result') { $fault = Get-EPMMember -InputObject $_.body -Name 'fault' } elseif ($_.kind -ceq 'error') { $fault = $_.body }
    }
    $others = @($Status.warnings | Where-Object { $_.code -cin 'otherUserPolicyFault', 'moreUserPolicyFaults' })
    if ($null -ne $fault) { New-EPMAgentCheck -Id 'policy' -Title 'Policy' -State 'failed' -Found $fault.message -Hint $fault.hint }
    elseif ($others.Count -gt 0) {
        New-EPMAgentCheck -Id 'policy' -Title 'Policy' -State 'failed' -Found (@($others | ForEach-Object { $_.message }) -join ' ') -Hint $others[0].hint
    }
    elseif ($Status.clientState -ceq 'noPolicy') {
        New-EPMAgentCheck -Id 'policy' -Title 'Policy' -State 'warning' -Found 'no policy has been delivered' -Hint 'Deliver one by Intune or Group Policy, or use Import-EPMPolicy.'
    }
    elseif ($Status.clientState -ceq 'disabled') {
        New-EPMAgentCheck -Id 'policy' -Title 'Policy' -State 'warning' -Found 'the policy switches elevation off' -Hint 'Nothing to do, if that is meant.'
    }
    else { New-EPMAgentCheck -Id 'policy' -Title 'Policy' -State 'passed' -Found "$($Status.clientState) since $((ConvertTo-EPMTime -Value $Status.policySince).ToString('yyyy-MM-dd HH:mm'))" }
    if ($Status.rejectedRules -gt 0) {
        New-EPMAgentCheck -Id 'policyRules' -Title 'Rules' -State 'warning' -Found "$($Status.rejectedRules) rejected, $($Status.rules) in force" -Hint 'Get-EPMRule | Where-Object State -eq rejected shows them and why.'
    }
    else { New-EPMAgentCheck -Id 'policyRules' -Title 'Rules' -State 'passed' -Found "$($Status.rules) in force" }
    $unconfirmed = @($Status.warnings | Where-Object { $_.code -ceq 'unconfirmedUserPolicy' })
    if ($unconfirmed.Count -gt 0) {
        New-EPMAgentCheck -Id 'userPolicies' -Title 'Policies of users' -State 'warning' -Found (@($unconfirmed | ForEach-Object { $_.message }) -join ' ') -Hint $unconfirmed[0].hint
    }
    else { New-EPMAgentCheck -Id 'userPolicies' -Title 'Policies of users' -State 'passed' -Found 'everything in them counts' }
}
