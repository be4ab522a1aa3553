function Get-EPMPolicy {
    <#
    .SYNOPSIS
    Shows the policy that is in force for you on this device, or one from the registry, from MDM or from a file.

    .DESCRIPTION
    Asks the agent for the settings and rules in force, and for the rejected rules with the reasons. While a delivered policy
    cannot be used, the last good one stays in force and the member Fault says why. With Source the policy is read from the registry,
    from what the MDM server delivered, or from a file, each without the agent.

    .PARAMETER Name
    Shows only rules with these names. Wildcards are allowed. The output is then the rules themselves.

    .PARAMETER Source
    Where the policy is read from: Agent, the policy in force; Registry, what the registry of the device holds, whoever wrote it, with an
    object of its own for each user that it has a policy for; Mdm, what the MDM server delivered, for which Windows asks for the local
    system account; File, the file of Path.

    .PARAMETER Path
    The policy file, with the source File.

    .EXAMPLE
    Get-EPMPolicy

    Shows the settings and the number of rules.

    .EXAMPLE
    Get-EPMPolicy -Name 'Contoso*'

    Shows the rules whose names start with "Contoso".

    .EXAMPLE
    (Get-EPMPolicy).Rules | Where-Object State -eq 'rejected' | Format-List Name, Reasons

    Shows why rules were rejected.

    .EXAMPLE
    Get-EPMPolicy -Source Registry

    Shows the device's policy as it is in the registry now.

    .EXAMPLE
    Get-EPMPolicy -Path .\policy.json

    Shows what a policy file would bring.

    .OUTPUTS
    EPM.Policy, or EPM.PolicyRule when Name is given.

    .LINK
    Get-EPMRule

    .LINK
    Get-EPMClientSetting

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.Policy', 'EPM.PolicyRule')]
    param(
        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$Name,

        [Parameter()]
        [ValidateSet('Agent', 'Registry', 'Mdm', 'File')]
        [string]$Source = 'Agent',

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$Path
    )

    process {
        $from = $Source
        if ($Path -and $PSBoundParameters.Keys -notcontains 'Source') { $from = 'File' }
        if (($from -eq 'File') -ne [bool]$Path) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $from -Message "-Path belongs to the source File, and the source is $from." -Hint 'Give -Source File and -Path together, or neither.'
            return
        }
        $file = ''
        if ($Path) { $file = Resolve-EPMFilePath -Path $Path }
        foreach ($policy in @(Read-EPMPolicy -Cmdlet $PSCmdlet -Source $from -Path $file)) {
            if (-not $Name) { $policy }
            else {
                foreach ($rule in $policy.Rules) {
                    if (@($Name | Where-Object { $rule.Name -like $_ }).Count -gt 0) { $rule }
                }
            }
        }
    }
}
