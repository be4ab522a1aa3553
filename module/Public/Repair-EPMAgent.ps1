function Repair-EPMAgent {
    <#
    .SYNOPSIS
    Makes the installation of the EPM agent as it must be, and says what it changed.

    .DESCRIPTION
    Checks how the agent is installed on this device: the service with its account, program, start, recovery, privileges and permissions,
    the registry keys of the service and of its event log, and the folder of its data. What is not as it must be is mended, each after its
    own question. Where nothing can be mended, such as a program folder that users may write, the output says what to do. A service that
    does not run is started. The cmdlet needs an administrator, from a prompt that Windows elevated.

    .PARAMETER WhatIf
    Shows what would be mended. Nothing is changed.

    .PARAMETER Confirm
    Asks before each repair. This is the default; -Confirm:$false mends without a question.

    .EXAMPLE
    Repair-EPMAgent

    Asks for each fault, mends it, and shows what became of it. Writes nothing when everything is as it must be.

    .EXAMPLE
    Repair-EPMAgent -Confirm:$false | Where-Object { -not $_.Repaired }

    Mends everything without a question, and shows what is left.

    .EXAMPLE
    Repair-EPMAgent -WhatIf

    Shows what is not as it must be. Nothing is changed.

    .OUTPUTS
    EPM.AgentRepair

    .LINK
    Test-EPMAgent

    .LINK
    Get-EPMAgent

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('EPM.AgentRepair')]
    param()

    process {
        $wanted = @(foreach ($check in @(Read-EPMInstallationCheck -Cmdlet $PSCmdlet)) {
                if ($check.State -cne 'failed') { continue }
                $action = "Repair `"$($check.Title)`": $($check.Found)."
                if (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action $action -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm repair' -Impact 'High') { $check.Id }
            })
        if ($wanted.Count -eq 0) { return }
        foreach ($answer in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList (@('agent', 'repair', '--json', '--only') + $wanted) -Target 'EPM Agent')) {
            foreach ($repair in @($answer.repairs)) { if ($null -ne $repair) { ConvertTo-EPMAgentRepair -Repair $repair } }
        }
    }
}
