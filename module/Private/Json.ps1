$script:JsonOptions = $null

function ConvertFrom-EPMJson {
    # Reads one JSON text. Dates stay text where the edition can be told so.
    param([Parameter(Mandatory = $true)][string]$Text)

    if ($null -eq $script:JsonOptions) {
        $script:JsonOptions = @{}
        if ((Get-Command -Name 'ConvertFrom-Json').Parameters.Keys -contains 'DateKind') { $script:JsonOptions = @{ DateKind = 'String' } }
    }
    $options = $script:JsonOptions
    ConvertFrom-Json -InputObject $Text @options
}

function ConvertTo-EPMJson {
    # Writes one JSON object on one line. With -Ascii every other character is escaped, so that no code page can change it.
    param([Parameter(Mandatory = $true)]$InputObject, [switch]$Ascii, [int]$Depth = 5)

    $text = ConvertTo-Json -InputObject $InputObject -Depth $Depth -Compress
    if (-not $Ascii -or $text -notmatch '[^\x20-\x7e]') { return $text }
    $characters = foreach ($character in [char[]]$text) {
        $number = [int]$character
        if ($number -ge 0x20 -and $number -le 0x7e) { $character } else { '\u{0:x4}' -f $number }
    }
    $characters -join ''
}

function Get-EPMMember {
    # The value of a member that may be missing.
    param($InputObject, [Parameter(Mandatory = $true)][string]$Name)

    if ($null -eq $InputObject) { return $null }
    foreach ($property in $InputObject.PSObject.Properties) {
        if ($property.Name -ceq $Name) { return , $property.Value }
    }
    # Not the nothing of a function without output, which becomes an empty object in JSON.
    $null
}

function ConvertTo-EPMTime {
    # A time of the agent (ISO 8601, UTC) as local time.
    param($Value)

    if ($null -eq $Value) { return $null }
    if ($Value -is [datetime]) { return $Value.ToLocalTime() }
    [datetime]$Value
}

function ConvertTo-EPMText {
    # Editions that know no other way turn every text that looks like a time into a time; this turns it back.
    param($Value)

    if ($null -eq $Value) { return $null }
    if ($Value -is [datetime]) {
        # The form "s" is the same in every culture; others take its calendar and separators: Thailand counts years otherwise,
        # Finland writes 10.30.
        $utc = $Value.ToUniversalTime()
        return '{0}.{1:000}Z' -f $utc.ToString('s'), $utc.Millisecond
    }
    [string]$Value
}
