function Get-EPMFileCompletion {
    # Folders and files that can be elevated, quoted where PowerShell needs it. Network places are left to the person.
    param([string]$Word)

    $plain = $Word -replace '^[''"]|[''"]$', ''
    if ($Word -match '^''') { $plain = $plain -replace '''''', '''' }
    if ($plain -match '^[\\/]{2}') { return }
    # The path is taken as it is written: brackets in it are no wildcards.
    $folder = $plain -replace '[^\\/:]*$', ''
    $start = $plain.Substring($folder.Length) -replace '([`\[\]*?])', '`$1'
    if (-not $folder) { $folder = '.' }
    $found = Get-ChildItem -LiteralPath $folder -ErrorAction 'Ignore' |
        Where-Object { $_.Name -like "$start*" -and ($_.PSIsContainer -or $_.Extension -in '.exe', '.msi', '.ps1') } |
        Select-Object -First 100
    foreach ($item in $found) {
        $path = [string]$item.FullName
        if ($path -match '[\s''"`$&;,(){}\[\]@#]') { "'" + ($path -replace "'", "''") + "'" } else { $path }
    }
}
