function New-EPMRule {
    <#
    .SYNOPSIS
    Makes a rule for a file, from the file itself, an audit record, or a request to support.

    .DESCRIPTION
    Makes the rule that "Create a rule with these file details" makes in Intune, with the same choices of type, child processes and path.
    Nothing is written: the output has exactly the members of a rule in a policy file, ready for ConvertTo-Json. With AsPolicy it is a
    whole policy file with the rules of all inputs and the certificates they refer to. Check the result with Test-EPMPolicy.

    A rule that is made of a file is tried on that file; where it would not decide about it, the rule is given and an error says what
    stands in the way. Files that are refused whatever a rule says give no rule. What a rule leaves out of the file's texts, and what
    the linter finds of high risk in it, are warnings.

    .PARAMETER FilePath
    The file. A relative path starts at the current file system location.

    .PARAMETER InputObject
    What the rule is made of: an audit record, a request to support, the attributes of a file, a file, or its path.

    .PARAMETER Request
    The text of a request to support, which begins with "EPMR1.", as its user sent it.

    .PARAMETER Name
    The name of the rule; otherwise the name of the file.

    .PARAMETER Type
    What the rule does: Automatic, UserConfirmed, CurrentUser, SupportApproved or Deny.

    .PARAMETER By
    By what the rule knows the file: Hash, its content, or Publisher, who signed it together with the texts and the version it has.

    .PARAMETER Validation
    What a person must give besides the confirmation: Justification, Authentication or both.

    .PARAMETER ChildProcess
    What programs the elevated program may start: RequireRule, Deny or Allow.

    .PARAMETER ActiveFrom
    The local time of the device from which the rule matches, such as 2026-12-24T08:00, or 2026-12-24 for the beginning of that day.

    .PARAMETER ActiveUntil
    The local time of the device at which the rule ends; a day alone is its end.

    .PARAMETER ActiveHour
    Days and hours at which the rule matches, such as 'Mon-Fri 08:00-18:00', by the local time of the device.

    .PARAMETER SamePath
    The rule holds only in the folder of the file. Otherwise the path is left open.

    .PARAMETER SameArgument
    The rule holds only for the arguments of the audit record or the request.

    .PARAMETER ArgumentList
    The rule holds only for these arguments. The rule of an interpreter, such as cmd.exe or powershell.exe, needs them.

    .PARAMETER AsPolicy
    Puts the rules of all inputs into one policy, with their certificates.

    .EXAMPLE
    New-EPMRule -FilePath C:\Tools\setup.exe -Name 'Setup' -Type Automatic -SamePath

    Makes a rule for this very file in this folder.

    .EXAMPLE
    Get-EPMAudit -Newest 20 | Where-Object Reason -eq defaultResponse | New-EPMRule -SameArgument -AsPolicy | ConvertTo-Json -Depth 5 | Set-Content policy.json -Encoding UTF8

    Makes a policy of the elevations that no rule allowed.

    .EXAMPLE
    New-EPMRule -Request (Get-Clipboard -Raw) -SamePath -SameArgument

    Makes a rule that would make the next request like this one unnecessary.

    .EXAMPLE
    Get-EPMFileAttribute C:\Tools\setup.exe | New-EPMRule -By Publisher -Validation Justification -ChildProcess Deny

    Makes a rule for every version of a program from now on.

    .EXAMPLE
    New-EPMRule -FilePath C:\Tools\setup.exe -ArgumentList '/repair', '/quiet'

    Makes a rule for one command line only. The rule of an interpreter needs such a list.

    .EXAMPLE
    New-EPMRule -FilePath C:\Tools\setup.exe -ActiveFrom 2026-12-01 -ActiveUntil 2026-12-24 -ActiveHour 'Mon-Fri 08:00-18:00'

    Makes a rule that elevates the file in the working hours of December, until Christmas Eve.

    .EXAMPLE
    New-EPMRule -InputObject (Get-Item C:\Tools\setup.exe)

    Makes a rule of a file object.

    .INPUTS
    EPM.AuditRecord, EPM.SupportRequest, EPM.FileAttribute, a file from Get-ChildItem, or System.String.

    .OUTPUTS
    EPM.RuleDefinition, or EPM.PolicyDefinition with AsPolicy.

    .LINK
    Test-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding(DefaultParameterSetName = 'File')]
    [OutputType('EPM.RuleDefinition', 'EPM.PolicyDefinition')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'File')]
        [ValidateNotNullOrEmpty()]
        [string]$FilePath,

        [Parameter(Mandatory = $true, ParameterSetName = 'Object', ValueFromPipeline = $true)]
        [ValidateNotNull()]
        [psobject]$InputObject,

        [Parameter(Mandatory = $true, ParameterSetName = 'Request')]
        [ValidateNotNullOrEmpty()]
        [string]$Request,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$Name,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'Type' -Value $_ })]
        [string]$Type = 'UserConfirmed',

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'By' -Value $_ })]
        [string]$By = 'Hash',

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'Validation' -Value $_ })]
        [string[]]$Validation,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'ChildProcess' -Value $_ })]
        [string]$ChildProcess,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$ActiveFrom,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$ActiveUntil,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string[]]$ActiveHour,

        [Parameter()]
        [switch]$SamePath,

        [Parameter()]
        [switch]$SameArgument,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string[]]$ArgumentList,

        [Parameter()]
        [switch]$AsPolicy
    )

    begin {
        $rules = @()
        $certificates = [ordered]@{}
    }

    process {
        $from = $InputObject
        if ($FilePath) { $from = $FilePath }
        if ($Request) {
            $from = $Request -replace '\s'
            if (-not (Test-EPMSignedText -Cmdlet $PSCmdlet -Text $from -Prefix $script:RequestPrefix)) { return }
        }
        $from = Complete-EPMRuleSource -Cmdlet $PSCmdlet -InputObject $from -By $By
        if ($null -eq $from) { return }
        $source = ConvertTo-EPMRuleSource -InputObject $from
        if ($null -eq $source) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Rule.Source' -Category 'InvalidData' -Target $from -Message "A rule cannot be made of `"$from`"." -Hint 'Give a file, or an object of Get-EPMFileAttribute, Get-EPMAudit or Get-EPMRequest.'
            return
        }
        if ($SameArgument -and $source.Words[0] -notin '--record', '--request') {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Rule.Source' -Category 'InvalidData' -Target $source.Target -Message "`"$($source.Target)`" is a file; only an audit record or a request has arguments." -Hint 'Leave -SameArgument out, or make the rule of an object of Get-EPMAudit or Get-EPMRequest.'
            return
        }
        if ($SameArgument -and (Get-EPMMember -InputObject $from -Name 'Truncated')) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Rule.Source' -Category 'InvalidData' -Target $source.Target -Message "The arguments in audit record $($from.Sequence) are cut." -Hint 'Leave -SameArgument out.'
            return
        }
        $words = @('policy', 'new-rule', '--json') + $source.Words + @('--type', $script:ElevationType[$Type], '--by', $script:RuleIdentity[$By])
        if ($Name) { $words += @('--name', $Name) }
        if ($Validation) { $words += @('--validation') + @($Validation | ForEach-Object { $script:Validation[$_] }) }
        if ($ChildProcess) { $words += @('--child-processes', $script:ChildProcess[$ChildProcess]) }
        if ($ActiveFrom) { $words += @('--active-from', $ActiveFrom) }
        if ($ActiveUntil) { $words += @('--active-until', $ActiveUntil) }
        if ($ActiveHour) { $words += @('--active-hours') + $ActiveHour }
        if ($SamePath) { $words += '--same-path' }
        if ($SameArgument) { $words += '--same-arguments' }
        # Behind "--", so that none of them is taken for an option.
        if ($ArgumentList) { $words += @('--') + $ArgumentList }
        foreach ($made in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList $words -InputText $source.Text -Target $source.Target -WithNotes)) {
            foreach ($rule in @($made.rules)) {
                if ($AsPolicy) { $rules += $rule }
                else {
                    Add-EPMType -InputObject $rule -TypeName 'EPM.RuleDefinition'
                    $rule
                }
            }
            $list = Get-EPMMember -InputObject $made -Name 'certificates'
            if ($null -ne $list) { foreach ($entry in $list.PSObject.Properties) { $certificates[$entry.Name] = $entry.Value } }
        }
    }

    end {
        if (-not $AsPolicy) { return }
        $policy = [ordered]@{ version = 1 }
        if ($certificates.Count -gt 0) { $policy['certificates'] = $certificates }
        $policy['rules'] = $rules
        New-EPMObject -TypeName 'EPM.PolicyDefinition' -Property $policy
    }
}
