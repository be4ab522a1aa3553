# Requests to support, as the agent of this device has them.

function Read-EPMRequestList {
    # All requests that the caller may see, page by page, the oldest first. They have no text and no certificates.
    param([Parameter(Mandatory = $true)]$Cmdlet)

    $state = @{ After = 0; More = $true }
    while ($state.More) {
        $state.More = $false
        foreach ($page in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'support-requests' -Body @{ after = $state.After })) {
            $found = @(@($page.requests) | Where-Object { $null -ne $_ })
            $state.After += $found.Count
            $state.More = $found.Count -gt 0 -and [bool](Get-EPMMember -InputObject $page -Name 'truncated')
            foreach ($request in $found) { ConvertTo-EPMSupportRequest -InputObject $request }
        }
    }
}

function Read-EPMRequest {
    # One request, with its text while it is open. Nothing, after an error, when there is none that the caller may see.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$RequestId)

    foreach ($report in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'support-requests' -Body @{ id = $RequestId } -Target $RequestId)) {
        $text = [string](Get-EPMMember -InputObject $report -Name 'text')
        foreach ($request in @($report.requests)) { if ($null -ne $request) { ConvertTo-EPMSupportRequest -InputObject $request -Text $text } }
    }
}

function Get-EPMRequestText {
    # The text of a request for an approver: of a list none is told, so that the agent is asked for it. Nothing, after an error,
    # when it has none.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)]$Request)

    $text = [string](Get-EPMMember -InputObject $Request -Name 'Text')
    if ($text) { return $text }
    $id = [string]$Request.RequestId
    $read = @(Read-EPMRequest -Cmdlet $Cmdlet -RequestId $id)
    if ($read.Count -eq 0) { return }
    if ($read[0].Text) { return [string]$read[0].Text }
    if ($read[0].Status -ceq 'pending') {
        $why = "The request $id does not fit into a text: its arguments are too long."
        $hint = 'Approve it by a rule: New-EPMRule makes one of the request.'
    }
    else {
        $why = "The request $id does not wait for an answer any more: it is $($read[0].Status)."
        $hint = 'Start the program again: that asks support anew.'
    }
    Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Request.NoText' -Category 'ObjectNotFound' -Target $id -Message $why -Hint $hint
}

function ConvertTo-EPMRequestCertificate {
    # From a certificate of a request to support.
    param([Parameter(Mandatory = $true)]$InputObject)

    New-EPMObject -TypeName 'EPM.Certificate' -Property ([ordered]@{
            Subject   = ConvertTo-EPMText -Value $InputObject.subject
            Issuer    = $null
            Sha256    = [string]$InputObject.sha256
            NotBefore = ConvertFrom-EPMMilliseconds -Value (Get-EPMMember -InputObject $InputObject -Name 'notBefore')
            NotAfter  = ConvertFrom-EPMMilliseconds -Value (Get-EPMMember -InputObject $InputObject -Name 'notAfter')
            Der       = Get-EPMMember -InputObject $InputObject -Name 'der'
        })
}

function Test-EPMRequestFilter {
    param([Parameter(Mandatory = $true)]$Request, [AllowNull()][string[]]$Status, [AllowNull()][string[]]$UserName, [AllowNull()][string[]]$FilePath)

    if ($Status -and $Status -notcontains $Request.Status) { return $false }
    if ($UserName -and -not @($UserName | Where-Object { $Request.UserName -like $_ -or $Request.UserSid -like $_ })) { return $false }
    if ($FilePath -and -not @($FilePath | Where-Object { $Request.FilePath -like $_ })) { return $false }
    $true
}

function Set-EPMRequestDecision {
    # Denies a request, or takes an approval back, and emits the request as it is then.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$RequestId, [Parameter(Mandatory = $true)][string]$Decision, [string]$Reason)

    $body = @{ id = $RequestId; decision = $Decision }
    if ($Reason) { $body['reason'] = $Reason }
    foreach ($result in @(Read-EPMChannel -Cmdlet $Cmdlet -Channel 'decide-request' -Body $body -Target $RequestId)) {
        ConvertTo-EPMSupportRequest -InputObject $result.request
    }
}

function Write-EPMApprovalError {
    # Says why a program that support has to approve was not started. The id says what became of the request: Pending, Denied,
    # Expired, Revoked, or the reason for which the approval has no effect, such as GrantExpired.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)]$Answer, [Parameter(Mandatory = $true)]$Approval)

    $state = 'pending'
    $hint = [string]$Answer.hint
    if ($Approval.Reason) { $state = $Approval.Reason }
    elseif ($Approval.Status -in 'approved', 'completed') {
        $state = $Approval.Fault
        if (-not $state) { $state = 'grantMissing' }
    }
    elseif ($Approval.Status) { $state = $Approval.Status }
    if ($state -ceq 'pending' -and $Approval.RequestId) {
        $hint = "Start it again when support has approved it. Get-EPMRequest '$($Approval.RequestId)' -Text has the text for support."
    }
    Write-EPMError -Cmdlet $Cmdlet -Id "EPM.Approval.$(ConvertTo-EPMReasonId -Reason $state)" -Category 'PermissionDenied' -Target $Approval.FilePath -Message $Answer.message -Hint $hint
}
