function Get-EPMRequest {
    <#
    .SYNOPSIS
    Shows requests to support: programs that need an approval, and what became of each request.

    .DESCRIPTION
    Asks the agent for the requests to support of this device. A standard user gets their own; whoever has the right to see requests
    gets all of them, from a prompt that Windows elevated. Requests come oldest first; with Newest, the newest first.

    A request is made by a start that needs an approval, such as one with Invoke-EPMElevation. Its Status is pending, approved, denied,
    expired, revoked or completed. An approver needs its text, which begins with "EPMR1.": give Text, or take the property Text, which
    is set when a request is asked for by its RequestId.

    .PARAMETER RequestId
    Gets only these requests, as Get-EPMRequest and Invoke-EPMElevation show them, with their texts and certificates.

    .PARAMETER Status
    Gets only requests with one of these states.

    .PARAMETER UserName
    Gets only requests of users whose name or SID fits. Wildcards are allowed.

    .PARAMETER FilePath
    Gets only requests for files whose path fits. Wildcards are allowed.

    .PARAMETER Newest
    Gets only this many requests, the newest of those that the other parameters select, newest first.

    .PARAMETER Text
    Gets only the texts for an approver, of the requests that wait for an answer.

    .EXAMPLE
    Get-EPMRequest

    Shows what the user asked of support, and what became of it.

    .EXAMPLE
    Get-EPMRequest -Newest 1 -Text | Set-Clipboard

    Copies the text of the last request, for a mail or chat to support.

    .EXAMPLE
    Get-EPMRequest -Status Pending -UserName 'CONTOSO\ann' | Format-List

    Shows everything about the requests of one person that wait; for those who may see them.

    .EXAMPLE
    Get-EPMRequest -RequestId AAECAwQFBgcICQoLDA0ODw | Approve-EPMRequest -KeyPath D:\my-key.pem -Import

    Shows one request, asks, and approves it on this device.

    .EXAMPLE
    Get-EPMRequest -Status Completed -FilePath 'C:\Tools\*' | New-EPMRule -SamePath

    Makes rules of what support approved and people ran.

    .INPUTS
    An object with a member RequestId, such as EPM.SupportRequest or EPM.Approval.

    .OUTPUTS
    EPM.SupportRequest, or with Text System.String

    .LINK
    Approve-EPMRequest

    .LINK
    Deny-EPMRequest

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.SupportRequest', [string])]
    param(
        [Parameter(Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidatePattern('^[A-Za-z0-9_-]{22}$')]
        [string[]]$RequestId,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'Status' -Value $_ })]
        [string[]]$Status,

        [Parameter()]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$UserName,

        [Parameter()]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$FilePath,

        [Parameter()]
        [ValidateRange(1, 100000)]
        [int]$Newest,

        [Parameter()]
        [switch]$Text
    )

    begin { $kept = @() }

    process {
        if ($RequestId) { $found = foreach ($id in $RequestId) { Read-EPMRequest -Cmdlet $PSCmdlet -RequestId $id } }
        else { $found = Read-EPMRequestList -Cmdlet $PSCmdlet }
        foreach ($request in @($found)) {
            if ($null -eq $request -or -not (Test-EPMRequestFilter -Request $request -Status $Status -UserName $UserName -FilePath $FilePath)) { continue }
            # Of a list only those that wait have a text, which is asked for one by one.
            if ($Text -and -not $RequestId -and $request.Status -cne 'pending') { continue }
            if ($Newest) { $kept += $request }
            elseif ($Text) { Get-EPMRequestText -Cmdlet $PSCmdlet -Request $request }
            else { $request }
        }
    }

    end {
        for ($index = $kept.Count - 1; $index -ge 0 -and $index -ge $kept.Count - $Newest; $index--) {
            if ($Text) { Get-EPMRequestText -Cmdlet $PSCmdlet -Request $kept[$index] } else { $kept[$index] }
        }
    }
}
