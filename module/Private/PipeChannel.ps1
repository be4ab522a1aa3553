# The agent's pipes. Runs in full language only.
$script:ConnectSeconds = 2
$script:WriteSeconds = 10
$script:CancelSeconds = 5

function Get-EPMPipeOwner {
    # SID of the pipe's owner. Only the system can make SYSTEM an owner: a process can name only SIDs of its own token
    # ([MS-DTYP] 2.5.3.4, owner assignment), unless it has SeRestorePrivilege and so is an administrator already.
    param([Parameter(Mandatory = $true)]$Pipe)

    if ($PSVersionTable.PSEdition -eq 'Desktop') { $security = $Pipe.GetAccessControl() }
    else { $security = [System.IO.Pipes.PipesAclExtensions]::GetAccessControl($Pipe) }
    $security.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
}

function Wait-EPMTask {
    # Waits for a task in short steps, so that Ctrl+C is heard, and at most for so long (0: without end). Answers whether the
    # task succeeded. Nothing is thrown: what is thrown and caught would still stand in $Error.
    param([Parameter(Mandatory = $true)]$Task, [int]$Seconds = 0)

    $end = [datetime]::UtcNow.AddSeconds($Seconds)
    $tasks = [System.Threading.Tasks.Task[]]@($Task)
    while ([System.Threading.Tasks.Task]::WaitAny($tasks, 100) -lt 0) {
        if ($Seconds -gt 0 -and [datetime]::UtcNow -ge $end) { return $false }
    }
    if ($Task.IsFaulted) { Write-Debug "The agent's pipe: $($Task.Exception.GetBaseException().Message)" }
    $Task.Status -eq 'RanToCompletion'
}

function New-EPMPipe {
    # A client that the agent may identify but not act as. ReadWrite is exactly what the pipe grants to people:
    # GENERIC_WRITE would ask for the right to create instances.
    param([Parameter(Mandatory = $true)][string]$Kind)

    [System.IO.Pipes.NamedPipeClientStream]::new(
        '.', $script:PipeName[$Kind], [System.IO.Pipes.PipeAccessRights]::ReadWrite, [System.IO.Pipes.PipeOptions]::Asynchronous,
        [System.Security.Principal.TokenImpersonationLevel]::Identification, [System.IO.HandleInheritability]::None)
}

function Test-EPMAdministrator {
    # Whether Administrators is enabled in the token of this process. It only chooses the pipe; the agent judges by itself.
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    [System.Security.Principal.WindowsPrincipal]::new($identity).IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Read-EPMMessage {
    # The next message as text; nothing when the connection has ended or the message is too long.
    param([Parameter(Mandatory = $true)]$Pipe, [Parameter(Mandatory = $true)][hashtable]$State)

    $buffer = [byte[]]::new($script:MaxMessage)
    $length = 0
    do {
        if ($length -eq $buffer.Length) { return }
        $State.Read = $Pipe.ReadAsync($buffer, $length, $buffer.Length - $length)
        if (-not (Wait-EPMTask -Task $State.Read)) { return }
        if ($State.Read.Result -eq 0) { return }
        $length += $State.Read.Result
        $State.Read = $null
    } until ($Pipe.IsMessageComplete)
    [System.Text.Encoding]::UTF8.GetString($buffer, 0, $length)
}

function Read-EPMPipe {
    # Carries one request: an administrator's over the pipe of administration, where that serves the channel. The agent counts a
    # program that EPM elevated as no administrator, so what the other pipe serves too is asked there then.
    param([Parameter(Mandatory = $true)][string]$Channel, [Parameter(Mandatory = $true)][hashtable]$Body)

    $kinds = $script:ChannelPipe[$Channel] -split ' '
    $both = $kinds.Count -gt 1
    $kind = $kinds[0]
    if ($both) { $kind = if (Test-EPMAdministrator) { 'administration' } else { 'user' } }
    $refused = $false
    Read-EPMPipeOf -Kind $kind -Channel $Channel -Body $Body | ForEach-Object -Process {
        if ($both -and $kind -ceq 'administration' -and $_.kind -ceq 'error' -and $_.body.code -ceq 'EPM_NOT_ADMINISTRATOR') { $refused = $true }
        else { $_ }
    }
    if ($refused) { Read-EPMPipeOf -Kind 'user' -Channel $Channel -Body $Body }
}

function Read-EPMPipeOf {
    # Carries one request over one of the agent's pipes. When the caller stops before the answer is there, an elevation is cancelled
    # and the agent has some seconds to end what it started; a question needs no more than the end of the connection.
    param(
        [Parameter(Mandatory = $true)][string]$Kind,
        [Parameter(Mandatory = $true)][string]$Channel,
        [Parameter(Mandatory = $true)][hashtable]$Body
    )

    $text = ConvertTo-EPMJson -InputObject ([ordered]@{ v = $script:ProtocolVersion; channel = $Channel; body = $Body })
    $request = [System.Text.Encoding]::UTF8.GetBytes($text)
    if ($request.Length -gt $script:MaxMessage) {
        return New-EPMFailure -Code 'EPM_REQUEST_TOO_LARGE' -Message "The request is longer than $script:MaxMessage bytes." -Hint 'Shorten the arguments.'
    }
    $state = @{ Name = 'unsent'; Read = $null }
    $pipe = New-EPMPipe -Kind $Kind
    try {
        $unreachable = New-EPMFailure -Code 'EPM_AGENT_UNREACHABLE' -Message 'The EPM agent does not answer.' -Hint 'Start the service "EPM Agent", or ask your administrator to.'
        $connect = $pipe.ConnectAsync($script:ConnectSeconds * 1000)
        if (-not (Wait-EPMTask -Task $connect)) {
            if ($Kind -ceq 'administration' -and $connect.IsFaulted -and $connect.Exception.GetBaseException() -is [System.UnauthorizedAccessException]) {
                return New-EPMFailure -Code 'EPM_NOT_ADMINISTRATOR' -Message 'The agent is administered by administrators only.' -Hint 'Run it from an elevated prompt of an administrator.'
            }
            return $unreachable
        }
        if ((Get-EPMPipeOwner -Pipe $pipe) -cne 'S-1-5-18') {
            return New-EPMFailure -Code 'EPM_AGENT_UNTRUSTED' -Message 'The pipe is not served by the local system account.' -Hint 'Do not elevate; report it to your administrator.'
        }
        $pipe.ReadMode = [System.IO.Pipes.PipeTransmissionMode]::Message
        if (-not (Wait-EPMTask -Task $pipe.WriteAsync($request, 0, $request.Length) -Seconds $script:WriteSeconds)) { return $unreachable }
        $state.Name = 'sent'
        while ($state.Name -eq 'sent') {
            $answer = Read-EPMMessage -Pipe $pipe -State $state
            if (-not $answer) {
                $state.Name = 'broken'
                return New-EPMFailure -Code 'EPM_AGENT_UNREACHABLE' -Message 'The connection to the EPM agent broke before it answered.' -Hint 'Run Get-EPMAgent, then Get-EPMAudit to see what became of the request.'
            }
            $message = ConvertFrom-EPMJson -Text $answer
            if ($message.kind -cne 'event') { $state.Name = 'answered' }
            $message
        }
    }
    finally {
        if ($state.Name -eq 'sent' -and $Channel -ceq 'elevate') { Stop-EPMRequest -Pipe $pipe -State $state }
        $pipe.Dispose()
    }
}

function Stop-EPMRequest {
    # Takes the request back and waits for the agent to end the connection, which it does once the program has ended.
    param([Parameter(Mandatory = $true)]$Pipe, [Parameter(Mandatory = $true)][hashtable]$State)

    $cancel = [System.Text.Encoding]::ASCII.GetBytes("{`"v`":$script:ProtocolVersion,`"cancel`":true}")
    if (-not (Wait-EPMTask -Task $Pipe.WriteAsync($cancel, 0, $cancel.Length) -Seconds $script:WriteSeconds)) { return }
    $end = [datetime]::UtcNow.AddSeconds($script:CancelSeconds)
    $buffer = [byte[]]::new($script:MaxMessage)
    while ([datetime]::UtcNow -lt $end) {
        if ($null -eq $State.Read) { $State.Read = $Pipe.ReadAsync($buffer, 0, $buffer.Length) }
        if (-not (Wait-EPMTask -Task $State.Read -Seconds 1)) {
            if ($State.Read.IsCompleted) { return }
        }
        elseif ($State.Read.Result -eq 0) { return }
        else { $State.Read = $null }
    }
}
