function Resolve-EPMFilePath {
    # The full path of a file, as the agent wants it. A relative path starts at the file system location, wherever the
    # session is. A file that cannot be seen is passed on as given: the agent answers and records it.
    param([Parameter(Mandatory = $true)][string]$Path)

    $full = $Path
    $place = $Path
    if ($Path -notmatch '^(?:[^\\/:]+:|[\\/]{2}|~)') {
        $location = (Get-Location -PSProvider 'FileSystem').ProviderPath
        if ($Path -match '^[\\/]') { $full = ($location -replace '(?s)^([A-Za-z]:)?.*$', '$1') + $Path }
        else { $full = "$location/$Path" }
        # Of a provider's path that ends with "." the engine answers some file in that folder.
        $full = $full -replace '(?<=[\\/])(?:\.[\\/]+)*(?:\.$)?', ''
        # By the provider's name, because the session may be in another one.
        $place = "FileSystem::$full"
    }
    # The name as Windows has it: without "." and "..", with "\" throughout.
    $item = Get-Item -LiteralPath $place -Force -ErrorAction 'Ignore'
    $name = Get-EPMMember -InputObject $item -Name 'FullName'
    if ($name) { return [string]$name }
    # "--x:y" looks like a drive, and epm.exe would take it for an option.
    if ($full -match '^-') { return "$((Get-Location -PSProvider 'FileSystem').ProviderPath)/$full" }
    $full
}
