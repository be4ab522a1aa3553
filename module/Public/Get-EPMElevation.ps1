function Get-EPMElevation {
    <#
    .SYNOPSIS
    Shows the elevated programs that run, and what they started.

    .DESCRIPTION
    Asks the agent for the programs that it has elevated and of which at least one process is left. A standard user gets their own; an
    administrator gets all of them, from a prompt that Windows elevated. Children has the last 50 processes that each program, or a
    process of its tree, has started: those that run or have run, and those that were ended before their first instruction, with the
    reason. The audit journal has all of them.

    .PARAMETER RequestId
    Gets only programs of these requests, as Invoke-EPMElevation shows them.

    .PARAMETER FilePath
    Gets only programs whose path fits. Wildcards are allowed.

    .EXAMPLE
    Get-EPMElevation

    Shows the elevated programs of the user.

    .EXAMPLE
    (Get-EPMElevation -FilePath 'C:\Tools\setup.exe').Children | Where-Object Outcome -eq ended | Format-List FilePath, Explanation

    Shows which processes of setup.exe were ended and why.

    .EXAMPLE
    Get-EPMElevation -RequestId 0d9a4c8e5b1f4a7d9c3e2b6f8a1d5c70 | Format-List

    Shows everything about one of them.

    .EXAMPLE
    Get-EPMElevation | Where-Object StartTime -lt (Get-Date).AddHours(-8) | Stop-EPMElevation -Confirm:$false

    Ends what has been running for more than eight hours.

    .INPUTS
    An object with a member RequestId, such as EPM.Elevation.

    .OUTPUTS
    EPM.RunningElevation

    .LINK
    Stop-EPMElevation

    .LINK
    Invoke-EPMElevation

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.RunningElevation')]
    param(
        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string[]]$RequestId,

        [Parameter(Position = 0)]
        [SupportsWildcards()]
        [ValidateNotNullOrEmpty()]
        [string[]]$FilePath
    )

    process {
        foreach ($report in @(Read-EPMChannel -Cmdlet $PSCmdlet -Channel 'elevations')) {
            if (Get-EPMMember -InputObject $report -Name 'truncated') { Write-Warning 'More elevated programs run than one answer holds; those that started last are shown, without their children.' }
            foreach ($one in @($report.elevations)) {
                if ($null -eq $one) { continue }
                $running = ConvertTo-EPMRunningElevation -InputObject $one
                if ($RequestId -and $RequestId -notcontains $running.RequestId) { continue }
                if ($FilePath -and -not @($FilePath | Where-Object { $running.FilePath -like $_ })) { continue }
                $running
            }
        }
    }
}
