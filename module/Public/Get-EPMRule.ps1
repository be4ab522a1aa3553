function Get-EPMRule {
    <#
    .SYNOPSIS
    Shows rules, found by their name, by a file name or by a certificate.

    .DESCRIPTION
    Shows the rules in force for you on this device, or those of a policy file, with every attribute. FileName and CertificateHash look
    up the rules that can concern a file or a publisher, as Get-ElevationRules of Microsoft's agent does. Rejected rules are shown with
    the reasons.

    .PARAMETER Name
    Shows only rules with these names. Wildcards are allowed.

    .PARAMETER FileName
    Shows only rules for files of this name, those whose file name is a pattern that fits included. Wildcards are allowed. A rule that
    names no file is not found by it.

    .PARAMETER CertificateHash
    Shows only rules that ask for one of these certificates: SHA-256 of the certificate in hexadecimal, as in CertificateHash of
    Get-EPMFileAttribute.

    .PARAMETER Path
    A policy file, in place of the policy in force.

    .EXAMPLE
    Get-EPMRule -FileName setup.exe

    Shows the rules in force that can concern a file named setup.exe.

    .EXAMPLE
    Get-EPMFileAttribute C:\Tools\setup.exe | Get-EPMRule -Path .\policy.json | Format-List

    Shows the rules of a policy file that ask for the certificate which signed a program, and for its name.

    .EXAMPLE
    Get-EPMRule -CertificateHash 5994ae9afc2ab8a3d8f9ab5f2ab5f6b6e3b7dbf9b9f1b76a6f8e3b0c47c5c2d1

    Shows the rules for a publisher.

    .EXAMPLE
    Get-EPMRule -Name 'Contoso*' | Where-Object State -eq rejected | Format-List Name, Reasons

    Shows why rules were rejected.

    .INPUTS
    An object with members FileName and CertificateHash, such as EPM.FileAttribute.

    .OUTPUTS
    EPM.PolicyRule

    .LINK
    Get-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.PolicyRule')]
    param(
        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$Name,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [SupportsWildcards()]
        [string]$FileName,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ValidatePattern('^(?:[0-9A-Fa-f]{64})?$')]
        [string]$CertificateHash,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$Path
    )

    process {
        $source = @{ Source = 'Agent' }
        if ($Path) { $source = @{ Source = 'File'; Path = Resolve-EPMFilePath -Path $Path } }
        foreach ($policy in @(Read-EPMPolicy -Cmdlet $PSCmdlet @source)) {
            foreach ($rule in $policy.Rules) {
                if ($Name -and @($Name | Where-Object { $rule.Name -like $_ }).Count -eq 0) { continue }
                if ($FileName -and -not (Test-EPMRuleName -RuleName $rule.FileName -Wanted $FileName)) { continue }
                if ($CertificateHash -and $rule.CertificateHash -ne $CertificateHash) { continue }
                $rule
            }
        }
    }
}
