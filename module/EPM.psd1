@{
    RootModule           = 'EPM.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d0f8d0a-6d7e-4f0e-9f5e-6c6c2c1f7b52'
    Author               = 'The EPM authors'
    CompanyName          = 'The EPM authors'
    Copyright            = '(c) The EPM authors. Apache License 2.0.'
    Description          = 'Starts one approved program at a time with administrator rights for a standard user, shows the rules, decisions and audit records behind it, and writes, checks and converts policies.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FunctionsToExport    = @(
        'Compare-EPMPolicy'
        'Export-EPMPolicy'
        'Get-EPMAgent'
        'Get-EPMAudit'
        'Get-EPMClientSetting'
        'Get-EPMElevation'
        'Get-EPMFileAttribute'
        'Get-EPMPolicy'
        'Get-EPMRule'
        'Import-EPMPolicy'
        'Invoke-EPMElevation'
        'New-EPMRule'
        'Repair-EPMAgent'
        'Stop-EPMElevation'
        'Test-EPMAgent'
        'Test-EPMElevation'
        'Test-EPMPolicy'
    )
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    FormatsToProcess     = @('EPM.format.ps1xml')
    FileList             = @(
        'EPM.psd1'
        'EPM.psm1'
        'EPM.format.ps1xml'
        'en-US\about_EPM.help.txt'
        'Private\Audit.ps1'
        'Private\Formats.ps1'
        'Private\Channel.ps1'
        'Private\Checks.ps1'
        'Private\CommandChannel.ps1'
        'Private\Completion.ps1'
        'Private\Consent.ps1'
        'Private\Credential.ps1'
        'Private\Diagnostics.ps1'
        'Private\DisplayText.ps1'
        'Private\Elevation.ps1'
        'Private\Errors.ps1'
        'Private\File.ps1'
        'Private\FilePath.ps1'
        'Private\Generated.ps1'
        'Private\Json.ps1'
        'Private\Objects.ps1'
        'Private\PipeChannel.ps1'
        'Private\Policy.ps1'
        'Private\Verb.ps1'
        'Private\Words.ps1'
        'Public\Compare-EPMPolicy.ps1'
        'Public\Export-EPMPolicy.ps1'
        'Public\Get-EPMAgent.ps1'
        'Public\Get-EPMAudit.ps1'
        'Public\Get-EPMClientSetting.ps1'
        'Public\Get-EPMElevation.ps1'
        'Public\Get-EPMFileAttribute.ps1'
        'Public\Get-EPMPolicy.ps1'
        'Public\Get-EPMRule.ps1'
        'Public\Import-EPMPolicy.ps1'
        'Public\Invoke-EPMElevation.ps1'
        'Public\New-EPMRule.ps1'
        'Public\Repair-EPMAgent.ps1'
        'Public\Stop-EPMElevation.ps1'
        'Public\Test-EPMAgent.ps1'
        'Public\Test-EPMElevation.ps1'
        'Public\Test-EPMPolicy.ps1'
    )
    PrivateData          = @{
        PSData = @{
            Tags                     = @('EPM', 'Elevation', 'JustInTime', 'LeastPrivilege', 'Audit', 'Intune', 'Windows', 'PSEdition_Desktop', 'PSEdition_Core')
            RequireLicenseAcceptance = $false
        }
    }
}
