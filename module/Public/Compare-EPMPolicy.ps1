function Compare-EPMPolicy {
    <#
    .SYNOPSIS
    Says how two policies differ.

    .DESCRIPTION
    Compares two policies, each in any format: settings, rules by name and attribute by attribute, and certificates. The order of rules
    does not matter and is not compared. The output is one object for each difference, and nothing when there is none.

    .PARAMETER ReferencePath
    The policy file to compare with, in any format that Export-EPMPolicy writes.

    .PARAMETER DifferencePath
    The other policy file.

    .PARAMETER Device
    Compares with the policy of this device, as it is in the registry.

    .PARAMETER CertificatePath
    Files with the reusable settings of Microsoft Graph that a policy refers to.

    .EXAMPLE
    Compare-EPMPolicy -ReferencePath .\old.json -DifferencePath .\new.json

    Shows what a change to a policy file changes.

    .EXAMPLE
    Compare-EPMPolicy -ReferencePath .\policy.json -Device

    Shows how the policy of this device differs from a file.

    .EXAMPLE
    Compare-EPMPolicy .\graph.json .\policy.json -CertificatePath .\certificates.json | Where-Object What -eq rule

    Compares an export of Microsoft Graph with a policy file.

    .OUTPUTS
    EPM.PolicyDifference

    .LINK
    Export-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding(DefaultParameterSetName = 'File')]
    [OutputType('EPM.PolicyDifference')]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string]$ReferencePath,

        [Parameter(Mandatory = $true, Position = 1, ParameterSetName = 'File')]
        [ValidateNotNullOrEmpty()]
        [string]$DifferencePath,

        [Parameter(Mandatory = $true, ParameterSetName = 'Device')]
        [switch]$Device,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string[]]$CertificatePath
    )

    process {
        $other = 'device'
        if (-not $Device) { $other = Resolve-EPMFilePath -Path $DifferencePath }
        $reference = Resolve-EPMFilePath -Path $ReferencePath
        $words = @('policy', 'compare', $reference, $other, '--json')
        if ($CertificatePath) { $words += @('--certificates') + @($CertificatePath | ForEach-Object { Resolve-EPMFilePath -Path $_ }) }
        foreach ($compared in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList $words -Target $reference)) {
            foreach ($difference in @($compared.differences)) {
                if ($null -ne $difference) { ConvertTo-EPMPolicyDifference -Difference $difference }
            }
        }
    }
}
