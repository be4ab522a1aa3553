# The objects the cmdlets write. They are made by cmdlets, because constrained language has no other way, and so are the
# same in every language mode. Member names are part of the module's interface.

function New-EPMObject {
    param([string]$TypeName, [Parameter(Mandatory = $true)]$Property)

    $object = New-Object -TypeName 'PSObject' -Property $Property
    if ($TypeName) { Add-Member -InputObject $object -TypeName $TypeName }
    $object
}

function ConvertTo-EPMArgumentList {
    # Always an array, also for none or one.
    param($Value)

    $texts = @(foreach ($item in @($Value)) { if ($null -ne $item) { ConvertTo-EPMText -Value $item } })
    return , [string[]]$texts
}
