function Get-EPMAgent {
    <#
    .SYNOPSIS
    Shows whether the EPM agent runs and how it is.

    .DESCRIPTION
    Asks the agent for its state: version, since when it runs, the policy in force, how many programs run elevated now, what it
    counted since its start, and the head of the audit journal. Warnings say what is not as it should be: Code is for scripts and listed
    in docs/errors.md, Message and Hint are for people.

    .EXAMPLE
    Get-EPMAgent

    Shows the agent's state as a list.

    .EXAMPLE
    (Get-EPMAgent).Warnings

    Shows only what needs attention; nothing when all is well.

    .OUTPUTS
    EPM.Agent. No object and the error EPM.Agent.Unreachable when the agent does not answer.

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.Agent')]
    param()

    process {
        Invoke-EPMChannel -Channel 'status' | ForEach-Object -Process {
            if ($_.kind -ceq 'result') { ConvertTo-EPMAgent -InputObject $_.body }
            elseif ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $PSCmdlet -Report $_.body -Target 'EPM Agent' }
        }
    }
}
