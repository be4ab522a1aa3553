function Invoke-EPMChannel {
    # Sends one request to the agent and emits its answers, one by one as they come, as objects with `kind` (event, result,
    # error) and `body`. The last one is always a result or an error; a way that leads nowhere is an error as well.
    param(
        [Parameter(Mandatory = $true)][ValidateScript({ $script:ChannelName -ccontains $_ })][string]$Channel,
        [hashtable]$Body = @{}
    )

    if ($env:OS -ne 'Windows_NT') {
        return New-EPMFailure -Code 'EPM_PLATFORM' -Message 'The EPM agent runs on Windows only.' -Hint 'Run the command on a managed Windows device.'
    }
    # Constrained language allows no .NET method, so the program of the installation carries the request there.
    if (Test-EPMConstrained) { Read-EPMCommand -Channel $Channel -Body $Body } else { Read-EPMPipe -Channel $Channel -Body $Body }
}

function New-EPMFailure {
    # An error in the form the agent gives it.
    param([Parameter(Mandatory = $true)][string]$Code, [Parameter(Mandatory = $true)][string]$Message, [Parameter(Mandatory = $true)][string]$Hint)

    New-EPMObject -Property ([ordered]@{
            kind = 'error'
            body = New-EPMObject -Property ([ordered]@{ code = $Code; message = $Message; hint = $Hint })
        })
}
