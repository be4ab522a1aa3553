function Test-EPMPolicy {
    <#
    .SYNOPSIS
    Says what in a policy is wrong or gives away the machine, and whether it decides as expected.

    .DESCRIPTION
    Checks policy files: which rules the agent would reject and why, which rules somebody could misuse, and which never do anything. With
    TestFile it decides test cases with the engine of the agent and compares the results with what the cases expect. It does not ask the
    agent and changes nothing. The output is the findings, file by file, and then the results of the cases.

    .PARAMETER Path
    The policy files. A relative path starts at the current file system location.

    .PARAMETER TestFile
    Files of cases. They are decided by all policies of Path together, and by those the files name.

    .PARAMETER FailOn
    Ends with the error EPM.Policy.Findings when something of this risk or worse was found, or a case failed. For pipelines.

    .PARAMETER SarifPath
    A file to write the findings to as a SARIF log.

    .PARAMETER JUnitPath
    A file to write the results of the cases to as a JUnit report.

    .PARAMETER WhatIf
    Says which reports would be written, and writes none.

    .PARAMETER Confirm
    Asks before reports are written.

    .EXAMPLE
    Test-EPMPolicy -Path .\policy.json

    Shows the findings.

    .EXAMPLE
    Get-ChildItem *.json | Test-EPMPolicy -FailOn medium -ErrorAction Stop

    Checks the policies of a folder and fails a build.

    .EXAMPLE
    Test-EPMPolicy .\policy.json -TestFile .\cases.json | Where-Object { $_.Passed -eq $false } | Format-List

    Shows the cases that are decided otherwise than they expect, and why.

    .EXAMPLE
    Test-EPMPolicy .\policy.json -TestFile .\cases.json -SarifPath findings.sarif -JUnitPath cases.xml

    Writes what services for continuous integration read.

    .EXAMPLE
    Test-EPMPolicy .\policy.json -SarifPath findings.sarif -WhatIf

    Shows the findings and which file would be written.

    .EXAMPLE
    Test-EPMPolicy .\policy.json -SarifPath findings.sarif -Confirm:$false

    Writes the findings without a question, whatever the session asks.

    .INPUTS
    System.String, or an object with a member FullName, such as a file from Get-ChildItem.

    .OUTPUTS
    EPM.PolicyFinding for each finding, EPM.PolicyTestResult for each case.

    .LINK
    New-EPMRule

    .LINK
    Import-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
    [OutputType('EPM.PolicyFinding', 'EPM.PolicyTestResult')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string[]]$Path,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string[]]$TestFile,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'FailOn' -Value $_ })]
        [string]$FailOn,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$SarifPath,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$JUnitPath
    )

    begin {
        $files = @()
        $sarif = ''
        $junit = ''
        $ask = @{ Cmdlet = $PSCmdlet; WhatIf = $WhatIfPreference; ConfirmPreference = $ConfirmPreference; Caption = 'Confirm report'; Impact = 'Low' }
        if ($SarifPath) {
            $output = Resolve-EPMFilePath -Path $SarifPath
            if (Test-EPMShouldProcess @ask -Action "Write the findings to `"$output`".") { $sarif = $output }
        }
        if ($JUnitPath -and $TestFile) {
            $output = Resolve-EPMFilePath -Path $JUnitPath
            if (Test-EPMShouldProcess @ask -Action "Write the results of the cases to `"$output`".") { $junit = $output }
        }
        $count = @{ Findings = 0; Cases = 0 }
        if ($JUnitPath -and -not $TestFile) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $JUnitPath -Message 'A JUnit report is one of cases, and no file of cases is given.' -Hint 'Give -TestFile, or leave -JUnitPath out.'
        }
    }

    process {
        foreach ($file in $Path) {
            $full = Resolve-EPMFilePath -Path $file
            $files += $full
            # One log holds the findings of all files, so they are read together at the end.
            if ($sarif) { continue }
            foreach ($finding in @(Read-EPMPolicyFinding -Cmdlet $PSCmdlet -Path $full)) {
                if (Test-EPMRisk -Risk $finding.Risk -Limit $FailOn) { $count.Findings++ }
                $finding
            }
        }
    }

    end {
        if ($sarif -and $files.Count -gt 0) {
            foreach ($finding in @(Read-EPMPolicyFinding -Cmdlet $PSCmdlet -Path $files -SarifPath $sarif)) {
                if (Test-EPMRisk -Risk $finding.Risk -Limit $FailOn) { $count.Findings++ }
                $finding
            }
        }
        if ($TestFile) {
            $cases = @($TestFile | ForEach-Object { Resolve-EPMFilePath -Path $_ })
            foreach ($result in @(Read-EPMPolicyTestResult -Cmdlet $PSCmdlet -Path $cases -PolicyPath $files -JUnitPath $junit)) {
                if (-not $result.Passed) { $count.Cases++ }
                $result
            }
        }
        if ($FailOn -and ($count.Findings -gt 0 -or $count.Cases -gt 0)) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Policy.Findings' -Category 'InvalidData' -Target $files -Message "Findings of risk $FailOn or worse: $($count.Findings). Failed cases: $($count.Cases)." -Hint 'Correct the policies, or give -FailOn a higher risk.'
        }
    }
}
