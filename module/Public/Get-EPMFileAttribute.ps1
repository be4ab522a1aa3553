function Get-EPMFileAttribute {
    <#
    .SYNOPSIS
    Shows what rules can ask about a file.

    .DESCRIPTION
    Reads a file and shows its hash, its version resource, its signature with the chain of certificates, and whether it can be elevated
    at all. The file is not started and the agent is not asked. The first members are named as those of Microsoft's Get-FileAttributes;
    FilePath is the folder, as in a rule, and FullName the whole path.

    .PARAMETER FilePath
    The file, taken as it is written. A relative path starts at the current file system location.

    .PARAMETER Path
    Files by a path with wildcards.

    .PARAMETER HashAlgorithm
    The algorithm of the hash in FileHash: Sha256, Sha384 or Sha512. Rules take each of them.

    .PARAMETER CertificateOutputPath
    A folder to write the certificates of the file's signature to: 1.cer is the root, and the highest number who signed. Nothing that is
    there is overwritten, so give each file a folder of its own.

    .PARAMETER WhatIf
    Says which certificates would be written, and writes none.

    .PARAMETER Confirm
    Asks before certificates are written.

    .EXAMPLE
    Get-EPMFileAttribute -FilePath C:\Tools\setup.exe

    Shows the attributes of one file.

    .EXAMPLE
    Get-EPMFileAttribute -Path C:\Tools\*.exe | Format-Table FileName, Signature, Publisher

    Shows who signed the programs of a folder.

    .EXAMPLE
    Get-EPMFileAttribute C:\Tools\setup.exe -HashAlgorithm Sha512 -CertificateOutputPath C:\Temp\setup

    Shows another hash, and writes the certificates for use in a rule.

    .EXAMPLE
    Get-EPMFileAttribute C:\Tools\setup.exe | New-EPMRule -By Publisher | ConvertTo-Json

    Makes a rule of the attributes.

    .EXAMPLE
    Get-EPMFileAttribute C:\Tools\setup.exe -CertificateOutputPath C:\Temp\setup -WhatIf

    Shows the attributes and where certificates would be written.

    .EXAMPLE
    Get-EPMFileAttribute C:\Tools\setup.exe -CertificateOutputPath C:\Temp\setup -Confirm:$false

    Writes the certificates without a question, whatever the session asks.

    .INPUTS
    System.String, or an object with a member FullName, such as a file from Get-ChildItem.

    .OUTPUTS
    EPM.FileAttribute

    .LINK
    New-EPMRule

    .LINK
    about_EPM
    #>
    [CmdletBinding(DefaultParameterSetName = 'Literal', SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
    [OutputType('EPM.FileAttribute')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Literal', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName', 'LiteralPath')]
        [ValidateNotNullOrEmpty()]
        [string[]]$FilePath,

        [Parameter(Mandatory = $true, ParameterSetName = 'Wildcard')]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$Path,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'HashAlgorithm' -Value $_ })]
        [string]$HashAlgorithm = 'Sha256',

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$CertificateOutputPath
    )

    process {
        $files = $FilePath
        if ($Path) {
            $files = foreach ($pattern in $Path) {
                $found = @(Get-Item -Path $pattern -Force -ErrorAction 'Ignore' | Where-Object { -not $_.PSIsContainer } | ForEach-Object { $_.FullName })
                if ($found.Count -eq 0) { Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.File.NotFound' -Category 'ObjectNotFound' -Target $pattern -Message "No file fits `"$pattern`"." -Hint 'Check the path.' }
                $found
            }
        }
        foreach ($file in @($files)) {
            $full = Resolve-EPMFilePath -Path $file
            $words = @('file', $full, '--json')
            if ($HashAlgorithm -ne 'Sha256') { $words += @('--hash', $script:HashAlgorithm[$HashAlgorithm]) }
            $folder = ''
            if ($CertificateOutputPath) {
                $output = Resolve-EPMFilePath -Path $CertificateOutputPath
                $action = "Write the certificates of `"$full`" to `"$output`"."
                if (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action $action -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm certificates' -Impact 'Low') { $folder = $output }
            }
            if ($folder) { $words += @('--certificates', $folder) }
            $activity = "Reading $full"
            Write-Progress -Activity $activity -Status 'Hash, version and signatures'
            try {
                foreach ($facts in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList $words -Target $full)) {
                    $attribute = ConvertTo-EPMFileAttribute -Facts $facts -HashAlgorithm $HashAlgorithm
                    if ($folder -and $attribute.Signature -eq 'none') { Write-Warning "`"$full`" has no certificates; nothing was written." }
                    $attribute
                }
            }
            finally {
                Write-Progress -Activity $activity -Status 'Done' -Completed
            }
        }
    }
}
