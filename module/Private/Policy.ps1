# Policies and rules from the agent, a file, the registry or the MDM server, as the same objects.

function ConvertTo-EPMRule {
    # From a rule of the agent's report or of `epm policy show`.
    param([Parameter(Mandatory = $true)]$Rule, [string]$PolicyId, [string]$Scope)

    $value = @{}
    foreach ($property in $Rule.PSObject.Properties) { $value[$property.Name] = $property.Value }
    $state = $value['state']
    if (-not $state) {
        $state = 'active'
        if ($value['outcome'] -ceq 'rejected') { $state = 'rejected' }
    }
    if ($value['policyId']) { $PolicyId = ConvertTo-EPMText -Value $value['policyId'] }
    if ($value['scope']) { $Scope = $value['scope'] }
    $diagnostics = @(foreach ($reason in @($value['reasons'])) {
            if ($null -ne $reason) { ConvertTo-EPMDiagnostic -Diagnostic $reason }
        })
    $allowed = $null
    if ($value.Keys -contains 'arguments') { $allowed = ConvertTo-EPMArgumentList -Value $value['arguments'] }
    New-EPMObject -TypeName 'EPM.PolicyRule' -Property ([ordered]@{
            Name              = ConvertTo-EPMText -Value $value['name']
            Type              = [string]$value['type']
            State             = [string]$state
            Scope             = $Scope
            PolicyId          = $PolicyId
            Description       = ConvertTo-EPMText -Value $value['description']
            FileName          = ConvertTo-EPMText -Value $value['fileName']
            FilePath          = ConvertTo-EPMText -Value $value['filePath']
            FileHash          = $value['fileHash']
            CertificateType   = Get-EPMMember -InputObject $value['certificate'] -Name 'type'
            CertificateHash   = Get-EPMMember -InputObject $value['certificate'] -Name 'sha256'
            MinimumVersion    = ConvertTo-EPMText -Value $value['minimumVersion']
            ProductName       = ConvertTo-EPMText -Value $value['productName']
            InternalName      = ConvertTo-EPMText -Value $value['internalName']
            FileDescription   = ConvertTo-EPMText -Value $value['fileDescription']
            AllowedArguments  = $allowed
            RequireArguments  = $value['requireArguments']
            Validations       = [string[]]@($value['validations'] | Where-Object { $_ })
            ChildProcesses    = $value['childProcesses']
            AcceptTimestamped = $value['acceptTimestamped']
            Reasons           = [string[]]@($diagnostics | ForEach-Object { $_.Message })
            Diagnostics       = $diagnostics
            Truncated         = [bool]$value['truncated']
        })
}

function Read-EPMAgentPolicy {
    # The agent's reports, in pages of some hundred rules; nothing, after an error, when the agent does not say.
    param([Parameter(Mandatory = $true)]$Cmdlet)

    $state = @{ After = 0; More = $true; Digest = $null }
    while ($state.More) {
        $state.More = $false
        $body = @{}
        if ($state.After -gt 0) { $body['after'] = $state.After }
        Invoke-EPMChannel -Channel 'policy' -Body $body | ForEach-Object -Process {
            if ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $Cmdlet -Report $_.body -Target 'EPM Agent' }
            elseif ($_.kind -ceq 'result') {
                if ($null -ne $state.Digest -and $_.body.digest -cne $state.Digest) {
                    Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Agent.Busy' -Category 'ResourceUnavailable' -Target 'EPM Agent' -Message 'The policy changed while it was read.' -Hint 'Run the command again.'
                }
                else {
                    $state.Digest = $_.body.digest
                    $count = @($_.body.rules).Count
                    $state.After += $count
                    $state.More = $count -gt 0 -and [bool](Get-EPMMember -InputObject $_.body -Name 'truncated')
                    $_.body
                }
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
                if ($shown.present) { ConvertTo-EPMShownPolicy -Shown $shown -Source 'Registry' -Scope 'device' }
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
                    $scope = Get-EPMMember -InputObject (Get-EPMMember -InputObject $policy -Name 'scope') -Name 'kind'
                    ConvertTo-EPMShownPolicy -Shown $policy -Source 'Mdm' -Scope $scope
                }
            }
        }
    }
}

function ConvertTo-EPMShownPolicy {
    # From what `epm policy show --json` prints of a policy that is not the one in force.
    param([Parameter(Mandatory = $true)]$Shown, [Parameter(Mandatory = $true)][string]$Source, [string]$Scope)

    $settings = Get-EPMMember -InputObject $Shown -Name 'settings'
    $id = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Shown -Name 'id')
    $enabled = Get-EPMMember -InputObject $settings -Name 'enabled'
    $state = 'notConfigured'
    if ($enabled -eq $true) { $state = 'enabled' } elseif ($enabled -eq $false) { $state = 'disabled' }
    $rules = @(foreach ($rule in @($Shown.rules)) { if ($null -ne $rule) { ConvertTo-EPMRule -Rule $rule -PolicyId $id -Scope $Scope } })
    $problems = @(foreach ($problem in @($Shown.problems)) { if ($null -ne $problem) { [string]$problem.message } })
    New-EPMPolicyObject -Source $Source -Id $id -State $state -Settings $settings -Rules $rules -Problems $problems
}

function ConvertTo-EPMPolicy {
    # From a `policy` result, and the rules of all its pages.
    param([Parameter(Mandatory = $true)]$Result, $Rules = $Result.rules)

    $objects = @(foreach ($rule in @($Rules)) { if ($null -ne $rule) { ConvertTo-EPMRule -Rule $rule } })
    New-EPMPolicyObject -Source 'Agent' -State $Result.settings.clientState -Settings $Result.settings -Rules $objects -Report $Result
}

function New-EPMPolicyObject {
    param([string]$Source, [string]$Id, [string]$State, $Settings, $Rules, $Problems = @(), $Report)

    New-EPMObject -TypeName 'EPM.Policy' -Property ([ordered]@{
            Source                   = $Source
            Id                       = $Id
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

function ConvertTo-EPMClientSetting {
    # From one entry of `settingSources` in a `policy` result.
    param([Parameter(Mandatory = $true)]$Setting)

    New-EPMObject -TypeName 'EPM.ClientSetting' -Property ([ordered]@{
            Name     = [string]$Setting.name
            Value    = $Setting.value
            Source   = [string]$Setting.source
            Effect   = [string](Get-EPMMember -InputObject $Setting -Name 'effect')
            Policies = @(foreach ($policy in @($Setting.policies)) {
                    if ($null -ne $policy) {
                        New-EPMObject -TypeName 'EPM.SettingPolicy' -Property ([ordered]@{
                                Setting  = [string]$Setting.name
                                PolicyId = ConvertTo-EPMText -Value $policy.id
                                Scope    = [string]$policy.scope
                                Value    = $policy.value
                            })
                    }
                })
        })
}
