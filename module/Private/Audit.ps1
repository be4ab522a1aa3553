function Get-EPMAuditLength {
    # Number of records in the journal; nothing, after an error, when the agent does not say.
    param([Parameter(Mandatory = $true)]$Cmdlet)

    foreach ($status in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'status')) { [long]$status.journal.records }
}

function Read-EPMAudit {
    # Records after a sequence number, in pages, each record as it comes.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][long]$Start)

    $page = 10000
    $position = @{ Last = $Start; More = $true }
    while ($position.More) {
        # An answer that is not whole ends with an error.
        $position.More = $false
        Invoke-EPMChannel -Channel 'audit' -Body @{ after = $position.Last; limit = $page } | ForEach-Object -Process {
            if ($_.kind -ceq 'event') {
                $record = ConvertTo-EPMAuditRecord -Message $_.body
                $position.Last = $record.Sequence
                $record
            }
            elseif ($_.kind -ceq 'result') { $position.More = [bool](Get-EPMMember -InputObject $_.body -Name 'more') }
            elseif ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $Cmdlet -Report $_.body -Target 'EPM Agent' }
        }
    }
}

function Test-EPMAuditRecord {
    param([Parameter(Mandatory = $true)]$Record, [Parameter(Mandatory = $true)][hashtable]$Filter)

    if ($null -ne $Filter.After -and $Record.Time -le $Filter.After) { return $false }
    if ($Filter.RequestId -and $Filter.RequestId -notcontains $Record.RequestId -and $Filter.RequestId -notcontains $Record.SupportRequestId) { return $false }
    if ($Filter.UserSid -and $Filter.UserSid -notcontains $Record.UserSid) { return $false }
    if ($Filter.FilePath) {
        foreach ($pattern in $Filter.FilePath) { if ($Record.FilePath -like $pattern) { return $true } }
        return $false
    }
    $true
}
