function Resolve-EPMFilePath {
    # The full path of a file, as the agent wants it. A relative path starts at the file system location, wherever the
    # session is. A file that cannot be seen is passed on as given: the agent answers and records it.
    param([Parameter(Mandatory = $true)][string]$Path)

    $full = $Path
    if ($Path -notmatch '^(?:[^\\/:]{1,}:|[\\/]{2}|~)') {
        $full = Join-Path -Path (Get-Location -PSProvider 'FileSystem').ProviderPath -ChildPath $Path
    }
    if (Test-Path -LiteralPath $full) {
        $resolved = Convert-Path -LiteralPath $full
        if ($resolved) { return [string]$resolved }
    }
    $full
}
