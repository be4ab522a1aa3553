function Test-EPMAgent {
    <#
    .SYNOPSIS
    Checks whether elevation can work on this device, and says what to do where it cannot.

    .DESCRIPTION
    Writes one object for each check: whether the agent answers and is the genuine one, whether its policy can be used, whether every
    audit record could be written, whether the journal is the one it left and its head is noted in the event log, whether its data is about to be removed; then how it is installed, which Repair-EPMAgent mends, and what Windows must be for elevation to work. State is
    passed, warning, failed or unknown. What the cmdlet cannot find out is unknown, never passed; some checks need an administrator.

    .PARAMETER Failed
    Writes only the checks that did not pass.

    .EXAMPLE
    Test-EPMAgent

    Shows every check.

    .EXAMPLE
    Test-EPMAgent -Failed | Format-List Title, Found, Hint

    Shows what is not as it should be and what to do about it.

    .OUTPUTS
    EPM.AgentCheck

    .LINK
    Repair-EPMAgent

    .LINK
    Get-EPMAgent

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.AgentCheck')]
    param(
        [Parameter()]
        [switch]$Failed
    )

    process {
        Read-EPMAgentCheck | Where-Object { -not $Failed -or $_.State -cne 'passed' }
        foreach ($check in @(Read-EPMInstallationCheck -Cmdlet $PSCmdlet)) {
            if (-not $Failed -or $check.State -cne 'passed') { $check }
        }
        foreach ($answer in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList 'check', '--json' -Target 'epm check')) {
            foreach ($check in @($answer.prerequisites)) {
                if ($Failed -and $check.state -ceq 'passed') { continue }
                New-EPMAgentCheck -Id $check.id -Title $check.title -State $check.state -Found $check.found -Hint (Get-EPMMember -InputObject $check -Name 'hint')
            }
        }
    }
}
