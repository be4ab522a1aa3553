# Generated from src/model/audit-record.ts by `npm run generate`. Do not edit.
function ConvertTo-EPMAuditRecord {
    # From one event of the `audit` channel.
    param([Parameter(Mandatory = $true)]$Message)

    $value = @{}
    foreach ($property in $Message.record.PSObject.Properties) { $value[$property.Name] = $property.Value }
    New-EPMObject -TypeName 'EPM.AuditRecord' -Property ([ordered]@{
            Sequence           = [long]$value['sequence']
            Time               = ConvertTo-EPMTime -Value $value['eventDateTime']
            Event              = ConvertTo-EPMText -Value $value['event']
            ElevationType      = ConvertTo-EPMText -Value $value['elevationType']
            UserSid            = ConvertTo-EPMText -Value $value['userSid']
            UserName           = ConvertTo-EPMText -Value $value['upn']
            DeviceName         = ConvertTo-EPMText -Value $value['deviceName']
            FilePath           = ConvertTo-EPMText -Value $value['filePath']
            ArgumentList       = ConvertTo-EPMArgumentList -Value $value['arguments']
            Justification      = ConvertTo-EPMText -Value $value['justification']
            ProcessId          = $value['processId']
            ExitCode           = $value['result']
            Rule               = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'name')
            PolicyId           = ConvertTo-EPMText -Value (Get-EPMMember -InputObject $value['rule'] -Name 'policyId')
            Notes              = ConvertTo-EPMArgumentList -Value $value['notes']
            Reason             = ConvertTo-EPMText -Value $value['reason']
            ErrorCode          = ConvertTo-EPMText -Value $value['errorCode']
            Message            = ConvertTo-EPMText -Value $value['message']
            AccountSid         = ConvertTo-EPMText -Value $value['accountSid']
            AccountFactory     = ConvertTo-EPMText -Value $value['accountFactory']
            Sha256             = ConvertTo-EPMText -Value $value['hash']
            ProductName        = ConvertTo-EPMText -Value $value['productName']
            InternalName       = ConvertTo-EPMText -Value $value['internalName']
            FileVersion        = ConvertTo-EPMText -Value $value['fileVersion']
            FileDescription    = ConvertTo-EPMText -Value $value['fileDescription']
            CompanyName        = ConvertTo-EPMText -Value $value['companyName']
            CertificatePayload = ConvertTo-EPMText -Value $value['certificatePayload']
            RequestId          = ConvertTo-EPMText -Value $value['requestId']
            PreviousHash       = ConvertTo-EPMText -Value $value['previousHash']
            RecordHash         = ConvertTo-EPMText -Value $value['recordHash']
            Truncated          = [bool](Get-EPMMember -InputObject $Message -Name 'truncated')
        })
}
