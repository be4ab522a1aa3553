# Credentials for Windows authentication. They go to the agent encrypted to the key of its question, and to nobody else; Windows
# shows the dialog, and nothing is ever typed in a console.

function Get-EPMSealedCredential {
    # The credential for the agent: the one that is given, or the answer to the credential dialog of Windows. Nothing, after an
    # error, when there is none.
    param(
        [Parameter(Mandatory = $true)]$Cmdlet,
        [Parameter(Mandatory = $true)]$Needs,
        [AllowNull()]$Credential,
        # The agent did not accept the answer before.
        [bool]$Again
    )

    $path = [string]$Needs.file.path
    if ($null -ne $Credential -and -not (Test-EPMConstrained)) {
        if (-not (Test-EPMOtherUser -UserName $Credential.UserName -Sid $Needs.authentication.userSid)) {
            try { return Protect-EPMCredential -Ticket $Needs.ticket -AgentKey $Needs.authentication.key -Credential $Credential }
            # An old .NET Framework lacks these keys; epm.exe has them.
            catch { Write-Debug ".NET cannot seal the credential: $_" }
        }
        else {
            Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Credential.Invalid' -Category 'InvalidArgument' -Target $path -Message 'The credential is that of another user; it was not sent.' -Hint 'Give the credential of the user who is signed in.'
            return
        }
    }
    if ($null -eq $Credential -and -not (Test-EPMConstrained) -and -not (Test-EPMDialogPossible)) {
        Write-EPMError -Cmdlet $Cmdlet -Id 'EPM.Credential.Required' -Category 'InvalidArgument' -Target $path -Message "The rule for `"$path`" asks for Windows authentication, and nobody can be asked here." -Hint 'Give the credential of the user who is signed in with -Credential.'
        return
    }
    $question = @{
        ticket = [string]$Needs.ticket
        authentication = @{ key = [string]$Needs.authentication.key; userSid = [string]$Needs.authentication.userSid }
        question = @{ program = [string]$Needs.question.program }
    }
    $name = Get-EPMMember -InputObject $Needs.authentication -Name 'userName'
    if ($name) { $question['authentication']['userName'] = [string]$name }
    if ($Again) { $question['again'] = $true }
    # Constrained language allows this method of a credential, and no .NET to encrypt with: the program of the installation does it.
    if ($null -ne $Credential) {
        $question['credential'] = @{ userName = [string]$Credential.UserName; password = [string]$Credential.GetNetworkCredential().Password }
    }
    $answer = @(Read-EPMVerb -Cmdlet $Cmdlet -ArgumentList @('credential', '--json') -InputObject $question -Target $path)
    if ($answer.Count -eq 0) { return }
    $text = Get-EPMMember -InputObject $answer[0] -Name 'credential'
    if ($text) { return [string]$text }
    Write-Verbose "`"$path`" was not started: the credential dialog was closed."
}

function Protect-EPMCredential {
    # Encrypts a user name and a password to the key of a question, as src/requests/sealed-credential.ts describes it. Full language
    # only. The password is overwritten in every buffer of this function; a SecureString keeps its own.
    param(
        [Parameter(Mandatory = $true)][string]$Ticket,
        [Parameter(Mandatory = $true)][string]$AgentKey,
        [Parameter(Mandatory = $true)]$Credential
    )

    $own = [System.Security.Cryptography.ECDiffieHellman]::Create([System.Security.Cryptography.ECCurve+NamedCurves]::nistP256)
    $plain = ConvertTo-EPMCredentialByte -Credential $Credential
    $aes = [System.Security.Cryptography.Aes]::Create()
    $keys = @()
    try {
        $agentPoint = [System.Convert]::FromBase64String($AgentKey)
        $point = [System.Security.Cryptography.ECPoint]::new()
        $point.X = [byte[]]$agentPoint[1..32]
        $point.Y = [byte[]]$agentPoint[33..64]
        $parameters = [System.Security.Cryptography.ECParameters]::new()
        $parameters.Curve = [System.Security.Cryptography.ECCurve+NamedCurves]::nistP256
        $parameters.Q = $point
        $agent = [System.Security.Cryptography.ECDiffieHellman]::Create($parameters)
        $public = $own.ExportParameters($false).Q
        $ownPoint = [byte[]](@([byte]4) + $public.X + $public.Y)
        $info = [byte[]]([System.Text.Encoding]::ASCII.GetBytes("EPM credential 1$Ticket") + $agentPoint + $ownPoint)
        $keys = @(foreach ($counter in 1, 2) {
                , $own.DeriveKeyFromHash($agent.PublicKey, [System.Security.Cryptography.HashAlgorithmName]::SHA256, [byte[]](0, 0, 0, $counter), $info)
            })
        $aes.Key = $keys[0]
        $aes.GenerateIV()
        $body = [byte[]]($aes.IV + $aes.CreateEncryptor().TransformFinalBlock($plain, 0, $plain.Length))
        $hmac = [System.Security.Cryptography.HMACSHA256]::new($keys[1])
        [System.Convert]::ToBase64String([byte[]]($ownPoint + $body + $hmac.ComputeHash($body)))
        $hmac.Dispose()
        $agent.Dispose()
    }
    finally {
        foreach ($secret in @(, $plain) + $keys) { [System.Array]::Clear($secret, 0, $secret.Length) }
        $aes.Dispose()
        $own.Dispose()
    }
}

function ConvertTo-EPMCredentialByte {
    # A user name and a password as src/requests/credential.ts reads them.
    param([Parameter(Mandatory = $true)]$Credential)

    $name = [System.Text.Encoding]::Unicode.GetBytes($Credential.UserName.TrimStart([char]'\'))
    $length = $Credential.Password.Length * 2
    $bytes = [byte[]]::new(3 + $name.Length + $length)
    $bytes[0] = 2
    $bytes[1] = $name.Length % 256
    $bytes[2] = [System.Math]::Floor($name.Length / 256)
    $name.CopyTo($bytes, 3)
    $memory = [System.Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode($Credential.Password)
    try { [System.Runtime.InteropServices.Marshal]::Copy($memory, $bytes, 3 + $name.Length, $length) }
    finally { [System.Runtime.InteropServices.Marshal]::ZeroFreeGlobalAllocUnicode($memory) }
    , $bytes
}

function Test-EPMOtherUser {
    # Whether Windows knows that the name is somebody else's. The agent compares as well; here a slip costs no attempt.
    param([Parameter(Mandatory = $true)][string]$UserName, [Parameter(Mandatory = $true)][string]$Sid)

    if ($UserName -notmatch '[\\@]') { return $false }
    try {
        $known = [System.Security.Principal.NTAccount]::new($UserName).Translate([System.Security.Principal.SecurityIdentifier])
        $known.Value -cne $Sid
    }
    catch {
        Write-Debug "The name was not found: $_"
        $false
    }
}

function Test-EPMDialogPossible {
    # Whether somebody sits before this session: Windows says whether its desktop can be seen, and the host whether it may ask.
    if (-not [System.Environment]::UserInteractive) { return $false }
    @([System.Environment]::GetCommandLineArgs() | Where-Object { $_ -match '^[-/]noni' }).Count -eq 0
}
