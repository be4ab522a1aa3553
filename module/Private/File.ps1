# Attributes of files, and rules made of them.

function Select-EPMSignature {
    # The signature that speaks for a file: the one with the least against it, of equals the first.
    param($Facts)

    $best = $null
    $least = [int]::MaxValue
    foreach ($signature in @($Facts.signatures | Where-Object { $null -ne $_ })) {
        $weakness = 0
        if (-not $signature.trusted) { $weakness += 16 }
        if ($signature.revocation -ceq 'revoked') { $weakness += 8 }
        if (-not $signature.validNow) { if ($signature.validAtTimestamp) { $weakness += 2 } else { $weakness += 4 } }
        if ($signature.revocation -ceq 'unknown') { $weakness += 1 }
        if ($weakness -lt $least) {
            $best = $signature
            $least = $weakness
        }
    }
    $best
}

function Get-EPMSignatureState {
    # One word for a signature; a file without one has `none`.
    param($Signature)

    if ($null -eq $Signature) { return 'none' }
    if ($Signature.revocation -ceq 'revoked') { return 'revoked' }
    if (-not $Signature.trusted) { return 'untrusted' }
    if ($Signature.validNow) { return 'good' }
    if ($Signature.validAtTimestamp) { return 'timestamped' }
    'expired'
}

function ConvertTo-EPMFileAttribute {
    # From what `epm file --json` prints. The members up to CompanyName are those of Microsoft's Get-FileAttributes.
    param([Parameter(Mandatory = $true)]$Facts, [Parameter(Mandatory = $true)][string]$HashAlgorithm)

    $value = @{}
    foreach ($property in $Facts.PSObject.Properties) { $value[$property.Name] = $property.Value }
    $signature = Select-EPMSignature -Facts $Facts
    $chain = @()
    $publisher = $null
    if ($null -ne $signature) {
        $publisher = $signature.leaf
        $chain = @(foreach ($certificate in @($signature.leaf) + @($signature.issuers)) {
                if ($null -ne $certificate) {
                    New-EPMObject -TypeName 'EPM.Certificate' -Property ([ordered]@{
                            Subject  = ConvertTo-EPMText -Value $certificate.subject
                            Issuer   = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $certificate -Name 'issuer')
                            Sha256   = [string]$certificate.sha256
                            NotAfter = ConvertFrom-EPMMilliseconds -Value (Get-EPMMember -InputObject $certificate -Name 'notAfter')
                        })
                }
            })
    }
    $version = ConvertTo-EPMText -Value $value['fileVersionText']
    if ($value['fixedVersion']) { $version = @($value['fixedVersion']) -join '.' }
    $separator = '\'
    if ($value['path'] -notmatch '\\') { $separator = '/' }
    $full = [string]$value['path']
    if ($full -notmatch '[\\/]') { $full = $value['folder'] + $separator + $value['name'] }
    New-EPMObject -TypeName 'EPM.FileAttribute' -Property ([ordered]@{
            FileName        = [string]$value['name']
            FilePath        = [string]$value['folder']
            FileHash        = [string]$value[$script:HashAlgorithm[$HashAlgorithm]]
            HashAlgorithm   = $HashAlgorithm
            ProductName     = ConvertTo-EPMText -Value $value['productName']
            InternalName    = ConvertTo-EPMText -Value $value['internalName']
            Version         = $version
            Description     = ConvertTo-EPMText -Value $value['fileDescription']
            CompanyName     = ConvertTo-EPMText -Value $value['companyName']
            FullName        = $full
            Type            = $value['type']
            Size            = [long]$value['size']
            Signature       = Get-EPMSignatureState -Signature $signature
            SignatureFaults = [string[]]@((Get-EPMMember -InputObject $signature -Name 'faults') | Where-Object { $_ })
            Publisher       = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $publisher -Name 'subject')
            CertificateHash = Get-EPMMember -InputObject $publisher -Name 'sha256'
            Chain           = $chain
            WritableByUsers = $value['writableByUsers']
            FromInternet    = $value['fromInternet']
            Refusal         = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['refusal'] -Name 'message')
            Facts           = $Facts
        })
}

function ConvertFrom-EPMMilliseconds {
    # Milliseconds since 1970, UTC, as local time.
    param($Value)

    if ($null -eq $Value) { return $null }
    ([datetime]'1970-01-01T00:00:00Z').ToUniversalTime().AddMilliseconds($Value).ToLocalTime()
}

function Complete-EPMRuleSource {
    # A request of a list has no certificates: for a rule by the publisher the agent is asked for them. Everything else stays as it
    # is. Nothing, after an error, when the agent does not tell.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)]$InputObject, [Parameter(Mandatory = $true)][string]$By)

    $types = @($InputObject.PSObject.TypeNames) -replace '^Deserialized\.', ''
    if ($By -ne 'Publisher' -or $types -notcontains 'EPM.SupportRequest') { return $InputObject }
    $chain = Get-EPMMember -InputObject $InputObject -Name 'CertificateChain'
    if (-not $InputObject.PublisherName -or @($chain).Count -gt 0) { return $InputObject }
    Read-EPMRequest -Cmdlet $Cmdlet -RequestId $InputObject.RequestId
}

function ConvertTo-EPMRuleSource {
    # What `epm policy new-rule` makes a rule of: words of the command line and what it reads from standard input. Nothing, when
    # the object is no file, no record and no request to support.
    param([Parameter(Mandatory = $true)]$InputObject)

    # An object that was kept with Export-Clixml has the same names behind "Deserialized.".
    $types = @($InputObject.PSObject.TypeNames) -replace '^Deserialized\.', ''
    if ($types -contains 'EPM.AuditRecord') {
        $record = [ordered]@{}
        $pairs = [ordered]@{
            sequence = 'Sequence'; filePath = 'FilePath'; hash = 'Sha256'; arguments = 'ArgumentList'; fileVersion = 'FileVersion'
            productName = 'ProductName'; internalName = 'InternalName'; fileDescription = 'FileDescription'; certificatePayload = 'CertificatePayload'
            argumentsDigest = 'ArgumentsDigest'; truncated = 'Truncated'
        }
        foreach ($name in $pairs.Keys) {
            $value = Get-EPMMember -InputObject $InputObject -Name $pairs[$name]
            if ($null -ne $value) { $record[$name] = $value }
        }
        return @{ Words = @('--record', '-'); Text = ConvertTo-EPMJson -InputObject $record -Ascii; Target = [string]$record['filePath'] }
    }
    if ($types -contains 'EPM.SupportRequest') {
        $file = [ordered]@{}
        $pairs = [ordered]@{
            filePath = 'FilePath'; fileHash = 'Sha256'; fileName = 'FileName'; fileDescription = 'FileDescription'; productName = 'ProductName'
            productInternalName = 'ProductInternalName'; productVersion = 'ProductVersion'; publisherTrusted = 'PublisherTrusted'
        }
        foreach ($name in $pairs.Keys) {
            $value = Get-EPMMember -InputObject $InputObject -Name $pairs[$name]
            if ($null -ne $value) { $file[$name] = $value }
        }
        $chain = Get-EPMMember -InputObject $InputObject -Name 'CertificateChain'
        $leaf = @($chain) | Select-Object -First 1
        if ($null -ne $leaf) {
            $certificate = [ordered]@{ subject = $leaf.Subject; sha256 = $leaf.Sha256 }
            if ($leaf.Der) { $certificate['der'] = $leaf.Der }
            $file['certificateChain'] = @($certificate)
        }
        $values = Get-EPMMember -InputObject $InputObject -Name 'ArgumentList'
        $request = [ordered]@{ applicationDetail = $file; arguments = @($values) }
        return @{ Words = @('--request', '-'); Text = ConvertTo-EPMJson -InputObject $request -Ascii -Depth 6; Target = [string]$InputObject.FilePath }
    }
    if ($types -contains 'EPM.FileAttribute') {
        return @{ Words = @('--facts', '-'); Text = ConvertTo-EPMJson -InputObject $InputObject.Facts -Ascii -Depth 12; Target = $InputObject.FullName }
    }
    if ($InputObject -is [string] -and ($InputObject -split '\.')[0] -ceq ($script:RequestPrefix -replace '\.')) {
        return @{ Words = @('--request', '-'); Text = [string]$InputObject; Target = 'request' }
    }
    $path = $null
    if ($InputObject -is [string]) { $path = $InputObject } else { $path = Get-EPMMember -InputObject $InputObject -Name 'FullName' }
    if ($path) {
        $full = Resolve-EPMFilePath -Path $path
        return @{ Words = @('--file', $full); Text = ''; Target = $full }
    }
}
