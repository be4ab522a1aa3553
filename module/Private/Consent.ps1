function Test-EPMConstrained {
    $ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage'
}

function Test-EPMShouldProcess {
    # -WhatIf and -Confirm. Constrained language allows no call of ShouldProcess, so its rules are followed by hand there.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Action, [bool]$WhatIf, [string]$ConfirmPreference,
        [string]$Caption = 'Confirm elevation', [ValidateSet('Low', 'Medium', 'High')][string]$Impact = 'Medium')

    if (-not (Test-EPMConstrained)) { return $Cmdlet.ShouldProcess($Action, "$Action`nContinue?", $Caption) }
    if ($WhatIf) {
        Write-Host "What if: $Action"
        return $false
    }
    $asking = @{ Low = @('Low'); Medium = @('Low', 'Medium'); High = @('Low', 'Medium', 'High') }
    if ($ConfirmPreference -notin $asking[$Impact]) { return $true }
    Read-EPMYes -Question "$Action`nContinue?"
}

function Read-EPMYes {
    # Asks until the answer is yes or no. Fails where nobody can be asked.
    param([Parameter(Mandatory = $true)][string]$Question)

    while ($true) {
        $answer = [string](Read-Host -Prompt "$Question [Y] Yes  [N] No")
        if ($answer -match '^\s*y(es)?\s*$') { return $true }
        if ($answer -match '^\s*(n(o)?)?\s*$') { return $false }
    }
}

function Get-EPMConsent {
    # Asks the person whether a program may start with administrator rights: 'yes', 'no', or 'nobody' when no one can be asked.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Question)

    try {
        if (Test-EPMConstrained) { $yes = Read-EPMYes -Question $Question } else { $yes = $Cmdlet.ShouldContinue($Question, 'Confirm elevation') }
    }
    catch {
        Write-Debug "The person could not be asked: $_"
        return 'nobody'
    }
    if ($yes) { 'yes' } else { 'no' }
}

function Read-EPMJustification {
    # The justification that the person types; nothing when no one can be asked.
    param([Parameter(Mandatory = $true)][string]$Question)

    try { [string](Read-Host -Prompt $Question) }
    catch { Write-Debug "The person could not be asked: $_" }
}
