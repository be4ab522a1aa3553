function Get-EPMFileCompletion {
    # Folders and files that can be elevated, always quoted. Network places are left to the person.
    param([string]$Word)

    # PowerShell takes four more characters for a single quotation mark, and three more for a double one: a name with one
    # of them, written as it is, would end the text, and what follows would run as code.
    $single = '[\u0027\u2018-\u201B]'
    $double = '["\u201C-\u201E]'
    $plain = $Word -replace "^($single|$double)" -replace "($single|$double)$"
    if ($Word -match "^$single") { $plain = $plain -replace "($single)$single", '$1' }
    if ($plain -match '^[\\/]{2}') { return }
    # The path is taken as it is written: brackets in it are no wildcards.
    $folder = $plain -replace '[^\\/:]*$', ''
    $start = $plain.Substring($folder.Length) -replace '([`\[\]*?])', '`$1'
    if (-not $folder) { $folder = '.' }
    $found = Get-ChildItem -LiteralPath $folder -ErrorAction 'Ignore' |
        Where-Object { $_.Name -like "$start*" -and ($_.PSIsContainer -or $_.Extension -in '.exe', '.msi', '.ps1') } |
        Select-Object -First 100
    foreach ($item in $found) { "'" + ([string]$item.FullName -replace "($single)", '$1$1') + "'" }
}

function Get-EPMElevationCompletion {
    # Requests of elevated programs that run. Nothing while the agent does not answer.
    param([string]$Word)

    $plain = $Word -replace '^[''"]|[''"]$', ''
    Invoke-EPMChannel -Channel 'elevations' | Where-Object { $_.kind -ceq 'result' } | ForEach-Object -Process {
        foreach ($one in @($_.body.elevations)) { if ($null -ne $one -and $one.requestId -like "$plain*") { [string]$one.requestId } }
    }
}

function Get-EPMRequestCompletion {
    # Requests to support, quoted, because an id may begin with a hyphen: those that a cmdlet can do something with. Nothing while
    # the agent does not answer.
    param([string]$Word, [string]$CommandName)

    $plain = $Word -replace '^[''"]|[''"]$', ''
    $states = switch ($CommandName) {
        { $_ -in 'Approve-EPMRequest', 'Deny-EPMRequest' } { 'pending' }
        'Revoke-EPMRequest' { 'approved', 'completed' }
        default { $script:RequestStatus.Values }
    }
    Invoke-EPMChannel -Channel 'support-requests' | Where-Object { $_.kind -ceq 'result' } | ForEach-Object -Process {
        foreach ($one in @($_.body.requests)) {
            if ($null -ne $one -and $one.status -in $states -and $one.id -like "$plain*") { "'$($one.id)'" }
        }
    }
}
