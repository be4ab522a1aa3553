function Request-EPMElevation {
    # Sends one request. Puts what started or is needed into the member Answer of the state, and writes an error for every other
    # outcome, of which the member Approval has what became of a request to support, unless the password was wrong and the member Repeats of the state says that it is asked for again: then only the
    # member Wrong is set. Emits nothing but the lines that the program writes to its standard output.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)][hashtable]$Body,
        [Parameter(Mandatory = $true)][hashtable]$State,
        # Encoding of the lines; empty: the program's output is not asked for.
        [string]$Text
    )

    $State.Answer = $null
    $State.Wrong = $false
    $State.Approval = $null

    $path = $Body['path']
    $activity = "Elevating $path"
    Write-Progress -Activity $activity -Status 'Waiting for the agent'
    try {
        Invoke-EPMChannel -Channel 'elevate' -Body $Body -Text $Text | ForEach-Object -Process {
            $answer = $_.body
            if ($_.kind -ceq 'event' -and $answer.event -ceq 'output') {
                if ($answer.stream -ceq 'stdout') { $answer.lines } else { Write-EPMStandardError -Cmdlet $Cmdlet -Line $answer.lines -Target $path }
            }
            elseif ($_.kind -ceq 'event' -and $answer.event -ceq 'waiting') { Write-Progress -Activity $activity -Status $(if ($answer.reason -ceq 'consent') { 'Answer the question on the screen' } else { 'Waiting for another installation to end' }) }
            elseif ($_.kind -ceq 'event') { Write-Progress -Activity $activity -Status "Running as process $($answer.processId); Ctrl+C ends it" }
            elseif ($_.kind -ceq 'error' -and $State.Repeats -and $answer.code -ceq 'EPM_AUTHENTICATION_FAILED') { $State.Wrong = $true }
            elseif ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $Cmdlet -Report $answer -Target $path }
            else {
                switch -CaseSensitive ($answer.outcome) {
                    'denied' {
                        Write-EPMError -Cmdlet $Cmdlet -Id "EPM.Denied.$(ConvertTo-EPMReasonId -Reason $answer.reason)" -Category 'PermissionDenied' -Target $path -Message $answer.message -Hint $answer.hint
                    }
                    'needsApproval' {
                        $State.Approval = ConvertTo-EPMApproval -InputObject $answer -FilePath $path -ArgumentList $Body['arguments']
                        Write-EPMApprovalError -Cmdlet $Cmdlet -Answer $answer -Approval $State.Approval
                    }
                    'notManaged' {
                        Write-EPMError -Cmdlet $Cmdlet -Id "EPM.NotManaged.$(ConvertTo-EPMReasonId -Reason $answer.reason)" -Category 'InvalidOperation' -Target $path -Message $answer.message -Hint $answer.hint
                    }
                    default { $State.Answer = $answer }
                }
            }
        }
    }
    finally {
        Write-Progress -Activity $activity -Status 'Done' -Completed
    }
}

function Write-EPMStandardError {
    # Lines that a program wrote to its standard error, as non-terminating errors. A program that says something there has not
    # failed, so the preference Stop does not end it.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][AllowEmptyString()][string[]]$Line, $Target)

    if ($ErrorActionPreference -in 'Stop', 'Inquire') { $ErrorActionPreference = 'Continue' }
    $MyInvocation = $Cmdlet.MyInvocation
    # An error without a text cannot be made.
    foreach ($text in $Line) { Write-Error -Message "$text$(if ($text -ceq '') { ' ' })" -ErrorId 'EPM.Program.StandardError' -Category 'FromStdErr' -TargetObject $Target }
}

function Complete-EPMOutput {
    # What follows the last line of a program: its exit code, as every program leaves it, and what else is to be said.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)]$Answer, [Parameter(Mandatory = $true)][string]$Path)

    $code = Get-EPMMember -InputObject $Answer -Name 'exitCode'
    if ($null -ne $code) {
        # Exit codes of programs are signed in PowerShell.
        if ($code -gt 2147483647) { $code = $code - 4294967296 }
        $global:LASTEXITCODE = [int]$code
    }
    if (Get-EPMMember -InputObject $Answer -Name 'outputTruncated') { Write-Warning "`"$Path`" wrote more than was passed on." }
    $reason = Get-EPMMember -InputObject $Answer -Name 'exitReason'
    if ($reason) { Write-Warning "`"$Path`" ended with exit code $code. $($script:ExitReasonText[$reason])" }
    $children = Get-EPMMember -InputObject $Answer -Name 'endedChildren'
    Write-EPMEndedChild -Child @(foreach ($child in @($children)) { if ($null -ne $child) { ConvertTo-EPMEndedChild -InputObject $child } })
}

function Write-EPMEndedChild {
    # A warning for each kind of processes of a program that were ended; the first five.
    param([AllowNull()][AllowEmptyCollection()]$Child)

    $all = @($Child | Where-Object { $null -ne $_ })
    foreach ($one in @($all | Select-Object -First 5)) {
        $times = ''
        if ($one.Count -gt 1) { $times = " $($one.Count) times" }
        $what = "It started `"$($one.FilePath)`", which was ended$times."
        if ($one.Library) {
            $process = 'A process of it'
            if ($one.FilePath) { $process = "`"$($one.FilePath)`"" }
            $what = "$process was ended$times because of `"$($one.Library)`"."
        }
        Write-Warning "$what $($one.Explanation)"
    }
    if ($all.Count -gt 5) { Write-Warning "$($all.Count - 5) more kinds of its processes were ended." }
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
        [bool]$Consented,
        [AllowNull()]$Credential,
        [bool]$Again
    )

    $path = [string]$Needs.file.path
    # Nothing starts with the answer: support is asked.
    $asksSupport = [bool](Get-EPMMember -InputObject $Needs -Name 'asksSupport')
    $unknown = @($Needs.requirements | Where-Object { $_ -notin 'confirmation', 'justification', 'authentication' })
    if ($unknown.Count -gt 0) {
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Validation.Unsupported' -Category 'NotImplemented' -Target $path -Message "The rule for `"$path`" asks for $($unknown -join ', '), which the module cannot give." -Hint 'Ask the administrator to change the rule.'
        return $false
    }
    if ($Needs.requirements -contains 'justification' -and -not $Body['justification']) {
        $line = 'Why do you need administrator rights?'
        if ($asksSupport) { $line = "$line Support reads it, and has to approve." }
        $text = Read-EPMJustification -Question (Get-EPMQuestion -Needs $Needs -Line $line)
        if (-not $text) {
            Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Justification.Required' -Category 'InvalidArgument' -Target $path -Message "The rule for `"$path`" asks for a justification." -Hint 'Give one with -Justification.'
            return $false
        }
        $Body['justification'] = $text
    }
    if ($Needs.requirements -contains 'confirmation' -and -not $Consented) {
        $line = "Start `"$($Needs.question.program)`" with administrator rights?"
        if ($asksSupport) { $line = "Ask support for `"$($Needs.question.program)`"?" }
        $question = Get-EPMQuestion -Needs $Needs -Line $line
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
    if ($Needs.requirements -contains 'authentication') {
        $sealed = Get-EPMSealedCredential -Cmdlet $Cmdlet -Needs $Needs -Credential $Credential -Again $Again
        if (-not $sealed) { return $false }
        $Body['credential'] = $sealed
    }
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
