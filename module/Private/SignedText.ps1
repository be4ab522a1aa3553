# Signed texts that people carry: of requests to support, which begin with EPMR1., and of grants, which begin with EPM1.

function Add-EPMSignedText {
    # Takes one text of the pipeline. A mail, or Get-Content, gives a long text in several lines: those that do not begin as a
    # signed text go on from the line before. Emits the text before when this one begins another. The last one is in the
    # member Text of the state, which is nothing until there was a line.
    param([Parameter(Mandatory = $true)][hashtable]$State, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$Line, [Parameter(Mandatory = $true)][string]$Prefix)

    # A text has at most 4,096 characters; what is longer is refused by whoever reads it, and is not collected without end.
    if ($null -eq $State.Text) { $State.Text = '' }
    $plain = $Line -replace '\s'
    if ($plain -notmatch '\S') { return }
    $begins = $plain.Length -ge $Prefix.Length -and $plain.Substring(0, $Prefix.Length) -ceq $Prefix
    if ($begins -or -not $State.Text) {
        if ($State.Text) { $State.Text }
        $State.Text = $plain
    }
    elseif ($State.Text.Length -le 8192) { $State.Text += $plain }
}

function Read-EPMSignedText {
    # The text in a file. Nothing, after an error, when the file cannot be read.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Path)

    $full = Resolve-EPMFilePath -Path $Path
    try { $lines = @(Get-Content -LiteralPath $full -TotalCount 1000 -ErrorAction 'Stop') }
    catch {
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.File.Unreadable' -Category 'ReadError' -Target $full -Message "The file `"$full`" cannot be read: $_" -Hint 'Check the path and its permissions.'
        return
    }
    ($lines -join '') -replace '\s'
}

function Test-EPMSignedText {
    # Whether a text begins as it must; an error says otherwise. epm.exe would take it for the name of a file.
    param([Parameter(Mandatory = $true)]$Cmdlet, [AllowEmptyString()][string]$Text, [Parameter(Mandatory = $true)][string]$Prefix)

    if ($Text.Length -ge $Prefix.Length -and $Text.Substring(0, $Prefix.Length) -ceq $Prefix) { return $true }
    $code = 'EPM_GRANT_INVALID'
    $what = 'grant'
    if ($Prefix -ceq $script:RequestPrefix) {
        $code = 'EPM_REQUEST_TEXT_INVALID'
        $what = 'request'
    }
    $hint = "Give the whole text, from `"$Prefix`" on."
    Write-EPMReport -Cmdlet $Cmdlet -Report (New-EPMFailure -Code $code -Message "The text is no ${what}: it does not begin with `"$Prefix`"." -Hint $hint).body -Target 'text'
    $false
}
