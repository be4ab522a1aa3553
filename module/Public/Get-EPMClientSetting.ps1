function Get-EPMClientSetting {
    <#
    .SYNOPSIS
    Shows each setting in force and the policies it comes from.

    .DESCRIPTION
    Asks the agent for the settings that are in force for you. Source says where a value comes from: builtIn, when no policy says
    anything; policy, when all that say something say the same; conflict, when they disagree and the value is what the product does then.
    Policies has every policy that says something about it, with what it says. Effect is empty for a setting that works; "none yet" says
    that this version keeps the setting and nothing reads it, and "refused yet" that what asks for the value is not elevated.

    .PARAMETER Name
    Shows only settings with these names. Wildcards are allowed.

    .EXAMPLE
    Get-EPMClientSetting

    Shows every setting.

    .EXAMPLE
    Get-EPMClientSetting -Name default* | Format-List

    Shows settings whose names start with "default".

    .EXAMPLE
    Get-EPMClientSetting | Where-Object Source -eq conflict | ForEach-Object Policies

    Shows the policies that disagree.

    .OUTPUTS
    EPM.ClientSetting

    .LINK
    Get-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.ClientSetting')]
    param(
        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$Name
    )

    process {
        foreach ($policy in @(Read-EPMChannel -Cmdlet $PSCmdlet -Channel 'policy')) {
            foreach ($setting in @($policy.settingSources)) {
                if ($Name -and @($Name | Where-Object { $setting.name -like $_ }).Count -eq 0) { continue }
                ConvertTo-EPMClientSetting -InputObject $setting
            }
        }
    }
}
