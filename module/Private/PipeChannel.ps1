# The agent's pipe. Runs in full language only.
$script:PipeName = 'ProtectedPrefix\Administrators\EPM\agent'
$script:MaxMessage = 65536
$script:ConnectSeconds = 2
$script:CancelSeconds = 5

function Get-EPMPipeOwner {
    # SID of the pipe's owner. Only the system can make SYSTEM an owner: a process can name only SIDs of its own token
    # ([MS-DTYP] 2.5.3.4, owner assignment), unless it has SeRestorePrivilege and so is an administrator already.
    param([Parameter(Mandatory = $true)]$Pipe)

    if ($PSVersionTable.PSEdition -eq 'Desktop') { $security = $Pipe.GetAccessControl() }
    else { $security = [System.IO.Pipes.PipesAclExtensions]::GetAccessControl($Pipe) }
    $security.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
}

function Open-EPMPipe {
    # Connects; the agent may identify the caller but not act as him. ReadWrite is exactly what the pipe grants to people:
    # GENERIC_WRITE would ask for the right to create instances.
    $pipe = [System.IO.Pipes.NamedPipeClientStream]::new(
        '.', $script:PipeName, [System.IO.Pipes.PipeAccessRights]::ReadWrite, [System.IO.Pipes.PipeOptions]::Asynchronous,
        [System.Security.Principal.TokenImpersonationLevel]::Identification, [System.IO.HandleInheritability]::None)
    $opened = $false
    try {
        $end = [datetime]::UtcNow.AddSeconds($script:ConnectSeconds)
        while ($true) {
            # Short waits, so that Ctrl+C is heard.
            try { $pipe.Connect(200); break }
            catch [System.TimeoutException] { if ([datetime]::UtcNow -ge $end) { throw } }
        }
        $opened = $true
        $pipe
    }
    finally {
        if (-not $opened) { $pipe.Dispose() }
    }
}

function Send-EPMMessage {
    param([Parameter(Mandatory = $true)]$Pipe, [Parameter(Mandatory = $true)][byte[]]$Bytes)

    $write = $Pipe.WriteAsync($Bytes, 0, $Bytes.Length)
    if (-not $write.Wait(10000)) { throw [System.TimeoutException]::new('The agent does not take the request.') }
}

function Read-EPMPipe {
    # Carries one request over the agent's pipe. When the caller stops before the answer is there, the request is cancelled
    # and the agent has some seconds to end what it started.
    param([Parameter(Mandatory = $true)][string]$Channel, [Parameter(Mandatory = $true)][hashtable]$Body)

    $utf8 = [System.Text.UTF8Encoding]::new($false)
    $request = $utf8.GetBytes((ConvertTo-EPMJson -InputObject ([ordered]@{ v = 1; channel = $Channel; body = $Body })))
    if ($request.Length -gt $script:MaxMessage) {
        return New-EPMFailure -Code 'EPM_REQUEST_TOO_LARGE' -Message 'The request is longer than 64 KiB.' -Hint 'Shorten the arguments.'
    }
    $pipe = $null
    $read = $null
    $state = 'unsent'
    $failure = $null
    try {
        try {
            $pipe = Open-EPMPipe
            if ((Get-EPMPipeOwner -Pipe $pipe) -cne 'S-1-5-18') {
                $failure = New-EPMFailure -Code 'EPM_AGENT_UNTRUSTED' -Message 'The pipe is not served by the local system account.' -Hint 'Do not elevate; report it to your administrator.'
                return
            }
            $pipe.ReadMode = [System.IO.Pipes.PipeTransmissionMode]::Message
            Send-EPMMessage -Pipe $pipe -Bytes $request
            $state = 'sent'
        }
        catch [System.Management.Automation.PipelineStoppedException] { throw }
        catch {
            Write-Debug "The agent's pipe: $_"
            $failure = New-EPMFailure -Code 'EPM_AGENT_UNREACHABLE' -Message 'The EPM agent does not answer.' -Hint 'Start the service "EPM Agent", or ask your administrator to.'
            return
        }
        $buffer = [byte[]]::new($script:MaxMessage)
        while ($state -eq 'sent') {
            $length = 0
            try {
                do {
                    if ($length -eq $buffer.Length) { throw [System.IO.InvalidDataException]::new('The answer is longer than 64 KiB.') }
                    $read = $pipe.ReadAsync($buffer, $length, $buffer.Length - $length)
                    # Short waits, so that Ctrl+C is heard; an answer ends a wait at once.
                    while (-not $read.Wait(100)) { }
                    $count = $read.Result
                    $read = $null
                    if ($count -eq 0) { throw [System.IO.EndOfStreamException]::new('The agent closed the connection.') }
                    $length += $count
                } until ($pipe.IsMessageComplete)
                $message = ConvertFrom-EPMJson -Text $utf8.GetString($buffer, 0, $length)
            }
            catch [System.Management.Automation.PipelineStoppedException] { throw }
            catch {
                Write-Debug "The agent's pipe: $_"
                $state = 'broken'
                $failure = New-EPMFailure -Code 'EPM_AGENT_UNREACHABLE' -Message 'The connection to the EPM agent broke before it answered.' -Hint 'Run Get-EPMAgent, then Get-EPMAudit to see what became of the request.'
                return
            }
            if ($message.kind -cne 'event') { $state = 'answered' }
            $message
        }
    }
    finally {
        if ($null -ne $pipe) {
            if ($state -eq 'sent') { Stop-EPMRequest -Pipe $pipe -Read $read }
            $pipe.Dispose()
        }
        if ($null -ne $failure) { $failure }
    }
}

function Stop-EPMRequest {
    # Takes the request back and waits for the agent's last word or the end of the connection.
    param([Parameter(Mandatory = $true)]$Pipe, $Read)

    $end = [datetime]::UtcNow.AddSeconds($script:CancelSeconds)
    try {
        Send-EPMMessage -Pipe $Pipe -Bytes ([System.Text.Encoding]::ASCII.GetBytes('{"v":1,"cancel":true}'))
        $buffer = [byte[]]::new($script:MaxMessage)
        while ([datetime]::UtcNow -lt $end) {
            if ($null -eq $Read) { $Read = $Pipe.ReadAsync($buffer, 0, $buffer.Length) }
            if (-not $Read.Wait(200)) { continue }
            if ($Read.Result -eq 0) { return }
            $Read = $null
        }
    }
    catch { Write-Debug "The request could not be taken back: $_" }
}
