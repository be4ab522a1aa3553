function Get-EPMFileCompletion {
    # Folders and files that can be elevated, quoted where PowerShell needs it. Network places are left to the person.
    param([string]$Word)

    $plain = $Word -replace '^[''"]|[''"]$', ''
    if ($plain -match '^[\\/]{2}') { return }
    $found = Get-ChildItem -Path "$plain*" -ErrorAction 'SilentlyContinue' |
        Where-Object { $_.PSIsContainer -or $_.Extension -in '.exe', '.msi', '.ps1' } |
        Select-Object -First 100
    foreach ($item in $found) {
        $path = [string]$item.FullName
        if ($path -match '[\s''"`$&;,(){}\[\]@#]') { "'" + ($path -replace "'", "''") + "'" } else { $path }
    }
}

# The settings of src/policy/declaration.ts, in its order; a test compares. Asking the agent would take too long for a key press.
$script:SettingName = @(
    'enabled'
    'defaultElevationResponse'
    'defaultValidations'
    'allowElevationDetection'
    'sendData'
    'reportingScope'
    'revocationUnknown'
    'manageAdministrators'
    'denyReachesChildren'
    'denyEscapeTools'
    'blockInternetFiles'
    'acceptTimestamped'
    'maximumFileSize'
)

function Get-EPMSettingCompletion {
    param([string]$Word)

    $plain = $Word -replace '^[''"]|[''"]$', ''
    $script:SettingName | Where-Object { $_ -like "$plain*" }
}
