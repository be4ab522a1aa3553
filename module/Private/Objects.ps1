# The objects the cmdlets write. They are made by cmdlets, because constrained language has no other way, and so are the
# same in every language mode. Member names are part of the module's interface.

function New-EPMObject {
    param([string]$TypeName, [Parameter(Mandatory = $true)]$Property)

    $object = New-Object -TypeName 'PSObject' -Property $Property
    if ($TypeName) { Add-EPMType -InputObject $object -TypeName $TypeName }
    $object
}

function Add-EPMType {
    # Gives an object its type, and what its views show texts by: a view of a module sees none of the module's functions.
    param([Parameter(Mandatory = $true)]$InputObject, [Parameter(Mandatory = $true)][string]$TypeName)

    $shown = { param($Value) ConvertTo-EPMDisplayText -Value $Value }
    Add-Member -InputObject $InputObject -TypeName $TypeName -MemberType 'ScriptMethod' -Name 'Shown' -Value $shown
}

function ConvertTo-EPMArgumentList {
    # Always an array, also for none or one.
    param($Value)

    $texts = @(foreach ($item in @($Value)) { if ($null -ne $item) { ConvertTo-EPMText -Value $item } })
    return , [string[]]$texts
}
