function Approve-EPMRequest {
    <#
    .SYNOPSIS
    Shows a request to support and, after your yes, signs a grant for it.

    .DESCRIPTION
    Shows who asks for which program, why, what is known of the file, and exactly what would be signed; then asks. The grant
    admits this file with these arguments, for this person on this device, until it ends, and nothing else. Its Text is what the device
    needs: send it to the person, or bring it to the device with Import-EPMGrant. No agent is needed for the text of a request from
    another device; the key stays where you are.

    What is shown is the same as epm approve shows. The passphrase of the key is asked for after the answer, once for all
    requests of a pipeline. It goes to epm.exe by its standard input and is not kept.

    .PARAMETER Request
    The request: its text, also in the lines of a mail, or an object of Get-EPMRequest.

    .PARAMETER RequestId
    A request of this device, as Get-EPMRequest shows it.

    .PARAMETER Path
    A file with the text of a request.

    .PARAMETER KeyPath
    The file of your key, as New-EPMApprovalKey made it.

    .PARAMETER Passphrase
    The passphrase of the key. Without it you are asked.

    .PARAMETER Hours
    How long the grant counts; otherwise 24 hours.

    .PARAMETER Until
    The time at which it ends.

    .PARAMETER SingleUse
    The grant counts for one start only.

    .PARAMETER AnyUser
    The grant counts for every user of the device. The key needs the right to it.

    .PARAMETER DeviceGroup
    The grant counts on all devices of this group of the policy. The key needs the right to it.

    .PARAMETER Reason
    What you say about it, in one line. The user and the audit are told.

    .PARAMETER QrPath
    Writes the text of the grant as a QR code too, to this SVG file.

    .PARAMETER Import
    Brings the grant to this device at once.

    .PARAMETER WhatIf
    Shows the request and what would be signed. Nothing is.

    .PARAMETER Confirm
    Asks before it signs. This is the default; -Confirm:$false signs without a question.

    .EXAMPLE
    (Get-Clipboard | Approve-EPMRequest -KeyPath D:\my-key.pem).Text | Set-Clipboard

    Shows the request that was copied from a mail, asks, and puts the grant where the request was.

    .EXAMPLE
    Approve-EPMRequest -Path .\request.txt -KeyPath D:\my-key.pem -WhatIf

    Shows a request. Nothing is signed.

    .EXAMPLE
    Get-EPMRequest -Status Pending | Approve-EPMRequest -KeyPath D:\my-key.pem -Hours 4 -SingleUse -Import

    Asks about each request of this device that waits, and brings each grant to it.

    .EXAMPLE
    Approve-EPMRequest -RequestId AAECAwQFBgcICQoLDA0ODw -KeyPath D:\my-key.pem -Until (Get-Date).AddDays(3) -Reason 'Ticket 4711' -QrPath .\grant.svg

    Approves one request for three days, with a reason and a code for a camera.

    .EXAMPLE
    Approve-EPMRequest -Request (Get-EPMRequest -Newest 1 -Text) -KeyPath D:\my-key.pem -AnyUser -DeviceGroup 'Laptops'

    Approves the program for every user of all devices in a group.

    .EXAMPLE
    $grant = Approve-EPMRequest -Path .\request.txt -KeyPath D:\my-key.pem -Passphrase $passphrase -Confirm:$false
    $grant.Text | Set-Content -LiteralPath .\grant.txt

    Approves a request from a script, and keeps the grant in a file for whoever brings it to the device.

    .INPUTS
    System.String, or EPM.SupportRequest.

    .OUTPUTS
    EPM.SignedGrant

    .LINK
    Get-EPMRequest

    .LINK
    Import-EPMGrant

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High', DefaultParameterSetName = 'Request')]
    [OutputType('EPM.SignedGrant')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Request', ValueFromPipeline = $true)]
        [ValidateNotNull()]
        [AllowEmptyString()]
        [psobject]$Request,

        [Parameter(Mandatory = $true, ParameterSetName = 'Id')]
        [ValidatePattern('^[A-Za-z0-9_-]{22}$')]
        [string]$RequestId,

        [Parameter(Mandatory = $true, ParameterSetName = 'Path')]
        [ValidateNotNullOrEmpty()]
        [string]$Path,

        [Parameter(Mandatory = $true)]
        [ValidateNotNullOrEmpty()]
        [string]$KeyPath,

        [Parameter()]
        [ValidateNotNull()]
        [securestring]$Passphrase,

        [Parameter()]
        [ValidateRange(1, 1000000)]
        [int]$Hours,

        [Parameter()]
        [datetime]$Until,

        [Parameter()]
        [switch]$SingleUse,

        [Parameter()]
        [switch]$AnyUser,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$DeviceGroup,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$Reason,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$QrPath,

        [Parameter()]
        [switch]$Import
    )

    begin {
        $end = @()
        if ($Hours) { $end += @('--hours', [string]$Hours) }
        # The format "s" is the same in every culture.
        if ($PSBoundParameters.Keys -contains 'Until') { $end += @('--until', ($Until.ToUniversalTime().ToString('s') + 'Z')) }
        $choice = @()
        if ($SingleUse) { $choice += '--single-use' }
        if ($AnyUser) { $choice += '--any-user' }
        if ($DeviceGroup) { $choice += "--device-group=$DeviceGroup" }
        if ($Reason) { $choice += "--reason=$Reason" }
        $common = @{
            Cmdlet = $PSCmdlet; Choice = $choice; End = $end; KeyPath = Resolve-EPMFilePath -Path $KeyPath
            State = @{ Passphrase = $Passphrase }; Import = [bool]$Import; WhatIf = $WhatIfPreference; ConfirmPreference = $ConfirmPreference
        }
        if ($QrPath) { $common['QrPath'] = Resolve-EPMFilePath -Path $QrPath }
        $pasted = @{ Text = $null }
    }

    process {
        if ($Request -is [string]) {
            foreach ($text in @(Add-EPMSignedText -State $pasted -Line $Request -Prefix $script:RequestPrefix)) { New-EPMSignedGrant -Text $text @common }
            return
        }
        if ($Path) { $read = @(Read-EPMSignedText -Cmdlet $PSCmdlet -Path $Path) }
        else {
            $id = $RequestId
            if (-not $id) { $id = Get-EPMMember -InputObject $Request -Name 'RequestId' }
            if ($id -notmatch '^[A-Za-z0-9_-]{22}$') {
                Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Request.Source' -Category 'InvalidData' -Target $Request -Message "`"$Request`" is no request to support." -Hint 'Give the text of one, or an object of Get-EPMRequest.'
                return
            }
            $of = $Request
            if ($RequestId) { $of = @{ RequestId = $RequestId } }
            $read = @(Get-EPMRequestText -Cmdlet $PSCmdlet -Request $of)
        }
        foreach ($text in $read) { New-EPMSignedGrant -Text ($text -replace '\s') @common }
    }

    end {
        if ($null -ne $pasted.Text) { New-EPMSignedGrant -Text $pasted.Text @common }
    }
}
