# The objects the cmdlets write. They are made by cmdlets, because constrained language has no other way, and so are the
# same in every language mode. Member names are part of the module's interface.

function New-EPMObject {
    param([string]$TypeName, [Parameter(Mandatory = $true)]$Property)

    $object = New-Object -TypeName 'PSObject' -Property $Property
    if ($TypeName) { Add-Member -InputObject $object -TypeName $TypeName }
    $object
}

function ConvertTo-EPMArgumentList {
    # Always an array, also for none or one.
    param($Value)

    $texts = @(foreach ($item in @($Value)) { if ($null -ne $item) { ConvertTo-EPMText -Value $item } })
    return , [string[]]$texts
}

function ConvertTo-EPMElevation {
    # From an `elevate` result that started, finished or cancelled.
    param([Parameter(Mandatory = $true)]$Result, [string[]]$ArgumentList)

    $start = ConvertTo-EPMTime -Value $Result.startTime
    $end = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $Result -Name 'endTime')
    $duration = $null
    if ($null -ne $end) { $duration = $end - $start }
    $rule = Get-EPMMember -InputObject $Result -Name 'rule'
    New-EPMObject -TypeName 'EPM.Elevation' -Property ([ordered]@{
            Outcome        = [string]$Result.outcome
            FilePath       = ConvertTo-EPMText -Value $Result.file.path
            ArgumentList   = ConvertTo-EPMArgumentList -Value $ArgumentList
            ProcessId      = [int]$Result.processId
            ExitCode       = Get-EPMMember -InputObject $Result -Name 'exitCode'
            StartTime      = $start
            EndTime        = $end
            Duration       = $duration
            Rule           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $rule -Name 'name')
            PolicyId       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $rule -Name 'policyId')
            Account        = ConvertTo-EPMText -Value $Result.account.name
            AccountSid     = [string]$Result.account.sid
            AccountFactory = [string]$Result.accountFactory
            ChildProcesses = [string]$Result.childProcesses
            Sha256         = [string]$Result.file.sha256
            RequestId      = ConvertTo-EPMText -Value $Result.requestId
        })
}

function ConvertTo-EPMDecision {
    # From a `test` result.
    param([Parameter(Mandatory = $true)]$Result, [string[]]$ArgumentList)

    $rule = Get-EPMMember -InputObject $Result -Name 'rule'
    New-EPMObject -TypeName 'EPM.Decision' -Property ([ordered]@{
            Outcome        = [string]$Result.outcome
            Reason         = Get-EPMMember -InputObject $Result -Name 'reason'
            Requirements   = [string[]]@($Result.requirements)
            FilePath       = ConvertTo-EPMText -Value $Result.file.path
            ArgumentList   = ConvertTo-EPMArgumentList -Value $ArgumentList
            Rule           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $rule -Name 'name')
            RuleType       = Get-EPMMember -InputObject $rule -Name 'type'
            PolicyId       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $rule -Name 'policyId')
            Scope          = Get-EPMMember -InputObject $rule -Name 'scope'
            ChildProcesses = Get-EPMMember -InputObject $Result -Name 'childProcesses'
            Sha256         = [string]$Result.file.sha256
            Explanation    = [string]$Result.explanation
            File           = $Result.file
            Trace          = $Result.trace
            Truncated      = [bool](Get-EPMMember -InputObject $Result -Name 'truncated')
        })
}

function ConvertTo-EPMAgentWarning {
    # From a warning of a `status` result. Scripts compare Code; Message and Hint are for people.
    param([Parameter(Mandatory = $true)]$Warning)

    New-EPMObject -TypeName 'EPM.AgentWarning' -Property ([ordered]@{
            Code    = [string]$Warning.code
            Message = ConvertTo-EPMText -Value $Warning.message
            Hint    = ConvertTo-EPMText -Value $Warning.hint
            Data    = Get-EPMMember -InputObject $Warning -Name 'data'
        })
}

function ConvertTo-EPMAgent {
    # From a `status` result.
    param([Parameter(Mandatory = $true)]$Result)

    New-EPMObject -TypeName 'EPM.Agent' -Property ([ordered]@{
            State            = [string]$Result.state
            Version          = [string]$Result.version
            StartTime        = ConvertTo-EPMTime -Value $Result.startTime
            ProcessId        = [int]$Result.processId
            ClientState      = [string]$Result.clientState
            Rules            = [int]$Result.rules
            RejectedRules    = [int]$Result.rejectedRules
            Running          = [int]$Result.running
            Elevated         = [long]$Result.counters.elevated
            Denied           = [long]$Result.counters.denied
            Failed           = [long]$Result.counters.failed
            RefusedClients   = [long]$Result.counters.refusedClients
            PolicySince      = ConvertTo-EPMTime -Value $Result.policySince
            PolicyLastRead   = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $Result -Name 'policyLastRead')
            PolicyFaultSince = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $Result -Name 'policyFaultSince')
            DataRemoval      = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $Result -Name 'dataRemoval')
            PolicyDigest     = [string]$Result.policyDigest
            JournalRecords   = [long]$Result.journal.records
            JournalHead      = [string]$Result.journal.headHash
            AccountFactory   = [string]$Result.accountFactory
            Warnings         = @(foreach ($warning in @($Result.warnings)) { if ($null -ne $warning) { ConvertTo-EPMAgentWarning -Warning $warning } })
        })
}
