# Policies on their way from one format to another.

function Get-EPMOutputFile {
    # The files that an export would write, as far as it is known before.
    param([Parameter(Mandatory = $true)][string]$As, [Parameter(Mandatory = $true)][string]$Path)

    if ($As -eq 'Admx') {
        Join-Path -Path $Path -ChildPath 'EPM.admx'
        Join-Path -Path (Join-Path -Path $Path -ChildPath 'en-US') -ChildPath 'EPM.adml'
    }
    elseif (Test-Path -LiteralPath $Path -PathType 'Container') {
        Get-ChildItem -LiteralPath $Path -Filter 'policy-*' -File | ForEach-Object { $_.FullName }
    }
    else { $Path }
}

function Export-EPMTemplate {
    # Copies the administrative template of the installation.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Path)

    $program = Get-EPMProgram
    $source = ''
    if ($program) { $source = Join-Path -Path (Split-Path -Path $program -Parent) -ChildPath 'PolicyDefinitions' }
    if (-not $source -or -not (Test-Path -LiteralPath $source -PathType 'Container')) {
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Native.Missing' -Category 'ResourceUnavailable' -Target 'PolicyDefinitions' -Message 'The administrative template was not found beside epm.exe.' -Hint 'Repair the installation.'
        return
    }
    $files = @(Get-EPMOutputFile -As 'Admx' -Path $source)
    $targets = @(Get-EPMOutputFile -As 'Admx' -Path $Path)
    # What was asked about the export as a whole is not asked again of every step.
    $ConfirmPreference = 'None'
    for ($index = 0; $index -lt $files.Count; $index++) {
        try {
            $null = New-Item -Path (Split-Path -Path $targets[$index] -Parent) -ItemType 'Directory' -Force -ErrorAction 'Stop'
            Copy-Item -LiteralPath $files[$index] -Destination $targets[$index] -Force -ErrorAction 'Stop'
        }
        catch {
            Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.File.Unwritable' -Category 'WriteError' -Target $targets[$index] -Message "`"$($targets[$index])`" cannot be written: $_" -Hint 'Check the folder and your rights to it.'
            return
        }
        New-EPMObject -TypeName 'EPM.ExportResult' -Property ([ordered]@{ Path = $targets[$index]; Format = 'Admx'; PolicyId = $null; Rejected = 0; Warnings = 0; Findings = @() })
    }
}

function ConvertTo-EPMPolicyNote {
    # One finding about a rule, or about the policy itself.
    param([string]$Rule, [string]$Outcome, $Reason)

    $diagnostic = ConvertTo-EPMDiagnostic -Diagnostic $Reason
    New-EPMObject -TypeName 'EPM.PolicyNote' -Property ([ordered]@{
            Rule     = $Rule
            Outcome  = $Outcome
            Code     = $diagnostic.Code
            Severity = $diagnostic.Severity
            Line     = Get-EPMMember -InputObject $diagnostic.Place -Name 'Line'
            Place    = $diagnostic.Place
            Message  = $diagnostic.Message
        })
}

function ConvertTo-EPMPolicyNoteList {
    # Every reason of the rules that were not taken as they are, and of what was left out besides.
    param($Rules, $Problems)

    foreach ($rule in @($Rules)) {
        if ($null -eq $rule) { continue }
        foreach ($reason in @($rule.reasons)) {
            if ($null -ne $reason) { ConvertTo-EPMPolicyNote -Rule (ConvertTo-EPMText -Value $rule.name) -Outcome $rule.outcome -Reason $reason }
        }
    }
    foreach ($problem in @($Problems)) {
        if ($null -ne $problem) { ConvertTo-EPMPolicyNote -Outcome 'noted' -Reason $problem }
    }
}

function ConvertTo-EPMImportResult {
    # From the summary of `epm policy apply`.
    param([Parameter(Mandatory = $true)]$Summary, [Parameter(Mandatory = $true)][string]$Path)

    $rules = @($Summary.report | Where-Object { $null -ne $_ })
    $findings = Get-EPMMember -InputObject $Summary -Name 'findings'
    New-EPMObject -TypeName 'EPM.ImportResult' -Property ([ordered]@{
            Applied  = -not [bool](Get-EPMMember -InputObject $Summary -Name 'checked')
            Path     = $Path
            PolicyId = ConvertTo-EPMText -Value $Summary.policy
            Key      = [string]$Summary.key
            Rules    = [int]$Summary.rules
            Rejected = @($rules | Where-Object { $_.outcome -ceq 'rejected' } | ForEach-Object { $_.name } | Select-Object -Unique).Count
            Warnings = @($rules | Where-Object { $_.outcome -ceq 'importedWithWarnings' }).Count
            Findings = @(ConvertTo-EPMPolicyNoteList -Rules $rules -Problems $Summary.problems)
            Risks    = @(foreach ($finding in @($findings)) { if ($null -ne $finding) { ConvertTo-EPMPolicyFinding -Finding $finding -Path $Path } })
        })
}

function Get-EPMRiskText {
    # What the linter finds, in a question: how much of each risk, and the worst of it by name.
    param($Finding)

    $found = @($Finding | Where-Object { $null -ne $_ })
    if ($found.Count -eq 0) { return 'The linter finds nothing.' }
    $counts = @(foreach ($risk in $script:Risk) {
            $count = @($found | Where-Object { $_.Risk -ceq $risk }).Count
            if ($count -gt 0) { "$count $risk" }
        }) -join ', '
    $worst = @(foreach ($risk in $script:Risk) { $found | Where-Object { $_.Risk -ceq $risk } })
    $named = @($worst | Select-Object -First 3 | ForEach-Object {
            $rule = ''
            if ($_.Rule) { $rule = "rule `"$($_.Rule)`": " }
            "$rule$($_.Message)"
        }) -join ' '
    $more = ''
    if ($found.Count -gt 3) { $more = " And $($found.Count - 3) more: Test-EPMPolicy shows them." }
    # Texts of a file must not look like a part of the question.
    "The linter finds $counts. $named$more" -replace '\p{C}', '?'
}

function Convert-EPMPolicy {
    # Writes a policy in another format, and emits one object for each file written; without a file the text. What is lost is
    # warned of.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)][string]$Path,
        [Parameter(Mandatory = $true)][string]$As,
        [string]$OutputPath,
        [string[]]$CertificatePath,
        [switch]$AllowLooser
    )

    $words = @('policy', 'convert', $Path, '--to', $script:PolicyFormat[$As], '--json')
    if ($OutputPath) { $words += @('--out', $OutputPath) }
    if ($CertificatePath) { $words += @('--certificates') + $CertificatePath }
    if ($AllowLooser) { $words += '--allow-looser' }
    foreach ($report in @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList $words -Target $Path)) {
        foreach ($problem in @($report.problems)) { if ($null -ne $problem) { Write-Warning $problem.message } }
        foreach ($policy in @($report.policies)) {
            $rules = @($policy.rules) + @($policy.written.rules)
            $notes = @(ConvertTo-EPMPolicyNoteList -Rules $rules -Problems (@($policy.problems) + @($policy.written.problems)))
            foreach ($note in $notes) {
                if ($note.Rule) { Write-Warning "Rule `"$($note.Rule)`" ($($note.Outcome)): $($note.Message)" } else { Write-Warning $note.Message }
            }
            if (-not $OutputPath) {
                [string]$policy.text
                continue
            }
            New-EPMObject -TypeName 'EPM.ExportResult' -Property ([ordered]@{
                    Path     = [string]$policy.output
                    Format     = $As
                    PolicyId = ConvertTo-EPMText -Value $policy.id
                    Rejected = @($rules | Where-Object { $null -ne $_ -and $_.outcome -ceq 'rejected' } | ForEach-Object { $_.name } | Select-Object -Unique).Count
                    Warnings = @($rules | Where-Object { $null -ne $_ -and $_.outcome -ceq 'importedWithWarnings' }).Count
                    Findings = $notes
                })
        }
    }
}
