function Export-EPMPolicy {
    <#
    .SYNOPSIS
    Writes a policy in another format: for Microsoft Graph, Intune, Group Policy or the registry.

    .DESCRIPTION
    Reads a policy file in any format, or the policy of this device, and writes it in the format you ask for. It leaves out what the format
    cannot hold, with a warning, and writes a rejected Deny as a Deny of what could be read of it. Without OutputPath it outputs the
    text. With Admx it writes the administrative template of EPM, which belongs to no policy.

    By some rules Microsoft's client would elevate more than EPM does, for example by one with requireArguments, which Graph does not
    have. The cmdlet leaves such a rule out of Graph and counts it as rejected. It refuses a policy with a setting without which every
    rule is looser, such as blockInternetFiles. It makes a Deny broader where Graph cannot hold all of it. It writes a SHA-384 or SHA-512
    digest, and a path that ends in \**, with a warning, because Microsoft does not say that its client knows them.

    .PARAMETER As
    The format: Json, the policy file; Graph, configuration policies of Microsoft Graph; SyncML, commands of an MDM server;
    IntuneCustomProfile, a custom profile of Intune; Admx, EPM.admx and en-US\EPM.adml; Reg, a file of regedit.exe; RegistryPol, Registry.pol
    of Group Policy.

    .PARAMETER InputPath
    The policy to write; otherwise the policy of this device, as it is in the registry.

    .PARAMETER User
    The user, by SID or by account name, whose policy on this device is written, in place of the device's own.

    .PARAMETER OutputPath
    The file to write; for Admx the folder, such as PolicyDefinitions of a central store. Admx and RegistryPol need it.

    .PARAMETER CertificatePath
    Files with the reusable settings of Microsoft Graph that the policy refers to.

    .PARAMETER AllowLooser
    With Graph: also writes rules and settings by which Microsoft's client would elevate more or deny less, each with a warning.

    .PARAMETER Force
    Overwrites existing files.

    .PARAMETER WhatIf
    Shows what would be written. Nothing is written.

    .PARAMETER Confirm
    Asks before a file is written.

    .EXAMPLE
    Export-EPMPolicy -As IntuneCustomProfile -InputPath .\policy.json -OutputPath .\profile.json

    Writes a custom profile for import into Intune.

    .EXAMPLE
    Export-EPMPolicy -As Json

    Shows the policy of this device as a policy file.

    .EXAMPLE
    Export-EPMPolicy -As Json -InputPath .\graph.json -CertificatePath .\certificates.json -OutputPath .\policy.json -Force

    Writes an export of Microsoft Graph as a policy file, in place of the one that is there.

    .EXAMPLE
    Export-EPMPolicy -As Admx -OutputPath C:\Windows\PolicyDefinitions -WhatIf

    Shows which files of the administrative template would be written.

    .EXAMPLE
    Export-EPMPolicy -As RegistryPol -InputPath .\policy.json -OutputPath .\Registry.pol -Confirm

    Asks, then writes a file of Group Policy.

    .EXAMPLE
    Export-EPMPolicy -As Graph -InputPath .\policy.json -OutputPath .\graph.json -AllowLooser

    Writes a policy for Microsoft Graph, with the rules that Microsoft's client reads more loosely.

    .EXAMPLE
    Export-EPMPolicy -As Json -User CONTOSO\ann

    Shows the policy that this device has for one user as a policy file.

    .OUTPUTS
    EPM.ExportResult for each file; System.String without OutputPath.

    .LINK
    Import-EPMPolicy

    .LINK
    Compare-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
    [OutputType('EPM.ExportResult', 'System.String')]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateScript({ Test-EPMWord -Parameter 'As' -Value $_ })]
        [string]$As,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string]$InputPath,

        [Parameter(Position = 2)]
        [ValidateNotNullOrEmpty()]
        [string]$OutputPath,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string[]]$CertificatePath,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$User,

        [Parameter()]
        [switch]$AllowLooser,

        [Parameter()]
        [switch]$Force
    )

    process {
        if (-not $OutputPath -and $As -in 'Admx', 'RegistryPol') {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $As -Message "The format $As is not text." -Hint 'Give -OutputPath.'
            return
        }
        if ($AllowLooser -and $As -ne 'Graph') {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $As -Message "The format $As holds every rule as it is." -Hint 'Leave -AllowLooser out; it is for Graph.'
            return
        }
        if ($As -eq 'Admx' -and ($InputPath -or $CertificatePath)) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $As -Message 'The administrative template belongs to no policy.' -Hint 'Leave -InputPath and -CertificatePath out.'
            return
        }
        if ($User -and ($InputPath -or $As -eq 'Admx')) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $User -Message 'The policy of a user is read from the registry of this device.' -Hint 'Leave -InputPath out, or -User.'
            return
        }
        $output = ''
        if ($OutputPath) {
            $output = Resolve-EPMFilePath -Path $OutputPath
            $present = @(Get-EPMOutputFile -As $As -Path $output | Where-Object { Test-Path -LiteralPath $_ -PathType 'Leaf' })
            if ($present.Count -gt 0 -and -not $Force) {
                Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.File.Unwritable' -Category 'WriteError' -Target $present[0] -Message "`"$($present[0])`" is there already." -Hint 'Give another path, or -Force to write over it.'
                return
            }
            if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action "Write `"$output`" as $As." -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm export' -Impact 'Low')) { return }
        }
        if ($As -eq 'Admx') {
            Export-EPMTemplate -Cmdlet $PSCmdlet -Path $output
            return
        }
        $certificates = @($CertificatePath | Where-Object { $_ } | ForEach-Object { Resolve-EPMFilePath -Path $_ })
        $from = 'HKLM\Software\Policies\EPM'
        if ($User) { $from = "$from\Users\$User" }
        if ($InputPath) { $from = Resolve-EPMFilePath -Path $InputPath }
        Convert-EPMPolicy -Cmdlet $PSCmdlet -Path $from -As $As -OutputPath $output -CertificatePath $certificates -AllowLooser:$AllowLooser
    }
}
