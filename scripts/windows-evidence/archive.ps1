# The archive of an evidence run: its manifest, its signature, and how both are checked. For Windows PowerShell 5.1 and later.
Set-StrictMode -Version Latest
Add-Type -AssemblyName System.IO.Compression
Add-Type -AssemblyName System.IO.Compression.FileSystem

$script:ManifestName = 'manifest.json'
$script:SignatureName = 'signature.json'
# Bytes of all files of an archive together, and how many there may be: a bigger one is none of these.
$script:LargestArchive = 512MB
$script:MostFiles = 5000

function ConvertTo-Base64Url {
    param([Parameter(Mandatory = $true)][byte[]]$Bytes)

    [Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
}

function ConvertFrom-Base64Url {
    param([Parameter(Mandatory = $true)][string]$Text)

    $plain = $Text.Replace('-', '+').Replace('_', '/')
    , [Convert]::FromBase64String($plain.PadRight([int][Math]::Ceiling($plain.Length / 4) * 4, '='))
}

function Get-Sha256 {
    # Hexadecimal digest of a stream.
    param([Parameter(Mandatory = $true)][System.IO.Stream]$Stream)

    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try { ([BitConverter]::ToString($algorithm.ComputeHash($Stream)) -replace '-', '').ToLowerInvariant() }
    finally { $algorithm.Dispose() }
}

function Write-EvidenceText {
    # UTF-8 without byte order mark, so that the bytes are the same whichever PowerShell wrote them.
    param([Parameter(Mandatory = $true)][string]$Path, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$Text)

    [System.IO.File]::WriteAllText($Path, $Text, (New-Object System.Text.UTF8Encoding $false))
}

function Get-EvidenceFile {
    # Names of the files below a folder with slashes, in ordinal order.
    param([Parameter(Mandatory = $true)][string]$Folder)

    $root = [System.IO.Path]::GetFullPath($Folder).TrimEnd('\', '/')
    [string[]]$names = @([System.IO.Directory]::GetFiles($root, '*', 'AllDirectories') |
            ForEach-Object { $_.Substring($root.Length + 1).Replace('\', '/') })
    [Array]::Sort($names, [System.StringComparer]::Ordinal)
    $names
}

function New-EvidenceManifest {
    # Writes the manifest of a folder: size and SHA-256 of every file in it.
    param([Parameter(Mandatory = $true)][string]$Folder, [Parameter(Mandatory = $true)][string]$RecordedAt)

    $files = @(Get-EvidenceFile -Folder $Folder | Where-Object { $_ -ne $script:ManifestName -and $_ -ne $script:SignatureName } |
            ForEach-Object {
            $stream = [System.IO.File]::OpenRead((Join-Path $Folder $_))
            try { [pscustomobject][ordered]@{ path = $_; length = $stream.Length; sha256 = Get-Sha256 -Stream $stream } }
            finally { $stream.Dispose() }
        })
    $manifest = [pscustomobject][ordered]@{ format = 'epm-evidence'; version = 1; recordedAt = $RecordedAt; files = $files }
    Write-EvidenceText -Path (Join-Path $Folder $script:ManifestName) -Text "$(ConvertTo-Json -InputObject $manifest -Depth 4)`n"
}

function New-EvidenceSignature {
    # Signs the manifest of a folder, with a certificate or with a key that is made for this and kept nowhere.
    param(
        [Parameter(Mandatory = $true)][string]$Folder,
        [System.Security.Cryptography.X509Certificates.X509Certificate2]$Certificate
    )

    $bytes = [System.IO.File]::ReadAllBytes((Join-Path $Folder $script:ManifestName))
    $signature = if ($null -eq $Certificate) { Get-OwnSignature -Bytes $bytes } else { Get-CertificateSignature -Bytes $bytes -Certificate $Certificate }
    Write-EvidenceText -Path (Join-Path $Folder $script:SignatureName) -Text "$(ConvertTo-Json -InputObject $signature -Depth 4)`n"
}

function Get-OwnSignature {
    # ECDSA on P-256 with SHA-256; the public key as a JSON Web Key (RFC 7518, 6.2.1).
    param([Parameter(Mandatory = $true)][byte[]]$Bytes)

    $key = [System.Security.Cryptography.ECDsa]::Create([System.Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    try {
        $public = $key.ExportParameters($false).Q
        [pscustomobject][ordered]@{
            algorithm = 'ES256'
            key       = [pscustomobject][ordered]@{
                kty = 'EC'; crv = 'P-256'; x = ConvertTo-Base64Url -Bytes $public.X; y = ConvertTo-Base64Url -Bytes $public.Y
            }
            signature = ConvertTo-Base64Url -Bytes ($key.SignData($Bytes, [System.Security.Cryptography.HashAlgorithmName]::SHA256))
        }
    }
    finally { $key.Dispose() }
}

function Get-CertificateSignature {
    # RSASSA-PKCS1-v1_5 with SHA-256 by the private key of a certificate.
    param(
        [Parameter(Mandatory = $true)][byte[]]$Bytes,
        [Parameter(Mandatory = $true)][System.Security.Cryptography.X509Certificates.X509Certificate2]$Certificate
    )

    $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
    if ($null -eq $key) { throw "The certificate `"$($Certificate.Thumbprint)`" has no private RSA key that this account may use." }
    try {
        $hash = [System.Security.Cryptography.HashAlgorithmName]::SHA256
        $padding = [System.Security.Cryptography.RSASignaturePadding]::Pkcs1
        [pscustomobject][ordered]@{
            algorithm   = 'RS256'
            certificate = [Convert]::ToBase64String($Certificate.RawData)
            signature   = ConvertTo-Base64Url -Bytes ($key.SignData($Bytes, $hash, $padding))
        }
    }
    finally { $key.Dispose() }
}

function New-EvidenceArchive {
    # Packs a folder, with its manifest and its signature, into a ZIP file that must not be there yet.
    param([Parameter(Mandatory = $true)][string]$Folder, [Parameter(Mandatory = $true)][string]$Path)

    $stream = New-Object System.IO.FileStream $Path, 'CreateNew', 'Write'
    $archive = New-Object System.IO.Compression.ZipArchive $stream, 'Create'
    try {
        foreach ($name in Get-EvidenceFile -Folder $Folder) {
            [void][System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, (Join-Path $Folder $name), $name)
        }
    }
    finally {
        $archive.Dispose()
        $stream.Dispose()
    }
}

function Test-EvidenceArchive {
    # Checks an archive without unpacking it. Faults: what is wrong with it, empty when it is as it was packed. SignedBy: 'ownKey'
    # proves only that nothing was changed since; a certificate is for the caller to trust.
    param([Parameter(Mandatory = $true)][string]$Path)

    $archive = [System.IO.Compression.ZipFile]::OpenRead([System.IO.Path]::GetFullPath($Path))
    try {
        $entries = @{}
        $faults = New-Object System.Collections.Generic.List[string]
        $total = 0
        foreach ($entry in $archive.Entries) {
            if ($entries.ContainsKey($entry.FullName)) { $faults.Add("`"$($entry.FullName)`" is there twice.") }
            $entries[$entry.FullName] = $entry
            $total += $entry.Length
        }
        if ($total -gt $script:LargestArchive -or $entries.Count -gt $script:MostFiles) { throw "`"$Path`" is too large for an archive of evidence." }
        foreach ($name in $script:ManifestName, $script:SignatureName) {
            if (-not $entries.ContainsKey($name)) { throw "`"$Path`" is no archive of evidence: it has no $name." }
        }
        $manifestBytes = Read-EvidenceEntry -Entry $entries[$script:ManifestName]
        $manifest = ConvertFrom-Json -InputObject ([System.Text.Encoding]::UTF8.GetString($manifestBytes))
        $signature = ConvertFrom-Json -InputObject ([System.Text.Encoding]::UTF8.GetString((Read-EvidenceEntry -Entry $entries[$script:SignatureName])))
        if (-not (Test-EvidenceSignature -Bytes $manifestBytes -Signature $signature)) { $faults.Add('The signature does not fit the manifest.') }
        $named = @{ $script:ManifestName = $true; $script:SignatureName = $true }
        foreach ($file in @($manifest.files)) {
            $named[$file.path] = $true
            if (-not $entries.ContainsKey($file.path)) { $faults.Add("`"$($file.path)`" is missing."); continue }
            $stream = $entries[$file.path].Open()
            try { $sha256 = Get-Sha256 -Stream $stream } finally { $stream.Dispose() }
            if ($sha256 -cne $file.sha256) { $faults.Add("`"$($file.path)`" was changed.") }
        }
        foreach ($name in $entries.Keys) { if (-not $named.ContainsKey($name)) { $faults.Add("`"$name`" is not in the manifest.") } }
        [pscustomobject]@{
            IsIntact   = $faults.Count -eq 0
            Faults     = $faults.ToArray()
            Files      = @($manifest.files).Count
            RecordedAt = $manifest.recordedAt
            SignedBy   = if ($signature.algorithm -ceq 'ES256') { 'ownKey' } else { 'certificate' }
        }
    }
    finally { $archive.Dispose() }
}

function Read-EvidenceEntry {
    param([Parameter(Mandatory = $true)]$Entry)

    $memory = New-Object System.IO.MemoryStream
    $stream = $Entry.Open()
    try { $stream.CopyTo($memory) } finally { $stream.Dispose() }
    , $memory.ToArray()
}

function Test-EvidenceSignature {
    param([Parameter(Mandatory = $true)][byte[]]$Bytes, [Parameter(Mandatory = $true)]$Signature)

    $sha256 = [System.Security.Cryptography.HashAlgorithmName]::SHA256
    $value = ConvertFrom-Base64Url -Text $Signature.signature
    if ($Signature.algorithm -ceq 'ES256') {
        $point = New-Object System.Security.Cryptography.ECPoint
        $point.X = ConvertFrom-Base64Url -Text $Signature.key.x
        $point.Y = ConvertFrom-Base64Url -Text $Signature.key.y
        $parameters = New-Object System.Security.Cryptography.ECParameters
        $parameters.Curve = [System.Security.Cryptography.ECCurve+NamedCurves]::nistP256
        $parameters.Q = $point
        $key = [System.Security.Cryptography.ECDsa]::Create($parameters)
        try { return $key.VerifyData($Bytes, $value, $sha256) } finally { $key.Dispose() }
    }
    if ($Signature.algorithm -ceq 'RS256') {
        $certificate = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2 (, [Convert]::FromBase64String($Signature.certificate))
        $key = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate)
        if ($null -eq $key) { return $false }
        return $key.VerifyData($Bytes, $value, $sha256, [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
    }
    $false
}

function Protect-EvidenceText {
    # Takes the names of the person and of the machine out of a text, whatever their case: paths, and names as whole words.
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Text, [Parameter(Mandatory = $true)][hashtable]$Names)

    foreach ($name in @($Names.Keys | Sort-Object { "$($Names[$_])".Length } -Descending)) {
        $value = [string]$Names[$name]
        if ($value.Length -lt 2) { continue }
        # JSON writes a backslash twice.
        foreach ($form in $value.Replace('\', '\\'), $value) {
            $Text = [regex]::Replace($Text, "(?<!\w)$([regex]::Escape($form))(?!\w)", "%$name%", 'IgnoreCase')
        }
    }
    $Text
}
