# Grants: approvals that somebody signed.

function Read-EPMGrantList {
    # All grants that the caller may see, page by page.
    param([Parameter(Mandatory = $true)]$Cmdlet)

    $state = @{ After = 0; More = $true }
    while ($state.More) {
        $state.More = $false
        foreach ($page in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'grants' -Body @{ after = $state.After })) {
            $found = @(@($page.grants) | Where-Object { $null -ne $_ })
            $state.After += $found.Count
            $state.More = $found.Count -gt 0 -and [bool](Get-EPMMember -InputObject $page -Name 'truncated')
            foreach ($grant in $found) { ConvertTo-EPMGrant -InputObject $grant }
        }
    }
}

function Import-EPMGrantText {
    # Brings a grant to this device and emits it as the device knows it. Nothing, after an error, when it is refused.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$Text)

    if (-not (Test-EPMSignedText -Cmdlet $Cmdlet -Text $Text -Prefix $script:GrantPrefix)) { return }
    foreach ($result in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'import-grant' -Body @{ text = $Text } -Target 'grant')) {
        $grant = ConvertTo-EPMGrant -InputObject $result.grant
        if ($result.known) { Write-Verbose "The device knew the grant $($grant.GrantId) already." }
        if ($grant.Fault) { Write-Warning "The grant $($grant.GrantId) has no effect yet. $($grant.Explanation)" }
        $grant
    }
}

function New-EPMSignedGrant {
    # Shows a request, asks, signs a grant for it, and emits that. What is signed is what was shown.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)][AllowEmptyString()][string]$Text,
        # Words of the command line that say what is granted, besides its end.
        [Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$Choice,
        [Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$End,
        [Parameter(Mandatory = $true)][string]$KeyPath,
        [string]$QrPath,
        # Has the passphrase, which is asked for once for all requests of a pipeline.
        [Parameter(Mandatory = $true)][hashtable]$State,
        [bool]$Import,
        [bool]$WhatIf,
        [string]$ConfirmPreference
    )

    if (-not (Test-EPMSignedText -Cmdlet $Cmdlet -Text $Text -Prefix $script:RequestPrefix)) { return }
    if ($Text.Length -gt 8192) { $Text = $Text.Substring(0, 8192) }
    $checked = @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList (@('approve', $Text, '--check', '--json') + $Choice + $End) -Target 'request')
    if ($checked.Count -eq 0) { return }
    $asked = $checked[0]
    $id = [string]$asked.statement.requestId
    $action = "Sign an approval.`n$($asked.shown)" -replace '\s+$'
    if (-not (Test-EPMShouldProcess -Cmdlet $Cmdlet -Action $action -WhatIf $WhatIf -ConfirmPreference $ConfirmPreference -Caption 'Confirm approval' -Impact 'High')) { return }
    if ($null -eq $State.Passphrase) {
        $State.Passphrase = Get-EPMPassphrase -Cmdlet $Cmdlet -Target $KeyPath
        if ($null -eq $State.Passphrase) { return }
    }
    # Whoever thinks long before the answer signs the end that was shown. The format "s" is the same in every culture.
    $until = (ConvertFrom-EPMMilliseconds -Value $asked.statement.until).ToUniversalTime().ToString('s') + 'Z'
    $words = @('approve', [string]$asked.text, '--key', $KeyPath, '--yes', '--json', '--passphrase-json', '--until', $until) + $Choice
    if ($QrPath) { $words += @('--qr-file', $QrPath) }
    foreach ($signed in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList $words -InputObject (ConvertFrom-EPMPassphrase -Passphrase $State.Passphrase) -Target $id)) {
        $known = @()
        if ($Import) { $known = @(Import-EPMGrantText -Cmdlet $Cmdlet -Text $signed.grant) }
        ConvertTo-EPMSignedGrant -InputObject $signed.statement -Text $signed.grant -Imported ($known.Count -gt 0)
    }
}
