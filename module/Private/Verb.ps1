# Verbs of epm.exe: what writes, checks and compares policies needs no agent, and is done by the same program everywhere.

function ConvertTo-EPMNativeArgument {
    # One argument as Windows PowerShell has to be given it: it puts quotes around what has white space and leaves the rest
    # of the rules of CommandLineToArgvW to the caller. PowerShell 7 follows them by itself.
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Value)

    if ($Value -ceq '') { return '""' }
    $escaped = $Value -replace '(\\*)"', '$1$1\"'
    if ($escaped -match '\s') { $escaped = $escaped -replace '(\\+)$', '$1$1' }
    $escaped
}

function Invoke-EPMVerb {
    # Runs a verb of epm.exe that prints JSON. Emits what it printed as an object with `kind` result, `body` and `exitCode`,
    # and what failed as one with `kind` error, as a channel of the agent does. A verb may give both.
    param(
        [Parameter(Mandatory = $true)][string[]]$ArgumentList,
        [string]$InputText = '',
        # In place of a text, what becomes JSON on standard input: a secret is not to be a text in a parameter.
        [hashtable]$InputObject
    )

    # Windows PowerShell takes what a program writes to standard error for an error that may end the command; PowerShell
    # can be told the same of an exit code, and to hand over arguments as Windows PowerShell does.
    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $PSNativeCommandArgumentPassing = 'Standard'
    $program = Get-EPMProgram
    if (-not $program) {
        return New-EPMFailure -Code 'EPM_NATIVE_MISSING' -Message 'epm.exe was not found beside the module or in Program Files.' -Hint 'Repair the installation.'
    }
    $words = $ArgumentList
    if ($PSVersionTable.PSEdition -eq 'Desktop') { $words = @(foreach ($word in $ArgumentList) { ConvertTo-EPMNativeArgument -Value $word }) }
    if ($null -ne $InputObject) { $InputText = ConvertTo-EPMJson -InputObject $InputObject -Ascii }
    $printed = @()
    $said = @()
    foreach ($line in @($InputText | & $program @words 2>&1)) {
        if ($line -is [string]) { $printed += $line } else { $said += [string]$line }
    }
    $code = $LASTEXITCODE
    $text = $printed -join "`n"
    if ($text -match '^\s*[\[{]') {
        # A sentence each; the line behind it, which is indented, is the next step.
        $notes = @(($said -join "`n") -split '(?m)^epm: ' | Where-Object { $_ -match '\S' -and $_ -notmatch '^\{' } | ForEach-Object { $_ -replace '\s*\n\s+', ' ' -replace '\s+$', '' })
        New-EPMObject -Property ([ordered]@{ kind = 'result'; body = ConvertFrom-EPMJson -Text $text; exitCode = $code; notes = $notes })
    }
    $report = @($said | Where-Object { $_ -match '^\{"error":' }) | Select-Object -First 1
    if ($report) {
        New-EPMObject -Property ([ordered]@{ kind = 'error'; body = (ConvertFrom-EPMJson -Text $report).error; exitCode = $code })
    }
    elseif ($text -notmatch '^\s*[\[{]') {
        $why = @($said | Where-Object { $_ -match '\S' }) | Select-Object -First 1
        New-EPMFailure -Code 'EPM_INTERNAL' -Message "`"$program`" ended without an answer (exit code $code). $why" -Hint 'Check that the module and epm.exe are of the same version.'
    }
}

function Read-EPMVerb {
    # The same for a cmdlet: emits the body of the result and writes the error in the cmdlet's name. Callers take the output
    # with @() and no pipe: what a function writes to the errors before a pipe is missing from -ErrorVariable.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)][string[]]$ArgumentList,
        [string]$InputText = '',
        [hashtable]$InputObject,
        $Target,
        # What the verb says beside its result becomes warnings.
        [switch]$WithNotes
    )

    Invoke-EPMVerb -ArgumentList $ArgumentList -InputText $InputText -InputObject $InputObject | ForEach-Object -Process {
        if ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $Cmdlet -Report $_.body -Target $Target }
        else {
            if ($WithNotes) { foreach ($note in $_.notes) { Write-Warning $note } }
            $_.body
        }
    }
}
