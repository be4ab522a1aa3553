function Get-EPMReport {
    <#
    .SYNOPSIS
    Makes a report of elevations and denials.

    .DESCRIPTION
    Counts elevations and denials from the audit of this device, or of journals that were copied from any number of devices. A standard
    user gets their own; whoever has the right to read reports gets all. Rows come one by one as they are made, or go into a file.

    Each journal is verified while it is read. What follows a record that was changed does not count, and an error names the journal.
    A warning says how many processes that Windows itself starts beside other programs were left out.

    .PARAMETER Name
    The report. Overview: totals, trend and what is frequent, of the last 48 hours. Of the last 30 days: Elevation, every elevation and
    denial; Managed, what ran elevated by a rule; ByApplication, ByPublisher and ByUser, which count; Denied, what was denied and how often.

    .PARAMETER After
    The first time that counts.

    .PARAMETER Before
    The first time that does not count any more; otherwise now.

    .PARAMETER Path
    Journals that were copied from devices, each of one device: its folder, or a file. The agent is not asked then.

    .PARAMETER WithWindows
    Also counts processes that Windows itself starts beside many programs, such as conhost.exe.

    .PARAMETER OutFile
    Writes the report into this file, in the form that its name says: .html, one page with charts; .csv, the columns that Intune exports;
    .json, one object a line. CSV holds one table, and so no Overview.

    .PARAMETER Force
    Overwrites an existing file.

    .PARAMETER WhatIf
    Shows what would be written. Nothing is written.

    .PARAMETER Confirm
    Asks before the file is written.

    .EXAMPLE
    Get-EPMReport

    Shows what happened in the last two days.

    .EXAMPLE
    Get-EPMReport -Name Denied -After (Get-Date).AddDays(-7) | Sort-Object Count -Descending | Select-Object -First 10

    Shows what was denied most often during the last week.

    .EXAMPLE
    Get-EPMReport ByUser -After 2026-11-01 -Before 2026-12-01 -WithWindows

    Counts a month by user, with the processes that Windows itself starts.

    .EXAMPLE
    Get-EPMReport Overview -OutFile .\overview.html -Force

    Writes a page with charts, in place of the one of yesterday.

    .EXAMPLE
    Get-EPMReport Elevation -OutFile .\elevations.csv -WhatIf

    Shows which file would be written.

    .EXAMPLE
    Get-EPMReport Elevation -OutFile .\elevations.json -Confirm

    Asks, then writes one JSON object a line.

    .EXAMPLE
    Get-EPMReport Elevation -Path .\pc-0001.jsonl, .\pc-0002.jsonl | Group-Object DeviceName

    Counts the elevations of two devices, from journals that were copied from them.

    .INPUTS
    System.String; a folder or file, as Get-Item shows it.

    .OUTPUTS
    EPM.ReportOverview, EPM.ReportElevation (Elevation and Managed), EPM.ReportApplication, EPM.ReportPublisher, EPM.ReportUser or
    EPM.ReportDenial; with OutFile EPM.ReportFile.

    .LINK
    Get-EPMAudit

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
    [OutputType('EPM.ReportOverview', 'EPM.ReportElevation', 'EPM.ReportApplication', 'EPM.ReportPublisher', 'EPM.ReportUser', 'EPM.ReportDenial', 'EPM.ReportFile')]
    param(
        [Parameter(Position = 0)]
        [ValidateScript({ Test-EPMWord -Parameter 'Report' -Value $_ })]
        [string]$Name = 'Overview',

        [Parameter()]
        [datetime]$After,

        [Parameter()]
        [datetime]$Before,

        [Parameter(ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string[]]$Path,

        [Parameter()]
        [switch]$WithWindows,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$OutFile,

        [Parameter()]
        [switch]$Force
    )

    # All journals that come make one report.
    begin { $journals = @() }

    process { if ($Path) { $journals += @($Path | ForEach-Object { Resolve-EPMFilePath -Path $_ }) } }

    end {
        # Folders of a pipe that had none are not the agent.
        if ($MyInvocation.ExpectingInput -and $journals.Count -eq 0) { return }
        $words = @('report', $script:ReportName[$Name], '--json')
        if ($PSBoundParameters.Keys -contains 'After') { $words += @('--after', (ConvertTo-EPMText -Value $After)) }
        if ($PSBoundParameters.Keys -contains 'Before') { $words += @('--before', (ConvertTo-EPMText -Value $Before)) }
        if ($WithWindows) { $words += '--with-windows' }
        if ($journals.Count -gt 0) { $words += @('--journal') + $journals }
        $target = 'EPM Agent'
        if ($OutFile) {
            $target = Resolve-EPMFilePath -Path $OutFile
            if ((Test-Path -LiteralPath $target -PathType 'Leaf') -and -not $Force) {
                Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.File.Unwritable' -Category 'WriteError' -Target $target -Message "`"$target`" is there already." -Hint 'Give another path, or -Force to write over it.'
                return
            }
            if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action "Write the report $Name to `"$target`"." -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm report' -Impact 'Low')) { return }
            $words += @('--out', $target)
        }
        elseif ($journals.Count -gt 0) { $target = $journals[0] }
        Read-EPMReport -Cmdlet $PSCmdlet -Report $Name -ArgumentList $words -ToFile:([bool]$OutFile) -Target $target
    }
}
