function Invoke-EPMElevation {
    <#
    .SYNOPSIS
    Starts a program, installs a package or runs a script with administrator rights, if a rule allows it.

    .DESCRIPTION
    Asks the EPM agent to start a program under an isolated account with administrator rights. The agent decides by the rules in force.
    Where a rule asks for a confirmation or a justification, you are asked; where it asks for Windows authentication, Windows shows its
    credential dialog, and shows it again, twice at most, after a wrong password. In a session where nobody can be asked, give Force, Justification and Credential. With the
    setting SecureConsent the agent asks by itself in a window on a desktop of its own; Force, Justification and Credential then answer nothing. A request that is denied, must be approved first, or is not managed ends in an error with a stable id, and nothing is started.

    Where support has to approve, the first attempt asks support, with your justification. Beside the error there is an object
    with the state of the request, its RequestId and the Text to send to support. Start the program again once it is approved.

    An .msi package is installed by Windows Installer, and a .ps1 script run by Windows PowerShell, or by PowerShell 7 where it has
    "#requires -Version 7". Both run from a protected copy, so that they find nothing that lies beside them.

    With Wait the cmdlet waits for the program; Ctrl+C then ends the program and everything it started, and so does the end of the
    PowerShell process.

    What the program starts is judged by the rules too. A warning says which processes were ended before their first instruction, and
    why; EndedChildren of the output has them.

    With PassOutput the cmdlet does with a console program what PowerShell does with one that it starts itself: each line of the
    standard output becomes a string in the pipeline as soon as it is written, each line of the standard error a non-terminating
    error with the id EPM.Program.StandardError, and $LASTEXITCODE has the exit code. There is no other output. The error preference
    Stop does not end the program. When the pipeline stops reading, the program waits; when it ends, the program and everything it
    started end with it.

    .PARAMETER FilePath
    The program, package or script: an .exe, .msi or .ps1 file. A relative path starts at the current file system location.

    .PARAMETER ArgumentList
    The arguments, one element each. They are passed on exactly; no quoting is needed or wanted. Those of a package are the switches
    of msiexec for display and restart, and, when the rule lists them, a log file and properties such as 'INSTALLDIR=C:\Program Files\App'.

    .PARAMETER Justification
    Why the program needs administrator rights: 1 to 256 characters of plain text. It is recorded in the audit.

    .PARAMETER Credential
    The credential of the user who is signed in, where a rule asks for Windows authentication, for scripts. It is encrypted to a key of
    the agent and goes to nobody else. Without it Windows shows its own credential dialog.

    .PARAMETER Wait
    Waits until the program ends. The output then has its exit code, end and duration. When the cmdlet or its PowerShell is ended
    before, the program ends as well.

    .PARAMETER WorkingDirectory
    The folder to start in. It counts where the rule takes it, for the attribute workingDirectory; every other program starts in the
    system folder. A folder that is not accepted ends in an error with the id EPM.Denied.WorkingDirectoryRefused.

    .PARAMETER TimeoutSec
    Ends the program and everything it started after so many seconds, a day at most. With Wait or PassOutput an error with the id
    EPM.Program.TimedOut says that it was so.

    .PARAMETER PassOutput
    Waits for the program, and passes on what it writes. A console program gets no window.

    .PARAMETER InputObject
    Lines for the standard input of the program, which ends with them; at most 32 KiB, in UTF-8 or, with Encoding Utf16, in UTF-16.
    Needs PassOutput. A rule with an own desktop allows no input.

    .PARAMETER Encoding
    How the program encodes its text, where that does not begin with a byte order mark: Console, the code page of a new console,
    unless you say otherwise; Utf8 or Utf16.

    .PARAMETER Force
    Gives the confirmation that a rule asks for, without a question. -Confirm:$false does the same.

    .PARAMETER WhatIf
    Shows what the agent would decide. Nothing is started and nobody is asked.

    .PARAMETER Confirm
    Asks before the request is sent. The answer also serves as the confirmation that a rule may ask for.

    .EXAMPLE
    Invoke-EPMElevation -FilePath C:\Tools\setup.exe

    Starts setup.exe and returns at once.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\setup.exe -ArgumentList '/quiet', '/log:C:\Temp\a b.txt' -Wait

    Starts setup.exe with two arguments, waits, and shows its exit code.

    .EXAMPLE
    Invoke-EPMElevation C:\Setup\fieldtools.msi -ArgumentList '/qn', 'INSTALLDIR=C:\Program Files\Field Tools' -Wait

    Installs a package. ExitReason says what the exit code of Windows Installer means, such as restartNeeded for 3010.

    .EXAMPLE
    Invoke-EPMElevation C:\Scripts\repair.ps1 -ArgumentList '-Name', 'Main printer', '-Force' -Wait

    Runs a script with two parameters and shows the number it gave to exit.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\setup.exe -Justification 'Update for ticket 4711' -Force

    Starts a program whose rule asks for a confirmation and a justification, from a script.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\setup.exe -Force -Credential (Import-Clixml -Path $HOME\own-account.xml)

    Starts a program whose rule asks for Windows authentication, from a script of the user's own.

    .EXAMPLE
    (Invoke-EPMElevation C:\Tools\setup.exe -Justification 'Ticket 4711' -ErrorAction SilentlyContinue).Text | Set-Clipboard

    Asks support for a program, and copies the text that support needs.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\setup.exe -WhatIf

    Shows the decision only.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\setup.exe -Confirm

    Asks once more before the request is sent.

    .EXAMPLE
    Get-ChildItem C:\Tools\update-*.exe | Invoke-EPMElevation -Wait | Format-Table FilePath, ExitCode, Duration

    Starts several programs one after the other.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\collect.exe -ArgumentList '/all' -PassOutput -TimeoutSec 300 | Tee-Object -FilePath C:\Temp\collect.txt

    Runs a console program for at most five minutes, shows what it writes while it runs, and keeps it in a file.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\disks.exe -PassOutput -InputObject 'rescan', 'exit' -Encoding Utf8

    Gives two lines to the standard input of a console program that writes UTF-8.

    .EXAMPLE
    Invoke-EPMElevation C:\Tools\build.exe -WorkingDirectory 'C:\Program Files\Project' -Wait

    Starts a program in a folder, if its rule takes that.

    .INPUTS
    System.String, or an object with a member FilePath or FullName, such as a file from Get-ChildItem.

    .OUTPUTS
    EPM.Elevation, or with PassOutput System.String. EPM.Approval, beside the error, when support has to approve first.

    .LINK
    Test-EPMElevation

    .LINK
    Get-EPMAudit

    .LINK
    about_EPM
    #>
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType('EPM.Elevation', 'EPM.Approval', [string])]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName', 'Path')]
        [ValidateNotNullOrEmpty()]
        [string]$FilePath,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('Arguments')]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]$ArgumentList = @(),

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$Justification,

        [Parameter()]
        [ValidateNotNull()]
        [pscredential]$Credential,

        [Parameter()]
        [switch]$Wait,

        [Parameter()]
        [ValidateNotNullOrEmpty()]
        [string]$WorkingDirectory,

        [Parameter()]
        [ValidateRange(1, 86400)]
        [int]$TimeoutSec,

        [Parameter()]
        [switch]$PassOutput,

        [Parameter()]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]$InputObject,

        [Parameter()]
        [ValidateScript({ Test-EPMWord -Parameter 'Encoding' -Value $_ })]
        [string]$Encoding = 'Console',

        [Parameter()]
        [switch]$Force
    )

    process {
        $path = Resolve-EPMFilePath -Path $FilePath
        $action = "Start `"$path`" with administrator rights."
        if ($WhatIfPreference) {
            $decision = @(Get-EPMDecision -Cmdlet $PSCmdlet -Path $path -ArgumentList $ArgumentList)
            if ($decision.Count -eq 0) { return }
            $action = Get-EPMForecast -Decision $decision[0] -Path $path
        }
        if (-not (Test-EPMShouldProcess -Cmdlet $PSCmdlet -Action $action -WhatIf $WhatIfPreference -ConfirmPreference $ConfirmPreference)) { return }

        $body = @{ path = $path; arguments = $ArgumentList; wait = [bool]$Wait }
        # A shell that is ended, or that ends epm.exe at once on Ctrl+C, takes nothing back.
        if ($Wait) { $body['endsWithClient'] = $true }
        if ($Justification) { $body['justification'] = $Justification }
        if ($TimeoutSec) { $body['timeLimit'] = $TimeoutSec }
        if ($WorkingDirectory) { $body['directory'] = Resolve-EPMFilePath -Path $WorkingDirectory }
        $text = ''
        # One empty line is an input too.
        $hasInput = $null -ne $InputObject -and $InputObject.Count -gt 0
        if ($PassOutput) {
            $text = $script:OutputEncoding[$Encoding]
            $body['output'] = 'stream'
            # As in a pipeline to a program: each element with an end of line.
            if ($hasInput) { $body['input'] = ($InputObject -join "`n") + "`n" }
        }
        elseif ($hasInput) {
            Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Argument' -Category 'InvalidArgument' -Target $path -Message 'InputObject goes with PassOutput only.' -Hint 'Add -PassOutput.'
            return
        }
        $state = @{ Answer = $null; Wrong = $false; Repeats = $false; Approval = $null }
        # Whoever gave -Confirm has just been asked; whoever gave -Confirm:$false does not want to be.
        $consented = $Force -or $PSBoundParameters.Keys -contains 'Confirm'

        $asked = ''
        $wrong = 0
        # The policy may change between question and answer; then the agent asks anew. Nobody is asked without end.
        for ($round = 1; $round -le 3; $round++) {
            # Who mistypes in the dialog of Windows is asked again, twice at most; a credential that was given stays what it is.
            $state.Repeats = $body['credential'] -and -not $Credential -and $wrong -lt 2
            Request-EPMElevation -Cmdlet $PSCmdlet -Body $body -State $state -Text $text
            if ($state.Wrong) {
                # The ticket is used up: another question comes, whose answer is not one of the three rounds.
                $wrong++
                $round -= 2
                $body.Remove('ticket')
                $body.Remove('credential')
                continue
            }
            $answer = $state.Answer
            if ($null -eq $answer) {
                if ($null -ne $state.Approval -and -not $PassOutput) { $state.Approval }
                return
            }
            if ($answer.outcome -cne 'needs') {
                if ($answer.outcome -ceq 'timedOut') {
                    Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Program.TimedOut' -Category 'OperationTimeout' -Target $path -Message "`"$path`" was ended after $TimeoutSec seconds." -Hint 'Give it more time with -TimeoutSec.'
                }
                if ($PassOutput) {
                    Complete-EPMOutput -Cmdlet $PSCmdlet -Answer $answer -Path $path
                    return
                }
                $elevation = ConvertTo-EPMElevation -InputObject $answer -ArgumentList $ArgumentList
                if ($elevation.ExitReason) { Write-Warning "`"$path`" ended with exit code $($elevation.ExitCode). $($script:ExitReasonText[$elevation.ExitReason])" }
                Write-EPMEndedChild -Child $elevation.EndedChildren
                $elevation
                return
            }
            # What was confirmed once is not asked again, as long as it is the same file under the same rule.
            $rule = Get-EPMMember -InputObject $answer -Name 'rule'
            $question = ConvertTo-EPMJson -InputObject @($answer.file.path, $answer.file.sha256, $rule, $answer.requirements)
            $again = $wrong -gt 0 -and $question -ceq $asked
            if (-not (Set-EPMAnswer -Cmdlet $PSCmdlet -Needs $answer -Body $body -Consented ($consented -or $again) -Credential $Credential -Again ($wrong -gt 0))) { return }
            $asked = $question
        }
        Write-EPMError -Cmdlet $PSCmdlet -Id 'EPM.Ticket.Invalid' -Category 'PermissionDenied' -Target $path -Message 'The agent asked again after each answer.' -Hint 'Start again from the beginning.'
    }
}
