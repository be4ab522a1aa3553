function Test-EPMElevation {
    <#
    .SYNOPSIS
    Shows what would happen if you asked for an elevation, and why.

    .DESCRIPTION
    Asks the agent to decide about a file and its arguments for you, by the rules in force, without starting anything. The answer names the
    rule that wins, the rules that lost and on which step, the rules that nearly matched and the attribute each failed on.

    .PARAMETER FilePath
    The .exe, .msi or .ps1 file. A relative path starts at the current file system location.

    .PARAMETER ArgumentList
    The arguments, one element each, exactly as Invoke-EPMElevation would pass them.

    .EXAMPLE
    Test-EPMElevation -FilePath C:\Tools\setup.exe

    Shows the decision for setup.exe without arguments.

    .EXAMPLE
    Test-EPMElevation -FilePath C:\Tools\setup.exe -ArgumentList '/quiet', '/log:C:\Temp\a b.txt'

    Shows the decision for setup.exe with two arguments.

    .EXAMPLE
    Get-ChildItem C:\Tools\*.exe | Test-EPMElevation | Where-Object Outcome -ne 'denied'

    Shows which programs of a folder could be elevated.

    .EXAMPLE
    (Test-EPMElevation C:\Tools\setup.exe).Explanation

    Shows the whole reasoning as text.

    .INPUTS
    System.String, or an object with a member FilePath or FullName, such as a file from Get-ChildItem.

    .OUTPUTS
    EPM.Decision

    .LINK
    Invoke-EPMElevation

    .LINK
    about_EPM
    #>
    [CmdletBinding()]
    [OutputType('EPM.Decision')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('FullName', 'Path')]
        [ValidateNotNullOrEmpty()]
        [string]$FilePath,

        [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)]
        [Alias('Arguments')]
        [AllowEmptyCollection()]
        [AllowEmptyString()]
        [string[]]$ArgumentList = @()
    )

    process {
        $path = Resolve-EPMFilePath -Path $FilePath
        Get-EPMDecision -Cmdlet $PSCmdlet -Path $path -ArgumentList $ArgumentList
    }
}
