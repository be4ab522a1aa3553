# Loads the module. The files are named one by one: nothing that lies in the folder by accident is run, and no folder is searched.
# Nothing here calls a .NET method, so that the module also loads in constrained language.
Set-StrictMode -Version 2.0

$script:ModuleRoot = $PSScriptRoot

. "$PSScriptRoot\Private\Generated.ps1"
. "$PSScriptRoot\Private\Words.ps1"
. "$PSScriptRoot\Private\Errors.ps1"
. "$PSScriptRoot\Private\Json.ps1"
. "$PSScriptRoot\Private\DisplayText.ps1"
. "$PSScriptRoot\Private\Objects.ps1"
. "$PSScriptRoot\Private\Diagnostics.ps1"
. "$PSScriptRoot\Private\FilePath.ps1"
. "$PSScriptRoot\Private\Consent.ps1"
. "$PSScriptRoot\Private\PipeChannel.ps1"
. "$PSScriptRoot\Private\CommandChannel.ps1"
. "$PSScriptRoot\Private\Channel.ps1"
. "$PSScriptRoot\Private\Audit.ps1"
. "$PSScriptRoot\Private\Elevation.ps1"
. "$PSScriptRoot\Private\Verb.ps1"
. "$PSScriptRoot\Private\Credential.ps1"
. "$PSScriptRoot\Private\Passphrase.ps1"
. "$PSScriptRoot\Private\SignedText.ps1"
. "$PSScriptRoot\Private\SupportRequest.ps1"
. "$PSScriptRoot\Private\Grant.ps1"
. "$PSScriptRoot\Private\Policy.ps1"
. "$PSScriptRoot\Private\Report.ps1"
. "$PSScriptRoot\Private\File.ps1"
. "$PSScriptRoot\Private\Checks.ps1"
. "$PSScriptRoot\Private\Formats.ps1"
. "$PSScriptRoot\Private\Completion.ps1"
. "$PSScriptRoot\Public\Approve-EPMRequest.ps1"
. "$PSScriptRoot\Public\Compare-EPMPolicy.ps1"
. "$PSScriptRoot\Public\Deny-EPMRequest.ps1"
. "$PSScriptRoot\Public\Export-EPMPolicy.ps1"
. "$PSScriptRoot\Public\Get-EPMAgent.ps1"
. "$PSScriptRoot\Public\Get-EPMAudit.ps1"
. "$PSScriptRoot\Public\Get-EPMClientSetting.ps1"
. "$PSScriptRoot\Public\Get-EPMElevation.ps1"
. "$PSScriptRoot\Public\Get-EPMFileAttribute.ps1"
. "$PSScriptRoot\Public\Get-EPMGrant.ps1"
. "$PSScriptRoot\Public\Get-EPMPolicy.ps1"
. "$PSScriptRoot\Public\Get-EPMReport.ps1"
. "$PSScriptRoot\Public\Get-EPMRequest.ps1"
. "$PSScriptRoot\Public\Get-EPMRole.ps1"
. "$PSScriptRoot\Public\Get-EPMRule.ps1"
. "$PSScriptRoot\Public\Import-EPMGrant.ps1"
. "$PSScriptRoot\Public\Import-EPMPolicy.ps1"
. "$PSScriptRoot\Public\Invoke-EPMElevation.ps1"
. "$PSScriptRoot\Public\New-EPMApprovalKey.ps1"
. "$PSScriptRoot\Public\New-EPMRule.ps1"
. "$PSScriptRoot\Public\Repair-EPMAgent.ps1"
. "$PSScriptRoot\Public\Revoke-EPMRequest.ps1"
. "$PSScriptRoot\Public\Stop-EPMElevation.ps1"
. "$PSScriptRoot\Public\Test-EPMAgent.ps1"
. "$PSScriptRoot\Public\Test-EPMElevation.ps1"
. "$PSScriptRoot\Public\Test-EPMPolicy.ps1"

Register-ArgumentCompleter -CommandName 'Get-EPMFileAttribute', 'Invoke-EPMElevation', 'New-EPMRule', 'Test-EPMElevation' -ParameterName 'FilePath' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Get-EPMFileCompletion -Word $wordToComplete
}

Register-ArgumentCompleter -CommandName 'Get-EPMClientSetting' -ParameterName 'Name' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Get-EPMWordCompletion -From $script:SettingName -Word $wordToComplete
}

Register-ArgumentCompleter -CommandName 'Get-EPMReport' -ParameterName 'Name' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Get-EPMWordCompletion -From $script:ParameterWord['Report'] -Word $wordToComplete
}

Register-ArgumentCompleter -CommandName 'Get-EPMElevation', 'Stop-EPMElevation' -ParameterName 'RequestId' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Get-EPMElevationCompletion -Word $wordToComplete
}

Register-ArgumentCompleter -CommandName 'Approve-EPMRequest', 'Deny-EPMRequest', 'Get-EPMGrant', 'Get-EPMRequest', 'Revoke-EPMRequest' -ParameterName 'RequestId' -ScriptBlock {
    param($commandName, $parameterName, $wordToComplete)
    Get-EPMRequestCompletion -Word $wordToComplete -CommandName $commandName
}

foreach ($name in $script:ParameterWord.Keys) {
    Register-ArgumentCompleter -CommandName 'Export-EPMPolicy', 'Get-EPMFileAttribute', 'Get-EPMRequest', 'Import-EPMPolicy', 'New-EPMRule', 'Test-EPMPolicy' -ParameterName $name -ScriptBlock {
        param($commandName, $parameterName, $wordToComplete)
        Get-EPMWordCompletion -From $script:ParameterWord[$parameterName] -Word $wordToComplete
    }
}

Export-ModuleMember -Function @(
    'Approve-EPMRequest'
    'Compare-EPMPolicy'
    'Deny-EPMRequest'
    'Export-EPMPolicy'
    'Get-EPMAgent'
    'Get-EPMAudit'
    'Get-EPMClientSetting'
    'Get-EPMElevation'
    'Get-EPMFileAttribute'
    'Get-EPMGrant'
    'Get-EPMPolicy'
    'Get-EPMReport'
    'Get-EPMRequest'
    'Get-EPMRole'
    'Get-EPMRule'
    'Import-EPMGrant'
    'Import-EPMPolicy'
    'Invoke-EPMElevation'
    'New-EPMApprovalKey'
    'New-EPMRule'
    'Repair-EPMAgent'
    'Revoke-EPMRequest'
    'Stop-EPMElevation'
    'Test-EPMAgent'
    'Test-EPMElevation'
    'Test-EPMPolicy'
)
