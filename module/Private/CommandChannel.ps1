function Get-EPMProgram {
    # The epm.exe of the installation: beside the module's folder, else in Program Files as the machine's registry names it.
    # Never from PATH, the current folder or an environment variable, which the caller's programs can change.
    $program = Join-Path -Path (Split-Path -Path $script:ModuleRoot -Parent) -ChildPath 'epm.exe'
    if (Test-Path -LiteralPath $program -PathType 'Leaf' -ErrorAction 'Ignore') { return [string]$program }
    $version = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion' -ErrorAction 'Ignore'
    $folder = Get-EPMMember -InputObject $version -Name 'ProgramFilesDir'
    if (-not $folder) { return }
    $program = Join-Path -Path $folder -ChildPath 'EPM\epm.exe'
    if (Test-Path -LiteralPath $program -PathType 'Leaf' -ErrorAction 'Ignore') { return [string]$program }
}

function Read-EPMCommand {
    # Carries one request by `epm.exe request CHANNEL`, which proves the server and writes one message a line.
    param([Parameter(Mandatory = $true)][string]$Channel, [Parameter(Mandatory = $true)][hashtable]$Body, [string]$Text)

    # Windows PowerShell takes what a program writes to standard error for an error that may end the command;
    # PowerShell can be told the same of an exit code.
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $program = Get-EPMProgram
    if (-not $program) {
        return New-EPMFailure -Code 'EPM_NATIVE_MISSING' -Message 'epm.exe was not found beside the module or in Program Files.' -Hint 'Repair the installation.'
    }
    # Standard input and output are read in different code pages by the editions of PowerShell; ASCII is safe in all of them.
    $request = ConvertTo-EPMJson -InputObject $Body -Ascii
    $answered = $false
    $words = @('request', $Channel)
    if ($Text) { $words += '--text', $Text }
    $request | & $program @words 2>$null | ForEach-Object -Process {
        if (-not $answered -and [string]$_ -match '^\s*\{') {
            $message = ConvertFrom-EPMJson -Text $_
            if ($message.kind -cne 'event') { $answered = $true }
            $message
        }
    }
    if (-not $answered) {
        New-EPMFailure -Code 'EPM_AGENT_UNREACHABLE' -Message "`"$program`" ended without an answer (exit code $LASTEXITCODE)." -Hint 'Run Get-EPMAgent, or ask your administrator to check the service "EPM Agent".'
    }
}
