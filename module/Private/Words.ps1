# Words that parameters take and the core knows. They are no ValidateSet, whose words would have to stand in each cmdlet.
$script:ParameterWord = @{
    As            = @($script:PolicyFormat.Keys) + 'Admx'
    From          = @($script:PolicyFormat.Keys)
    Type          = @($script:ElevationType.Keys)
    By            = @($script:RuleIdentity.Keys)
    Validation    = @($script:Validation.Keys)
    ChildProcess  = @($script:ChildProcess.Keys)
    HashAlgorithm = @($script:HashAlgorithm.Keys)
    Encoding      = @($script:OutputEncoding.Keys)
    FailOn        = $script:Risk
    Status        = @($script:RequestStatus.Keys)
    Report        = @($script:ReportName.Keys)
}

function Test-EPMWord {
    # For ValidateScript: whether a value is one of the words of a parameter. Otherwise it fails, and says which they are.
    param([Parameter(Mandatory = $true)][string]$Parameter, [AllowEmptyString()][string]$Value)

    if ($script:ParameterWord[$Parameter] -contains $Value) { return $true }
    throw "`"$Value`" is none of $($script:ParameterWord[$Parameter] -join ', ')."
}

function Get-EPMWordCompletion {
    # Those of the words that begin as the one being typed.
    param([Parameter(Mandatory = $true)][string[]]$From, [string]$Word)

    $plain = $Word -replace '^[''"]|[''"]$', ''
    $From | Where-Object { $_ -like "$plain*" }
}
