function New-EPMApprovalKey {
    <#
    .SYNOPSIS
    Makes a key with which a person approves requests to support.

    .DESCRIPTION
    Writes a new Ed25519 key to a file, encrypted with a passphrase of at least 12 characters. Only its owner may open the file, and one that
    is there already is never replaced. The output has what devices need to know, and nothing secret: Policy is a policy file with the
    entry of the key in its list approverKeys. Keep the file on the approver's own machine, never on a device that it approves for.

    .PARAMETER Path
    The file of the key.

    .PARAMETER Name
    The name of the key in policy, revocations and the audit.

    .PARAMETER Approver
    Who holds the key: a SID, or a user principal name. With the setting fourEyes a SID is better, because it can always be compared.

    .PARAMETER Passphrase
    The passphrase. Without it you are asked, twice.

    .PARAMETER WhatIf
    Shows what would be made. Nothing is.

    .PARAMETER Confirm
    Asks before the key is made.

    .EXAMPLE
    New-EPMApprovalKey -Path D:\my-key.pem -Name 'Help desk' -Approver helpdesk@example.com

    Asks for a passphrase and makes a key.

    .EXAMPLE
    (New-EPMApprovalKey D:\my-key.pem -Name ann -Approver S-1-5-21-1004336348-1177238915-682003330-1001).Policy | ConvertTo-Json -Depth 5 | Set-Content key.json -Encoding UTF8

    Makes a key and keeps its entry as a policy file, which Import-EPMPolicy and Export-EPMPolicy read.

    .EXAMPLE
    New-EPMApprovalKey D:\my-key.pem -Name ann -Approver ann@example.com -Passphrase (Read-Host -AsSecureString) -WhatIf

    Shows what would be made.

    .EXAMPLE
    New-EPMApprovalKey D:\my-key.pem -Name ann -Approver ann@example.com -Confirm

    Asks before it makes the key.

    .OUTPUTS
    EPM.ApprovalKey

    .LINK
    Approve-EPMRequest

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Low')]
    [OutputType('EPM.ApprovalKey')]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string]$Path,

        [Parameter(Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [string]$Name,

        [Parameter(Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [string]$Approver,

        [Parameter()]
        [ValidateNotNull()]
        [securestring]$Passphrase
    )

    process {
        $full = Resolve-EPMFilePath -Path $Path
        if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action "Make a key of the approver `"$Approver`" in `"$full`"." -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference -Caption 'Confirm key' -Impact 'Low')) { return }
        $secret = Get-EPMPassphrase -Cmdlet $PSCmdlet -Passphrase $Passphrase -Twice -Target $full
        if ($null -eq $secret) { return }
        $words = @('approval-key', 'new', '--out', $full, "--name=$Name", "--approver=$Approver", '--json', '--passphrase-json')
        foreach ($policy in @(Read-EPMVerb -Cmdlet $PSCmdlet -ArgumentList $words -InputObject (ConvertFrom-EPMPassphrase -Passphrase $secret) -Target $full)) {
            foreach ($entry in $policy.approverKeys.PSObject.Properties) {
                Add-EPMType -InputObject $policy -TypeName 'EPM.PolicyDefinition'
                New-EPMObject -TypeName 'EPM.ApprovalKey' -Property ([ordered]@{
                        Name      = $entry.Name
                        Approver  = ConvertTo-EPMText -Value $entry.Value.approver
                        PublicKey = ConvertTo-EPMText -Value $entry.Value.publicKey
                        Path      = $full
                        Policy    = $policy
                    })
            }
        }
    }
}
