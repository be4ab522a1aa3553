<#
.SYNOPSIS
Collects evidence on a Windows PC: the self-test, and the tests that only Windows runs, in one signed archive.
.DESCRIPTION
Run it from an administrator's prompt in a clone of the repository. It builds EPM, copies it to a folder of its own below
Program Files, asks Windows by `epm agent selftest`, runs the tests, and packs reports, results and versions with a manifest of
every file's SHA-256. Everything it made is removed. Names of the person and the machine are taken out of the reports.
.PARAMETER Output
Folder for the archive. Default: the current one.
.PARAMETER Certificate
Thumbprint of a certificate with a private RSA key, in the store "My" of the user or the machine. Default: a key that is made
for this archive and kept nowhere. Such a key proves that nothing was changed since; it does not prove who made the archive.
.PARAMETER AllTests
Runs every test of the repository instead of those that need a Windows.
.PARAMETER Installed
Folder of an installed EPM, such as "C:\Program Files\EPM". Runs only the self-test, of that installation: nothing is built, and
neither Node.js nor a compiler is needed.
.PARAMETER Verify
Checks an archive instead of making one.
#>
[CmdletBinding(DefaultParameterSetName = 'Collect')]
param(
    [Parameter(ParameterSetName = 'Collect')][string]$Output = (Get-Location).ProviderPath,
    [Parameter(ParameterSetName = 'Collect')][string]$Certificate,
    [Parameter(ParameterSetName = 'Collect')][switch]$AllTests,
    [Parameter(ParameterSetName = 'Collect')][string]$Installed,
    [Parameter(Mandatory = $true, ParameterSetName = 'Verify')][string]$Verify
)

$ErrorActionPreference = 'Stop'
. (Join-Path $PSScriptRoot 'windows-evidence/archive.ps1')
. (Join-Path $PSScriptRoot 'windows-evidence/prerequisites.ps1')

function Get-EvidenceCertificate {
    param([Parameter(Mandatory = $true)][string]$Thumbprint)

    foreach ($store in 'Cert:\CurrentUser\My', 'Cert:\LocalMachine\My') {
        $found = Get-ChildItem -Path $store | Where-Object { $_.Thumbprint -eq $Thumbprint } | Select-Object -First 1
        if ($null -ne $found) { return $found }
    }
    throw "No certificate with the thumbprint `"$Thumbprint`" is in the store `"My`" of the user or the machine."
}

function Invoke-EvidenceTool {
    # Runs a program, keeps what it writes in a file, and answers its exit code.
    param([Parameter(Mandatory = $true)][string]$Program, [string[]]$Words = @(), [Parameter(Mandatory = $true)][string]$Log)

    # Windows PowerShell would take the first line on standard error for a failure.
    $ErrorActionPreference = 'Continue'
    $lines = @()
    & $Program @Words 2>&1 | ForEach-Object { "$_" } | Tee-Object -Variable lines | Out-Host
    $code = $LASTEXITCODE
    Write-EvidenceText -Path $Log -Text ((@($lines) -join "`n") + "`n")
    $code
}

function Invoke-SelfTest {
    param([Parameter(Mandatory = $true)][string]$Folder, [Parameter(Mandatory = $true)][string]$Report)

    $ErrorActionPreference = 'Continue'
    $lines = & (Join-Path $Folder 'epm.exe') agent selftest --json
    $code = $LASTEXITCODE
    Write-EvidenceText -Path $Report -Text ((@($lines) -join "`n") + "`n")
    $code
}

function Invoke-SelfTestOfBuild {
    # From a copy in a folder that only administrators may change: the local system runs it from there.
    param([Parameter(Mandatory = $true)][string]$Built, [Parameter(Mandatory = $true)][string]$Report)

    $place = Join-Path $env:ProgramFiles "EPM-evidence-$([guid]::NewGuid().ToString('N'))"
    try {
        Copy-Item -LiteralPath $Built -Destination $place -Recurse
        Invoke-SelfTest -Folder $place -Report $Report
    }
    finally { Remove-Item -LiteralPath $place -Recurse -Force -ErrorAction SilentlyContinue }
}

if ($PSCmdlet.ParameterSetName -eq 'Verify') {
    $found = Test-EvidenceArchive -Path $Verify
    $found | Format-List | Out-Host
    exit $(if ($found.IsIntact) { 0 } else { 1 })
}

$root = Split-Path -Path $PSScriptRoot -Parent
$lacks = @(if ($Installed) { Get-EvidenceLack -Installed $Installed } else { Get-EvidenceLack -Root $root })
if ($lacks.Count -gt 0) {
    $lacks | ForEach-Object { [Console]::Error.WriteLine($_) }
    exit 2
}
$signer = if ($Certificate) { Get-EvidenceCertificate -Thumbprint $Certificate } else { $null }

$Output = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Output)
$now = [DateTime]::UtcNow
$invariant = [System.Globalization.CultureInfo]::InvariantCulture
$folder = Join-Path ([System.IO.Path]::GetTempPath()) "epm-evidence-$([guid]::NewGuid().ToString('N'))"
[void](New-Item -ItemType Directory -Path $folder)
$results = Join-Path $folder 'tests.json'
try {
    Push-Location -LiteralPath $root
    $report = Join-Path $folder 'selftest.json'
    $tests = 0
    if ($Installed) { $selfTest = Invoke-SelfTest -Folder $Installed -Report $report }
    else {
        $patterns = if ($AllTests) { @() } else { @('tests/windows/', 'tests/abuse/') }
        $env:EPM_TEST_RESULTS = $results
        $env:NO_COLOR = '1'
        $tests = Invoke-EvidenceTool -Program 'node' -Words (@('scripts/test.mjs') + $patterns) -Log (Join-Path $folder 'tests.log')
        $built = Join-Path $root 'dist\win-x64'
        if (-not (Test-Path -LiteralPath (Join-Path $built 'epm.exe'))) {
            [void](Invoke-EvidenceTool -Program 'node' -Words @('scripts/build.mjs') -Log (Join-Path $folder 'build.log'))
        }
        $selfTest = Invoke-SelfTestOfBuild -Built $built -Report $report
    }
    $versions = Get-EvidenceVersion -Root $root
    Write-EvidenceText -Path (Join-Path $folder 'versions.json') -Text "$(ConvertTo-Json -InputObject $versions)`n"
    # The report of the self-test and the versions name nobody; in JSON only a path can be told from a word of it.
    $names = Get-EvidenceName
    foreach ($file in @(Get-EvidenceFile -Folder $folder)) {
        $these = if ($file -like '*.log') { $names } elseif ($file -eq 'tests.json') { @{ USERPROFILE = $names.USERPROFILE } } else { continue }
        $path = Join-Path $folder $file
        Write-EvidenceText -Path $path -Text (Protect-EvidenceText -Text ([System.IO.File]::ReadAllText($path)) -Names $these)
    }
    New-EvidenceManifest -Folder $folder -RecordedAt $now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", $invariant)
    New-EvidenceSignature -Folder $folder -Certificate $signer
    $archive = Join-Path $Output "epm-evidence-$($versions.windows)-$($now.ToString('yyyyMMddHHmmss', $invariant)).zip"
    New-EvidenceArchive -Folder $folder -Path $archive
    $checked = Test-EvidenceArchive -Path $archive
    Write-Host "`n$archive"
    Write-Host "Files: $($checked.Files), signed by: $($checked.SignedBy), intact: $($checked.IsIntact)"
    # What differs on this machine is what the archive is for; no failure.
    Write-Host "Tests ended with $tests, the self-test with $selfTest (0: all as expected)."
    exit $(if ($tests -eq 0 -and $checked.IsIntact) { 0 } else { 1 })
}
finally {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue
    Remove-Item -Path Env:\EPM_TEST_RESULTS -ErrorAction SilentlyContinue
}
