# Passphrases of approvers' keys. They go to epm.exe by its standard input: nothing of them is on a command line, in the
# environment or in a file, and no parameter of a function has one as text, because PowerShell can be told to log those.

function Get-EPMPassphrase {
    # The passphrase that is given, or what the person types. Nothing, after an error, when nobody can be asked, or the two
    # that were typed differ.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [AllowNull()][securestring]$Passphrase,
        # It is a new one, so that a slip would lock its owner out.
        [switch]$Twice,
        $Target
    )

    if ($null -ne $Passphrase) { return $Passphrase }
    try {
        $typed = Read-Host -Prompt 'Passphrase of the key' -AsSecureString
        if (-not $Twice) { return $typed }
        $again = Read-Host -Prompt 'The same again' -AsSecureString
    }
    catch {
        Write-Debug "The person could not be asked: $_"
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Passphrase.Required' -Category 'InvalidArgument' -Target $Target -Message 'The key needs its passphrase, and nobody can be asked here.' -Hint 'Give it with -Passphrase.'
        return
    }
    if ((ConvertFrom-EPMPassphrase -Passphrase $typed).passphrase -cne (ConvertFrom-EPMPassphrase -Passphrase $again).passphrase) {
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Passphrase.Different' -Category 'InvalidArgument' -Target $Target -Message 'The two passphrases differ.' -Hint 'Run the command again.'
        return
    }
    $typed
}

function ConvertFrom-EPMPassphrase {
    # What epm.exe reads with --passphrase-json. Constrained language allows this method of a credential.
    param([Parameter(Mandatory = $true)][securestring]$Passphrase)

    $credential = New-Object -TypeName 'PSCredential' -ArgumentList 'key', $Passphrase
    @{ passphrase = [string]$credential.GetNetworkCredential().Password }
}
