function Get-EPMAudit {
    <#
    .SYNOPSIS
    Shows records of the audit journal.

    .DESCRIPTION
    Reads the agent's audit journal. Records come one by one as the agent sends them, oldest first; with Newest, the newest first.
    A standard user gets only records of their own requests. An administrator gets all of them, from a prompt that Windows elevated.
    All pages are read, up to the newest record; when the agent stops answering in between, an error says so.

    .PARAMETER Newest
    Gets only this many records, the newest of those that the other parameters select, newest first.

    .PARAMETER FilePath
    Gets only records about files whose path fits. Wildcards are allowed.

    .PARAMETER UserSid
    Gets only records of requests by these users.

    .PARAMETER RequestId
    Gets only records of these requests, as Invoke-EPMElevation shows them, or of these requests to support, as Get-EPMRequest does.

    .PARAMETER After
    Gets only records later than this time.

    .EXAMPLE
    Get-EPMAudit -Newest 10

    Shows the last ten records.

    .EXAMPLE
    Get-EPMAudit -FilePath 'C:\Tools\*.exe' -After (Get-Date).AddDays(-7)

    Shows what happened to the programs in C:\Tools during the last week.

    .EXAMPLE
    Invoke-EPMElevation -FilePath C:\Tools\setup.exe -Wait | Get-EPMAudit

    Starts a program and shows the records of exactly this request.

    .EXAMPLE
    Get-EPMRequest -Newest 1 | Get-EPMAudit

    Shows what became of the last request to support.

    .EXAMPLE
    Get-EPMAudit -UserSid 'S-1-5-21-1004336348-1177238915-682003330-1001' | Format-List

    Shows everything about one person's requests; for administrators.

    .INPUTS
    An object with a member RequestId, such as EPM.Elevation or EPM.SupportRequest.

    .OUTPUTS
    EPM.AuditRecord

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.AuditRecord')]
    param(
        [Parameter()]
        [ValidateRange(1, 100000)]
        [int]$Newest,

        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$FilePath,

        [Parameter()]
        [ValidatePattern('^[Ss]-1-\d')]
        [string[]]$UserSid,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]]$RequestId,

        [Parameter()]
        [datetime]$After
    )

    process {
        $filter = @{ FilePath = $FilePath; UserSid = $UserSid; RequestId = $RequestId; After = $null }
        if ($PSBoundParameters.Keys -contains 'After') { $filter.After = $After }
        if ($PSBoundParameters.Keys -notcontains 'Newest') {
            Read-EPMAudit -Cmdlet $PSCmdlet -Start 0 | Where-Object { Test-EPMAuditRecord -Record $_ -Filter $filter }
            return
        }
        # The journal is read from a place near its end, and from ever earlier ones until enough records fit.
        $total = Get-EPMAuditLength -Cmdlet $PSCmdlet
        if ($null -eq $total) { return }
        $window = [long]$Newest * 2 + 100
        while ($true) {
            $start = $total - $window
            if ($start -lt 0) { $start = 0 }
            $found = @(Read-EPMAudit -Cmdlet $PSCmdlet -Start $start | Where-Object { Test-EPMAuditRecord -Record $_ -Filter $filter })
            if ($found.Count -ge $Newest -or $start -eq 0) { break }
            $window = $window * 8
        }
        for ($index = $found.Count - 1; $index -ge 0 -and $index -ge $found.Count - $Newest; $index--) { $found[$index] }
    }
}
