function Import-EPMGrant {
    <#
    .SYNOPSIS
    Brings a grant, the answer of an approver to a request to support, to this device.

    .DESCRIPTION
    Gives the agent of this device a grant as Approve-EPMRequest or epm approve made it. Anybody may: only its signature counts. A grant
    that has no effect on this device is refused with the reason in the error. Afterwards start the program again.

    Not from a session of remoting: that is a logon from the network, which the agent does not serve. To bring a grant from afar, use the
    live channel or the list Grants of policy.

    .PARAMETER Text
    The grant, which begins with "EPM1.", also in the lines of a mail.

    .PARAMETER Path
    A file with the grant.

    .EXAMPLE
    Get-Clipboard | Import-EPMGrant

    Brings the grant that was copied from a mail or chat.

    .EXAMPLE
    Import-EPMGrant -Path .\grant.txt

    Brings the grant in a file.

    .EXAMPLE
    Import-EPMGrant -Text (Read-Host 'Grant')

    Asks for the grant, to be pasted.

    .INPUTS
    System.String, or an object with a member Text, such as EPM.SignedGrant.

    .OUTPUTS
    EPM.Grant. No object and the error EPM.Grant.Refused when the grant has no effect here.

    .LINK
    Get-EPMGrant

    .LINK
    Approve-EPMRequest

    .LINK
    about_EPM
    #>
    [CmdletBinding(DefaultParameterSetName = 'Text')]
    [OutputType('EPM.Grant')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Text', ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [AllowEmptyString()]
        [string]$Text,

        [Parameter(Mandatory = $true, ParameterSetName = 'Path')]
        [ValidateNotNullOrEmpty()]
        [string]$Path
    )

    begin { $pasted = @{ Text = $null } }

    process {
        if ($Path) {
            foreach ($read in @(Read-EPMSignedText -Cmdlet $PSCmdlet -Path $Path)) { Import-EPMGrantText -Cmdlet $PSCmdlet -Text $read }
            return
        }
        foreach ($whole in @(Add-EPMSignedText -State $pasted -Line $Text -Prefix $script:GrantPrefix)) { Import-EPMGrantText -Cmdlet $PSCmdlet -Text $whole }
    }

    end {
        if ($null -ne $pasted.Text) { Import-EPMGrantText -Cmdlet $PSCmdlet -Text $pasted.Text }
    }
}
