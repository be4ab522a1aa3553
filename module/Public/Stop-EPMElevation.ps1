function Stop-EPMElevation {
    <#
    .SYNOPSIS
    Ends an elevated program and everything it started.

    .DESCRIPTION
    Has the agent end the whole tree of one request. A standard user can end their own programs; an administrator any, from a prompt
    that Windows elevated. The record of the end says who did it. What the program had begun is not taken back: an installation that is
    ended can be left half done.

    .PARAMETER RequestId
    The request, as Get-EPMElevation and Invoke-EPMElevation show it.

    .PARAMETER WhatIf
    Shows what would be ended. Nothing is.

    .PARAMETER Confirm
    Asks before each program is ended.

    .EXAMPLE
    Get-EPMElevation -FilePath 'C:\Tools\setup.exe' | Stop-EPMElevation

    Ends setup.exe and what it started.

    .EXAMPLE
    Stop-EPMElevation -RequestId 0d9a4c8e5b1f4a7d9c3e2b6f8a1d5c70 -Confirm:$false

    Ends one program from a script.

    .EXAMPLE
    Get-EPMElevation | Stop-EPMElevation -WhatIf

    Shows what would be ended.

    .INPUTS
    An object with a member RequestId, such as EPM.RunningElevation.

    .OUTPUTS
    EPM.StoppedElevation. No object and the error EPM.Elevation.Unknown when no such program runs, or it is somebody else's.

    .LINK
    Get-EPMElevation

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType('EPM.StoppedElevation')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [ValidatePattern('^[0-9a-f]{32}$')]
        [string[]]$RequestId
    )

    process {
        foreach ($id in $RequestId) {
            if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action "End the elevated program of request $id and everything it started." -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm end')) { continue }
            foreach ($result in @(Read-EPMChannel -Cmdlet $PSCmdlet -Channel 'stop' -Body @{ requestId = $id } -Target $id)) {
                if ($result.outcome -ceq 'ending') { Write-Warning "Some processes of request $id are not gone yet." }
                ConvertTo-EPMStoppedElevation -InputObject $result
            }
        }
    }
}
