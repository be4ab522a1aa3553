function Get-EPMAgent {
    <#
    .SYNOPSIS
    Shows whether the EPM agent runs, and its state.

    .DESCRIPTION
    Asks the agent for its state: version, start, the policy in force, the number of elevated programs that run, counters since its
    start, and the head of the audit journal. Warnings name what needs attention: scripts read Code, which docs/errors.md lists; Message
    and Hint are for people.

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
        foreach ($status in @(Read-EPMChannel -Cmdlet $PSCmdlet -Channel 'status')) { ConvertTo-EPMAgent -InputObject $status }
    }
}
