function Get-EPMRole {
    <#
    .SYNOPSIS
    Shows what you may do with the agent of this device, and why.

    .DESCRIPTION
    Asks the agent for the rights of the caller, and for the groups that give them: administrators have all, and others have what
    the list roles of the policy gives to their groups. Rights count in a program with high integrity that EPM did not elevate;
    where they count for nothing, Withheld is the code of the reason and Explanation says it. Whoever has no right sees and ends what is their own, and asks.

    .EXAMPLE
    Get-EPMRole

    Shows your rights and where they come from.

    .EXAMPLE
    if ((Get-EPMRole).Rights -notcontains 'requests.modify') { 'Start PowerShell as administrator.' }

    Tells whether you may answer requests to support.

    .OUTPUTS
    EPM.Role

    .LINK
    Deny-EPMRequest

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.Role')]
    param()

    process {
        foreach ($role in @(Read-EPMChannel -Cmdlet $PSCmdlet -Channel 'role')) { ConvertTo-EPMRole -InputObject $role }
    }
}
