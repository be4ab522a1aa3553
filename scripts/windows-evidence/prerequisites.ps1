# What an evidence run needs of the machine, and what it says of it. For Windows PowerShell 5.1 and later.
Set-StrictMode -Version Latest

function Get-EvidenceLack {
    # Sentences about what is missing, each with the next step; nothing when all is there.
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'Build')][string]$Root,
        [Parameter(Mandatory = $true, ParameterSetName = 'Installed')][string]$Installed
    )

    if ([System.Environment]::OSVersion.Platform -ne 'Win32NT') {
        return 'This is no Windows. Take a clone of the repository to a Windows PC and run the script there.'
    }
    if (-not [System.Environment]::Is64BitOperatingSystem) { return 'This is 32-bit Windows; EPM needs 64-bit Windows.' }
    $principal = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
    if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
        'This prompt is not elevated. Open PowerShell by "Run as administrator" and run the script again.'
    }
    if ($PSCmdlet.ParameterSetName -eq 'Installed') {
        if (-not (Test-Path -LiteralPath (Join-Path $Installed 'epm.exe'))) { "`"$Installed`" has no epm.exe." }
        return
    }
    if (-not (Test-Path -LiteralPath (Join-Path $Root 'scripts/test.mjs'))) { "`"$Root`" is no clone of the repository." }
    $node = Get-Command -Name node -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($null -eq $node) { return 'Node.js is missing. Install version 20 or later.' }
    $version = "$(& $node.Source --version)"
    if (-not (Test-EvidenceNodeVersion -Version $version)) { "Node.js is $version. Install version 20 or later." }
    if ($null -eq (Get-Command -Name cmake -CommandType Application -ErrorAction SilentlyContinue)) {
        'CMake is missing, which builds the native part. Install the C++ tools of Visual Studio, or CMake and a compiler.'
    }
}

function Test-EvidenceNodeVersion {
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Version)

    $Version -match '^v(\d+)\.' -and [int]$Matches[1] -ge 20
}

function Get-EvidenceVersion {
    # Versions of what ran; nothing of whose machine it is.
    param([Parameter(Mandatory = $true)][string]$Root)

    $system = Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    [pscustomobject][ordered]@{
        windows    = "$($system.CurrentBuildNumber).$($system.UBR)"
        edition    = "$($system.EditionID)"
        powershell = "$($PSVersionTable.PSVersion)"
        node       = Get-EvidenceToolText -Name 'node' -Words '--version'
        commit     = Get-EvidenceToolText -Name 'git' -Words '-C', $Root, 'rev-parse', 'HEAD'
        changed    = Get-EvidenceToolText -Name 'git' -Words '-C', $Root, 'status', '--porcelain', '--untracked-files=no'
    }
}

function Get-EvidenceToolText {
    # What a program writes in one text; empty when it is not here.
    param([Parameter(Mandatory = $true)][string]$Name, [string[]]$Words)

    if ($null -eq (Get-Command -Name $Name -CommandType Application -ErrorAction SilentlyContinue)) { return '' }
    $ErrorActionPreference = 'Continue'
    "$(& $Name @Words 2>$null)"
}

function Get-EvidenceName {
    # What stands for a person or a machine in paths and messages.
    @{
        USERPROFILE  = $env:USERPROFILE
        USERNAME     = $env:USERNAME
        COMPUTERNAME = $env:COMPUTERNAME
        USERDOMAIN   = $env:USERDOMAIN
    }
}
