function Revoke-EPMRequest {
    <#
    .SYNOPSIS
    Takes an approval back on this device, for good.

    .DESCRIPTION
    Has the agent of this device revoke the approval of a request to support. Nothing starts by it any more, whoever brings the grant
    again; a program that runs goes on, see Stop-EPMElevation. The user may ask support anew. The right to answer requests is needed:
    administrators have it, from a prompt that Windows elevated, and whoever policy gives it to.

    An approval for several devices is revoked on all of them by policy, with the list revocations.

    .PARAMETER RequestId
    The request whose approval it is, as Get-EPMRequest and Get-EPMGrant show it.

    .PARAMETER Reason
    Why, in one line. The user and the audit are told.

    .PARAMETER WhatIf
    Shows what would be taken back. Nothing is.

    .PARAMETER Confirm
    Asks before each approval is taken back. This is the default; -Confirm:$false asks nothing.

    .EXAMPLE
    Revoke-EPMRequest -RequestId AAECAwQFBgcICQoLDA0ODw -Reason 'The file is infected.'

    Asks, then takes one approval back.

    .EXAMPLE
    Get-EPMRequest -Status Approved, Completed -UserName 'CONTOSO\ann' | Revoke-EPMRequest -WhatIf

    Shows which approvals of a person would be taken back.

    .EXAMPLE
    Get-EPMGrant -FileName setup.exe | Revoke-EPMRequest -Confirm:$false

    Takes back, without a question, every approval of a file that the device knows.

    .INPUTS
    An object with a member RequestId, such as EPM.SupportRequest or EPM.Grant.

    .OUTPUTS
    EPM.SupportRequest, as it is then.

    .LINK
    Get-EPMRequest

    .LINK
    Get-EPMGrant

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
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
            if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action "Take the approval of the request to support $id back, for good." -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm revocation' -Impact 'High')) { continue }
            Set-EPMRequestDecision -Cmdlet $PSCmdlet -RequestId $id -Decision 'revoke' -Reason $Reason
        }
    }
}
