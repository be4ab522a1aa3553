function Import-EPMPolicy {
    <#
    .SYNOPSIS
    Makes a policy file the policy of this device, or of one of its users.

    .DESCRIPTION
    Checks a policy in any format that Export-EPMPolicy writes, and writes it to the registry of this device where it replaces the policy. The
    agent uses it within seconds. With User it becomes the policy that this device has for that user, beside the device's own; a user's own
    hive can restrict and never grant, so this is where a policy for one user belongs. An empty policy takes it away again. The question
    says what Test-EPMPolicy finds in the policy, and what is written is what was checked: a file that changes meanwhile is refused. When a rule is rejected the cmdlet writes nothing, unless Force is given. The output has each rule that
    was rejected or changed. The cmdlet needs an administrator, from a prompt that Windows elevated.

    .PARAMETER Path
    The policy file. A relative path starts at the current file system location.

    .PARAMETER From
    The format of the file: Json, Graph, SyncML, IntuneCustomProfile, Reg or RegistryPol; by default it is detected by its content.

    .PARAMETER CertificatePath
    Files with the reusable settings of Microsoft Graph that the policy refers to.

    .PARAMETER User
    The user whose policy it becomes: a SID, or the name of an account, such as CONTOSO\ann.

    .PARAMETER Force
    Takes the rest of a policy in which something is rejected. A rejected Deny is taken as a Deny of what could be read of it.

    .PARAMETER WhatIf
    Shows what would become of the policy. Nothing is written.

    .PARAMETER Confirm
    Asks before it writes the policy. This is the default; -Confirm:$false writes without a question.

    .EXAMPLE
    Import-EPMPolicy -Path .\policy.json

    Asks, then makes a policy file the policy of this device.

    .EXAMPLE
    Import-EPMPolicy .\graph.json -From Graph -CertificatePath .\certificates.json -Confirm:$false

    Takes an export of Microsoft Graph without a question.

    .EXAMPLE
    Import-EPMPolicy .\policy.json -WhatIf | ForEach-Object Findings

    Shows which rules would be rejected or changed. Nothing is written.

    .EXAMPLE
    Import-EPMPolicy .\policy.json -Force

    Takes what can be taken of a policy with rejected rules.

    .EXAMPLE
    Import-EPMPolicy .\policy.json -User S-1-5-21-1004336348-1177238915-682003330-1001

    Asks, then makes a policy file the policy that this device has for one user.

    .INPUTS
    An object with a member FullName, such as a file from Get-ChildItem.

    .OUTPUTS
    EPM.ImportResult

    .LINK
    Test-EPMPolicy

    .LINK
    Export-EPMPolicy

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('EPM.ImportResult')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName')]
        [ValidateNotNullOrEmpty()]
        [string]$Path,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'From' -Value $_ })]
        [string]$From,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string[]]$CertificatePath,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$User,

        [Parameter()]
        [switch]$Force
    )

    process {
        $full = Resolve-EPMFilePath -Path $Path
        $words = @('policy', 'apply', $full, '--json')
        if ($From) { $words += @('--from', $script:PolicyFormat[$From]) }
        if ($CertificatePath) { $words += @('--certificates') + @($CertificatePath | ForEach-Object { Resolve-EPMFilePath -Path $_ }) }
        if ($User) { $words += @('--user', $User) }
        if ($Force) { $words += '--partly' }
        $checked = @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList ($words + '--check') -Target $full)
        if ($checked.Count -eq 0) { return }
        $forecast = ConvertTo-EPMImportResult -Summary $checked[0] -Path $full
        $whose = 'this device'
        if ($User) { $whose = "the user $User on this device" }
        $action = "Make `"$full`" the policy of $whose, in place of the one in $($forecast.Key). Rules: $($forecast.Rules). Rejected: $($forecast.Rejected). $(Get-EPMRiskText -Finding $forecast.Risks)"
        # What is rejected is refused by epm.exe as well; asking first would be in vain.
        $refused = -not $Force -and $checked[0].refused
        if ($refused -or -not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action $action -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm import' -Impact 'High')) {
            if ($refused -or $WhatIfPreference) { $forecast }
            if ($refused) { Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Policy.RuleRejected' -Category 'InvalidData' -Target $full -Message "Something in `"$full`" cannot be taken; nothing was written. $(@($forecast.Findings | ForEach-Object { $_.Message })[0])" -Hint 'Correct the policy, or give -Force to take the rest of it.' }
            return
        }
        # The file may have changed since the question: only what it was about is written.
        $words += @('--expect', $checked[0].content)
        foreach ($summary in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList $words -Target $full)) { ConvertTo-EPMImportResult -Summary $summary -Path $full }
    }
}
