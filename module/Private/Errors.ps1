# Error ids are stable: scripts may compare them. `EPM_FILE_NOT_FOUND` of the agent is `EPM.File.NotFound` here.

function ConvertTo-EPMErrorId {
    # Answers the PowerShell error id of a code of the agent.
    param([Parameter(Mandatory = $true)][string]$Code)

    $words = foreach ($word in ($Code -split '_')) {
        if ($word -ceq 'EPM') { $word } else { $word.Substring(0, 1).ToUpperInvariant() + $word.Substring(1).ToLowerInvariant() }
    }
    $words = @($words)
    if ($words.Count -lt 3) { return $words -join '.' }
    $words[0] + '.' + $words[1] + '.' + ($words[2..($words.Count - 1)] -join '')
}

function ConvertTo-EPMReasonId {
    # `denyRule` -> `ByRule`, `defaultResponse` -> `ByDefault`; any other reason with a capital first letter.
    param([Parameter(Mandatory = $true)][string]$Reason)

    switch -CaseSensitive ($Reason) {
        'denyRule' { return 'ByRule' }
        'defaultResponse' { return 'ByDefault' }
    }
    $Reason.Substring(0, 1).ToUpperInvariant() + $Reason.Substring(1)
}

function Write-EPMError {
    # Writes one non-terminating error in the name of a public cmdlet. In Windows PowerShell the message ends with the next
    # step, because its error view does not show the recommended action.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)][string]$Id,
        [Parameter(Mandatory = $true)][string]$Message,
        [string]$Hint,
        [Parameter(Mandatory = $true)][string]$Category,
        $Target
    )

    $text = $Message
    if ($Hint -and $PSVersionTable.PSEdition -eq 'Desktop') { $text = "$Message $Hint" }
    if ($ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage') {
        $record = [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($text), $Id, $Category, $Target)
        $record.ErrorDetails = [System.Management.Automation.ErrorDetails]::new($text)
        $record.ErrorDetails.RecommendedAction = $Hint
        # Unlike Write-Error in a function, this leaves $? of the caller false.
        $Cmdlet.WriteError($record)
        return
    }
    # Write-Error gives the record to the function whose invocation it finds in this variable.
    $MyInvocation = $Cmdlet.MyInvocation
    Write-Error -Message $text -ErrorId $Id -Category $Category -TargetObject $Target -RecommendedAction $Hint
}

function Write-EPMReport {
    # Writes the error that the agent, or the way to it, reported.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)]$Report, $Target)

    $category = $script:ErrorCategory[$Report.code]
    if (-not $category) { $category = 'NotSpecified' }
    Write-EPMError -Cmdlet $Cmdlet -Id (ConvertTo-EPMErrorId -Code $Report.code) -Message $Report.message -Hint $Report.hint -Category $category -Target $Target
}
