function Request-EPMElevation {
    # Sends one request. Answers what started or is needed; writes an error and answers nothing for every other outcome.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][hashtable]$Body)

    $path = $Body['path']
    $activity = "Elevating $path"
    Write-Progress -Activity $activity -Status 'Waiting for the agent'
    try {
        Invoke-EPMChannel -Channel 'elevate' -Body $Body | ForEach-Object -Process {
            $answer = $_.body
            if ($_.kind -ceq 'event') { Write-Progress -Activity $activity -Status "Running as process $($answer.processId); Ctrl+C ends it" }
            elseif ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $Cmdlet -Report $answer -Target $path }
            else {
                switch -CaseSensitive ($answer.outcome) {
                    'denied' {
                        Write-EPMError -Cmdlet $Cmdlet -Id "EPM.Denied.$(ConvertTo-EPMReasonId -Reason $answer.reason)" -Category 'PermissionDenied' -Target $path -Message $answer.message -Hint $answer.hint
                    }
                    'needsApproval' {
                        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Approval.Pending' -Category 'PermissionDenied' -Target $path -Message $answer.message -Hint $answer.hint
                    }
                    'notManaged' {
                        Write-EPMError -Cmdlet $Cmdlet -Id "EPM.NotManaged.$(ConvertTo-EPMReasonId -Reason $answer.reason)" -Category 'InvalidOperation' -Target $path -Message $answer.message -Hint $answer.hint
                    }
                    default { $answer }
                }
            }
        }
    }
    finally {
        Write-Progress -Activity $activity -Status 'Done' -Completed
    }
}

function Get-EPMQuestion {
    # What the person sees before an answer: the agent's own texts about the program, and the question as the last line.
    param([Parameter(Mandatory = $true)]$Needs, [Parameter(Mandatory = $true)][string]$Line)

    $question = $Needs.question
    $publisher = Get-EPMMember -InputObject $question -Name 'publisher'
    if (-not $publisher) { $publisher = 'unknown publisher' }
    $rule = Get-EPMMember -InputObject $question -Name 'rule'
    if (-not $rule) { $rule = 'none; the default response asks' }
    $arguments = $question.arguments
    if (-not $arguments) { $arguments = 'none' }
    $lines = @(
        "Program:   $($question.program)"
        "Publisher: $publisher"
        "Path:      $($question.path)"
        "Arguments: $arguments"
        "Rule:      $rule"
        "SHA-256:   $($question.digest)..."
    )
    if ($question.fromInternet) { $lines += 'The file came from the internet.' }
    ($lines + $Line) -join "`n"
}

function Set-EPMAnswer {
    # Puts what a rule asks for into the body of the next request. Answers false when the request ends here.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)]$Needs,
        [Parameter(Mandatory = $true)][hashtable]$Body,
        [bool]$Consented
    )

    $path = [string]$Needs.file.path
    $unknown = @($Needs.requirements | Where-Object { $_ -notin 'confirmation', 'justification' })
    if ($unknown.Count -gt 0) {
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Validation.Unsupported' -Category 'NotImplemented' -Target $path -Message "The rule for `"$path`" asks for $($unknown -join ', '), which the module cannot give." -Hint 'Ask the administrator to change the rule.'
        return $false
    }
    if ($Needs.requirements -contains 'justification' -and -not $Body['justification']) {
        $text = Read-EPMJustification -Question (Get-EPMQuestion -Needs $Needs -Line "Why do you need administrator rights?")
        if (-not $text) {
            Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Justification.Required' -Category 'InvalidArgument' -Target $path -Message "The rule for `"$path`" asks for a justification." -Hint 'Give one with -Justification.'
            return $false
        }
        $Body['justification'] = $text
    }
    if ($Needs.requirements -contains 'confirmation' -and -not $Consented) {
        $question = Get-EPMQuestion -Needs $Needs -Line "Start `"$($Needs.question.program)`" with administrator rights?"
        switch (Get-EPMConsent -Cmdlet $Cmdlet -Question $question) {
            'no' {
                Write-Verbose "`"$path`" was not started: the confirmation was not given."
                return $false
            }
            'nobody' {
                Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Confirmation.Required' -Category 'PermissionDenied' -Target $path -Message "The rule for `"$path`" asks for a confirmation, and nobody can be asked here." -Hint 'Use an interactive session, or give the confirmation with -Force.'
                return $false
            }
        }
    }
    $Body['ticket'] = [string]$Needs.ticket
    $true
}

function Get-EPMDecision {
    # What would become of a request; nothing, after an error, when the agent cannot say.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Path, [string[]]$ArgumentList)

    foreach ($result in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'test' -Body @{ path = $Path; arguments = @($ArgumentList) } -Target $Path)) {
        ConvertTo-EPMDecision -InputObject $result -ArgumentList $ArgumentList
    }
}

function Get-EPMForecast {
    # One sentence for -WhatIf.
    param([Parameter(Mandatory = $true)]$Decision, [Parameter(Mandatory = $true)][string]$Path)

    $by = 'the default response'
    if ($Decision.Rule) { $by = "the rule `"$($Decision.Rule)`"" }
    elseif ($Decision.Reason) { $by = [string]$Decision.Reason }
    switch -CaseSensitive ($Decision.Outcome) {
        'elevate' { "Start `"$Path`" with administrator rights: $by allows it." }
        'needs' { "Start `"$Path`" with administrator rights after $($Decision.Requirements -join ' and '): $by asks for it." }
        'needsApproval' { "Refuse `"$Path`" until it is approved by support: $by asks for it." }
        'denied' { "Refuse `"$Path`": $by denies it." }
        default { "Leave `"$Path`" alone, not managed: $by." }
    }
}
