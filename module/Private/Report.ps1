# Reports are made by `epm.exe report`, of the agent's records or of copied journals; rows come as it prints them.

function ConvertTo-EPMReportId {
    # An identifier; nothing where a report has the mark of a missing one.
    param($Value)

    if ($Value -ceq '<Null>') { return $null }
    ConvertTo-EPMText -Value $Value
}

function ConvertTo-EPMReportTime {
    # A time as reports write it, UTC without saying so, as local time.
    param($Value)

    if ($null -eq $Value) { return $null }
    $text = (ConvertTo-EPMText -Value $Value) -replace ' ', 'T' -replace 'Z$'
    [datetime]"${text}Z"
}

function ConvertTo-EPMReportRow {
    # One row of a report, by the name that people ask for it.
    param([Parameter(Mandatory = $true)][string]$Report, [Parameter(Mandatory = $true)]$InputObject)

    switch ($Report) {
        'Overview' { ConvertTo-EPMReportOverview -InputObject $InputObject }
        'ByApplication' { ConvertTo-EPMReportApplication -InputObject $InputObject }
        'ByPublisher' { ConvertTo-EPMReportPublisher -InputObject $InputObject }
        'ByUser' { ConvertTo-EPMReportUser -InputObject $InputObject }
        'Denied' { ConvertTo-EPMReportDenial -InputObject $InputObject }
        default { ConvertTo-EPMReportElevation -InputObject $InputObject }
    }
}

function Read-EPMReport {
    # Runs `epm.exe report` and emits its rows one by one, or of a file what was written. What failed becomes an error of the
    # cmdlet, and what else it says a warning.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)][string]$Report,
        [Parameter(Mandatory = $true)][string[]]$ArgumentList,
        [switch]$ToFile,
        $Target
    )

    $ErrorActionPreference = 'Continue'
    $PSNativeCommandUseErrorActionPreference = $false
    $PSNativeCommandArgumentPassing = 'Standard'
    $program = Get-EPMProgram
    if (-not $program) {
        $missing = New-EPMFailure -Code 'EPM_NATIVE_MISSING' -Message 'epm.exe was not found beside the module or in Program Files.' -Hint 'Repair the installation.'
        return Write-EPMReport -Cmdlet $Cmdlet -Report $missing.body -Target $Target
    }
    $words = $ArgumentList
    if ($PSVersionTable.PSEdition -eq 'Desktop') { $words = @(foreach ($word in $ArgumentList) { ConvertTo-EPMNativeArgument -Value $word }) }
    $failed = $false
    # It gets an input of its own: a program that shares the session's can change how that is read.
    '' | & $program @words 2>&1 | ForEach-Object -Process {
        $line = [string]$_
        if ($_ -is [string]) {
            if ($line -notmatch '^\{') { return }
            $row = ConvertFrom-EPMJson -Text $line
            if ($ToFile) { New-EPMObject -TypeName 'EPM.ReportFile' -Property ([ordered]@{ Path = ConvertTo-EPMText -Value $row.output; Name = $Report; Rows = [long]$row.rows }) }
            else { ConvertTo-EPMReportRow -Report $Report -InputObject $row }
        }
        elseif ($line -match '^\{"error":') {
            $failed = $true
            $failure = (ConvertFrom-EPMJson -Text $line).error
            # Each journal that does not verify is a failure of its own.
            $of = Get-EPMMember -InputObject (Get-EPMMember -InputObject $failure -Name 'data') -Name 'journal'
            if (-not $of) { $of = $Target }
            Write-EPMReport -Cmdlet $Cmdlet -Report $failure -Target $of
        }
        elseif ($line -match '^epm: ') { Write-Warning ($line -replace '^epm: ') }
    }
    if ($LASTEXITCODE -ne 0 -and -not $failed) {
        $ended = New-EPMFailure -Code 'EPM_INTERNAL' -Message "`"$program`" ended without an answer (exit code $LASTEXITCODE)." -Hint 'Check that the module and epm.exe are of the same version.'
        Write-EPMReport -Cmdlet $Cmdlet -Report $ended.body -Target $Target
    }
}
