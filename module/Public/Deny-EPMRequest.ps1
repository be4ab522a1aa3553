function Deny-EPMRequest {
    <#
    .SYNOPSIS
    Denies a request to support that waits for an answer.

    .DESCRIPTION
    Has the agent of this device deny a request. The user is told at the next attempt, with the reason, and may ask again. The right to
    answer requests is needed: administrators have it, from a prompt that Windows elevated, and whoever policy gives it to. Get-EPMRole
    shows what you may do.

    .PARAMETER RequestId
    The request, as Get-EPMRequest shows it.

    .PARAMETER Reason
    Why, in one line. The user and the audit are told.

    .PARAMETER WhatIf
    Shows what would be denied. Nothing is.

    .PARAMETER Confirm
    Asks before each request is denied.

    .EXAMPLE
    Deny-EPMRequest -RequestId AAECAwQFBgcICQoLDA0ODw -Reason 'Use the company portal.'

    Denies one request with a reason.

    .EXAMPLE
    Get-EPMRequest -Status Pending -FilePath '*\games\*' | Deny-EPMRequest -Reason 'No games.' -WhatIf

    Shows which requests would be denied.

    .EXAMPLE
    Get-EPMRequest -Status Pending -FilePath '*\games\*' | Deny-EPMRequest -Confirm:$false

    Denies them without a question.

    .INPUTS
    An object with a member RequestId, such as EPM.SupportRequest.

    .OUTPUTS
    EPM.SupportRequest, as it is then.

    .LINK
    Get-EPMRequest

    .LINK
    Revoke-EPMRequest

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType('EPM.SupportRequest')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('Id')]
        [ValidatePattern('^[A-Za-z0-9_-]{22}$')]
        [string[]]$RequestId,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$Reason
    )

    process {
        foreach ($id in $RequestId) {
            if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action "Deny the request to support $id." -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm denial')) { continue }
            Set-EPMRequestDecision -Cmdlet $PSCmdlet -RequestId $id -Decision 'deny' -Reason $Reason
        }
    }
}
