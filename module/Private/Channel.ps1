function Invoke-EPMChannel {
    # Sends one request to the agent and emits its answers, one by one as they come, as objects with `kind` (event, result,
    # error) and `body`. The last one is always a result or an error; a way that leads nowhere is an error as well.
    param(
        [Parameter(Mandatory = $true)][ValidateScript({ $script:ChannelPipe.Keys -ccontains $_ })][string]$Channel,
        [hashtable]$Body = @{},
        # Encoding of a program's streams, which then come as lines; only epm.exe makes these of bytes.
        [string]$Text
    )

    if ($env:OS -ne 'Windows_NT') {
        return New-EPMFailure -Code 'EPM_PLATFORM' -Message 'The EPM agent runs on Windows only.' -Hint 'Run the command on a managed Windows device.'
    }
    # Constrained language allows no .NET method, so the program of the installation carries the request there.
    if ($Text -or (Test-EPMConstrained)) { Read-EPMCommand -Channel $Channel -Body $Body -Text $Text } else { Read-EPMPipe -Channel $Channel -Body $Body }
}

function Read-EPMChannel {
    # The same for a cmdlet that waits for the result alone: emits its body and writes the error in the cmdlet's name. Callers
    # take the output with @() and no pipe: what a function writes to the errors before a pipe is missing from -ErrorVariable.
    param([Parameter(Mandatory = $true)]$Cmdlet, [Parameter(Mandatory = $true)][string]$Channel, [hashtable]$Body = @{}, $Target = 'EPM Agent')

    Invoke-EPMChannel -Channel $Channel -Body $Body | ForEach-Object -Process {
        if ($_.kind -ceq 'error') { Write-EPMReport -Cmdlet $Cmdlet -Report $_.body -Target $Target }
        elseif ($_.kind -ceq 'result') { $_.body }
    }
}

function New-EPMFailure {
    # An error in the form the agent gives it.
    param([Parameter(Mandatory = $true)][string]$Code, [Parameter(Mandatory = $true)][string]$Message, [Parameter(Mandatory = $true)][string]$Hint)

    New-EPMObject -Property ([ordered]@{
            kind = 'error'
            body = New-EPMObject -Property ([ordered]@{ code = $Code; message = $Message; hint = $Hint })
        })
}
