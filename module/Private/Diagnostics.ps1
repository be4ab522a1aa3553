# What EPM says about an input: its code for programs, its place and its words for people.

function ConvertTo-EPMPlace {
    # From the place of a diagnostic; nothing for the input, or the rule, as a whole.
    param($Place)

    if ($null -eq $Place) { return $null }
    New-EPMObject -TypeName 'EPM.Place' -Property ([ordered]@{
            Pointer  = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Place -Name 'pointer')
            Registry = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Place -Name 'registry')
            OmaUri   = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Place -Name 'omaUri')
            Line     = Get-EPMMember -InputObject $Place -Name 'line'
            Column   = Get-EPMMember -InputObject $Place -Name 'column'
            Offset   = Get-EPMMember -InputObject $Place -Name 'offset'
        })
}

function ConvertTo-EPMDiagnostic {
    # One diagnostic of an answer or of a verb.
    param([Parameter(Mandatory = $true)]$Diagnostic)

    New-EPMObject -TypeName 'EPM.Diagnostic' -Property ([ordered]@{
            Code     = [string]$Diagnostic.code
            Severity = [string]$Diagnostic.severity
            Message  = ConvertTo-EPMText -Value $Diagnostic.message
            Hint     = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $Diagnostic -Name 'hint')
            Place    = ConvertTo-EPMPlace -Place (Get-EPMMember -InputObject $Diagnostic -Name 'place')
            Data     = Get-EPMMember -InputObject $Diagnostic -Name 'data'
        })
}

function Get-EPMPlaceText {
    # A place in one line, as the command line writes it.
    param($Place)

    $where = "$(Get-EPMMember -InputObject $Place -Name 'registry')$(Get-EPMMember -InputObject $Place -Name 'omaUri')$(Get-EPMMember -InputObject $Place -Name 'pointer')"
    ConvertTo-EPMText -Value $where
}
