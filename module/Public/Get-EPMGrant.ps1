function Get-EPMGrant {
    <#
    .SYNOPSIS
    Shows the grants that this device knows, and why one has no effect.

    .DESCRIPTION
    Asks the agent for the approvals that came to this device by policy or by Import-EPMGrant. A standard user gets those that they may
    use; whoever has the right to see requests gets all of them, from a prompt that Windows elevated. Fault is the code of the reason for
    which a grant has no effect now, and Explanation says it with the next step; without one it counts for whom and what it names.

    .PARAMETER GrantId
    Gets only these grants.

    .PARAMETER RequestId
    Gets only grants that answer these requests to support, as Get-EPMRequest shows them.

    .PARAMETER FileName
    Gets only grants for files whose name fits. Wildcards are allowed.

    .EXAMPLE
    Get-EPMGrant

    Shows the grants that the user may use.

    .EXAMPLE
    Get-EPMGrant -FileName 'setup*.exe' | Where-Object Fault | Format-List FileName, Until, Fault, Explanation

    Shows why grants for a file have no effect.

    .EXAMPLE
    Get-EPMGrant -GrantId 0123456789abcdef | Format-List

    Shows everything about one of them.

    .EXAMPLE
    Get-EPMRequest -Status Approved | Get-EPMGrant

    Shows the grants of the requests that are approved.

    .INPUTS
    An object with a member RequestId, such as EPM.SupportRequest.

    .OUTPUTS
    EPM.Grant

    .LINK
    Import-EPMGrant

    .LINK
    Revoke-EPMRequest

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.Grant')]
    param(
        [Parameter(Position = 0)]
        [ValidatePattern('^[0-9a-f]{16}$')]
        [string[]]$GrantId,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ValidatePattern('^[A-Za-z0-9_-]{22}$')]
        [string[]]$RequestId,

        [Parameter()]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$FileName
    )

    process {
        Read-EPMGrantList -Cmdlet $PSCmdlet | Where-Object {
            $grant = $_
            (-not $GrantId -or $GrantId -contains $grant.GrantId) -and
            (-not $RequestId -or $RequestId -ccontains $grant.RequestId) -and
            (-not $FileName -or @($FileName | Where-Object { $grant.FileName -like $_ }).Count -gt 0)
        }
    }
}
