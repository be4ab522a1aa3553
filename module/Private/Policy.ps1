# Policies and rules from the agent, a file, the registry or the MDM server, as the same objects.

function ConvertTo-EPMRule {
    # From a rule of the agent's report or of `epm policy show`.
    param([Parameter(Mandatory = $true)]$Rule, [string]$PolicyId, [string]$Scope)

    $state = Get-EPMMember -InputObject $Rule -Name 'state'
    if (-not $state) {
        $state = 'active'
        if ((Get-EPMMember -InputObject $Rule -Name 'outcome') -ceq 'rejected') { $state = 'rejected' }
    }
    $policy = Get-EPMMember -InputObject $Rule -Name 'policyId'
    if ($policy) { $PolicyId = ConvertTo-EPMText -Value $policy }
    $for = Get-EPMMember -InputObject $Rule -Name 'scope'
    if ($for) { $Scope = $for }
    $reasons = Get-EPMMember -InputObject $Rule -Name 'reasons'
    $diagnostics = @(foreach ($reason in @($reasons)) {
            if ($null -ne $reason) { ConvertTo-EPMDiagnostic -Diagnostic $reason }
        })
    New-EPMRuleObject -InputObject $Rule -State $state -Scope $Scope -PolicyId $PolicyId -Diagnostic $diagnostics
}

function Read-EPMAgentPolicy {
    # The agent's reports, in pages of some hundred rules; nothing, after an error, when the agent does not say.
    param([Parameter(Mandatory = $true)]$Cmdlet)

    $state = @{ After = 0; More = $true; Digest = $null }
    while ($state.More) {
        $state.More = $false
        $body = @{}
        if ($state.After -gt 0) { $body['after'] = $state.After }
        foreach ($page in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'policy' -Body $body)) {
            if ($null -ne $state.Digest -and $page.digest -cne $state.Digest) {
                Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Agent.Busy' -Category 'ResourceUnavailable' -Target 'EPM Agent' -Message 'The policy changed while it was read.' -Hint 'Run the command again.'
            }
            else {
                $state.Digest = $page.digest
                $count = @($page.rules).Count
                $state.After += $count
                $state.More = $count -gt 0 -and [bool](Get-EPMMember -InputObject $page -Name 'truncated')
                $page
            }
        }
    }
}

function Read-EPMPolicy {
    # Objects EPM.Policy of one source. Of a file of several policies, and of an MDM server, there can be several.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Source, [string]$Path)

    switch ($Source) {
        'Agent' {
            $pages = @(Read-EPMAgentPolicy -Cmdlet $Cmdlet)
            if ($pages.Count -eq 0) { return }
            $rules = @(foreach ($page in $pages) { foreach ($rule in @($page.rules)) { $rule } })
            ConvertTo-EPMPolicy -Result $pages[0] -Rules $rules
        }
        'File' {
            foreach ($shown in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList 'policy', 'show', '--policy', $Path, '--json' -Target $Path)) {
                ConvertTo-EPMShownPolicy -Shown $shown -Source 'File' -Scope 'device'
            }
        }
        'Registry' {
            foreach ($shown in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList 'policy', 'show', '--source', 'registry', '--json' -Target 'registry')) {
                if ($shown.present) {
                    ConvertTo-EPMShownPolicy -Shown $shown -Source 'Registry' -Scope 'device'
                    $users = Get-EPMMember -InputObject $shown -Name 'users'
                    foreach ($own in @($users)) {
                        if ($null -ne $own) { ConvertTo-EPMShownPolicy -Shown $own -Source 'Registry' -Scope 'user' -User $own.user }
                    }
                }
                else {
                    Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Policy.Missing' -Category 'ResourceUnavailable' -Target $shown.key -Message "There is no $($shown.key): no policy for this device." -Hint 'Deliver a policy, or import one with Import-EPMPolicy.'
                }
            }
        }
        'Mdm' {
            foreach ($shown in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList 'policy', 'show', '--source', 'mdm', '--json' -Target 'MDM')) {
                foreach ($problem in @($shown.problems)) { Write-Warning "$(Get-EPMPlaceText -Place (Get-EPMMember -InputObject $problem -Name 'place')): $($problem.message)" }
                foreach ($item in @($shown.items | Where-Object { $_.state -cne 'inForce' })) { Write-Warning "$($item.name) is delivered, but not in force: $($item.state)." }
                foreach ($policy in @($shown.policies)) {
                    $scope = Get-EPMMember -InputObject $policy -Name 'scope'
                    ConvertTo-EPMShownPolicy -Shown $policy -Source 'Mdm' -Scope (Get-EPMMember -InputObject $scope -Name 'kind') -User (Get-EPMMember -InputObject $scope -Name 'sid')
                }
            }
        }
    }
}

function ConvertTo-EPMShownPolicy {
    # From what `epm policy show --json` prints of a policy that is not the one in force.
    param([Parameter(Mandatory = $true)]$Shown, [Parameter(Mandatory = $true)][string]$Source, [string]$Scope, [string]$User)

    $settings = Get-EPMMember -InputObject $Shown -Name 'settings'
    $id = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Shown -Name 'id')
    $enabled = Get-EPMMember -InputObject $settings -Name 'enabled'
    $state = 'notConfigured'
    if ($enabled -eq $true) { $state = 'enabled' } elseif ($enabled -eq $false) { $state = 'disabled' }
    $rules = @(foreach ($rule in @($Shown.rules)) { if ($null -ne $rule) { ConvertTo-EPMRule -Rule $rule -PolicyId $id -Scope $Scope } })
    $problems = @(foreach ($problem in @($Shown.problems)) { if ($null -ne $problem) { [string]$problem.message } })
    New-EPMPolicyObject -Source $Source -Id $id -User $User -State $state -Settings $settings -Rules $rules -Problems $problems
}

function ConvertTo-EPMPolicy {
    # From a `policy` result, and the rules of all its pages.
    param([Parameter(Mandatory = $true)]$Result, $Rules = $Result.rules)

    $objects = @(foreach ($rule in @($Rules)) { if ($null -ne $rule) { ConvertTo-EPMRule -Rule $rule } })
    $leftOut = Get-EPMMember -InputObject $Result.settings -Name 'leftOut'
    $problems = @(foreach ($left in @($leftOut)) {
            if ($null -ne $left) { "The hive of the user says something about $($left.setting) that does not count, because nothing confirms it (unconfirmedUserPolicy)." }
        })
    New-EPMPolicyObject -Source 'Agent' -State $Result.settings.clientState -Settings $Result.settings -Rules $objects -Problems $problems -Report $Result
}

function New-EPMPolicyObject {
    param([string]$Source, [string]$Id, [string]$User, [string]$State, $Settings, $Rules, $Problems = @(), $Report)

    New-EPMObject -TypeName 'EPM.Policy' -Property ([ordered]@{
            Source                   = $Source
            Id                       = $Id
            User                     = $User
            ClientState              = $State
            DefaultElevationResponse = [string](Get-EPMMember -InputObject $Settings -Name 'defaultElevationResponse')
            DefaultValidations       = [string[]]@((Get-EPMMember -InputObject $Settings -Name 'defaultValidations') | Where-Object { $_ })
            RuleCount                = @($Rules | Where-Object { $_.State -eq 'active' }).Count
            RejectedRuleCount        = @($Rules | Where-Object { $_.State -eq 'rejected' }).Count
            Rules                    = @($Rules)
            Settings                 = $Settings
            Since                    = ConvertTo-EPMTime -Value (Get-EPMMember -InputObject $Report -Name 'since')
            Digest                   = [string](Get-EPMMember -InputObject $Report -Name 'digest')
            Fault                    = Get-EPMMember -InputObject $Report -Name 'fault'
            Problems                 = [string[]]@($Problems)
        })
}

function Test-EPMRuleName {
    # Whether the file name of a rule, which may be a pattern, and a name or pattern that is looked for can mean one file.
    param([string]$RuleName, [Parameter(Mandatory = $true)][string]$Wanted)

    if (-not $RuleName) { return $false }
    # In a rule only * and ? are wildcards.
    $pattern = $RuleName -replace '([`\[\]])', '`$1'
    $Wanted -like $pattern -or $RuleName -like $Wanted
}
