function Get-EPMPolicy {
    <#
    .SYNOPSIS
    Shows the policy that is in force for you on this device.

    .DESCRIPTION
    Asks the agent for the settings and rules in force, those that were rejected included, with the reasons. While a delivered policy
    cannot be used, the last good one stays in force and the member Fault says why.

    .PARAMETER Name
    Shows only rules with these names. Wildcards are allowed. The output is then the rules themselves.

    .EXAMPLE
    Get-EPMPolicy

    Shows the settings and the number of rules.

    .EXAMPLE
    Get-EPMPolicy -Name 'Contoso*'

    Shows the rules whose names start with "Contoso".

    .EXAMPLE
    (Get-EPMPolicy).Rules | Where-Object State -eq 'rejected' | Format-List Name, Reasons

    Shows why rules were rejected.

    .OUTPUTS
    EPM.Policy, or EPM.PolicyRule when Name is given.

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.Policy', 'EPM.PolicyRule')]
    param(
        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$Name
    )

    process {
        Invoke-EPMChannel -Channel 'policy' | ForEach-Object -Process {
            if ($_.kind -ceq 'result') {
                $policy = ConvertTo-EPMPolicy -Result $_.body
                if (-not $Name) { $policy }
                else {
                    foreach ($rule in $policy.Rules) {
                        if (@($Name | Where-Object { $rule.Name -like $_ }).Count -gt 0) { $rule }
                    }
                }
            }
            elseif ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $PSCmdlet -Report $_.body -Target 'EPM Agent' }
        }
    }
}
