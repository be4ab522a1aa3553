/** What a device is asked about its MDM policies; it runs in Windows PowerShell and only reads. */

/**
 * Input: `area`, the area of EPM's ADMX file, and `application`, its name. Registry keys are read by .NET, in the
 * 64-bit view. A key that is there and may not be read is named in `denied`, so that it is never taken for absent.
 */
export const READ_MDM = `
$machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')
$manager = 'SOFTWARE\\Microsoft\\PolicyManager'
$denied = New-Object 'System.Collections.Generic.List[object]'
$read = { param($path, $use)
  $key = $null
  try { $key = $machine.OpenSubKey($path) } catch { $denied.Add([string]$path) }
  if ($null -ne $key) { try { & $use $key } finally { $key.Close() } }
}
$names = { param($path) & $read $path { param($key) $key.GetSubKeyNames() } }
$values = { param($path) & $read $path { param($key)
  foreach ($name in $key.GetValueNames()) { @{ name = [string]$name; data = [string]$key.GetValue($name, '', 'DoNotExpandEnvironmentNames') } }
} }
$scoped = { param($path, $id)
  foreach ($scope in @(& $names $path)) {
    $found = @(& $values "$path\\$scope\\$($InputData.area)")
    if ($found.Count -gt 0) { @{ id = $id; scope = [string]$scope; values = $found } }
  }
}
$bridge = @{ state = 'absent'; error = ''; instances = @() }
if (Get-Command -Name Get-CimClass -ErrorAction SilentlyContinue) {
  try {
    $space = 'root/cimv2/mdm/dmmap'
    $classes = @(Get-CimClass -Namespace $space -ClassName "MDM_Policy_Result01_$($InputData.application)*" -ErrorAction SilentlyContinue)
    if ($classes.Count -eq 0) {
      # Any class at all tells a bridge without ours from no bridge.
      [void](Get-CimClass -Namespace $space -ClassName 'MDM_Policy_Result01_Update02' -ErrorAction Stop)
      $bridge.state = 'noClass'
    } else {
      $bridge.instances = @(foreach ($class in $classes) {
        foreach ($instance in Get-CimInstance -Namespace $space -ClassName $class.CimClassName -ErrorAction Stop) {
          @{ values = @(foreach ($property in $instance.CimInstanceProperties) {
            if ($null -ne $property.Value) { @{ name = [string]$property.Name; data = [string]$property.Value } }
          }) }
        }
      })
      $bridge.state = 'answered'
    }
  } catch {
    $bridge.state = 'failed'
    $bridge.error = [string]$_.Exception.Message
  }
}
$enrollments = 'SOFTWARE\\Microsoft\\Enrollments'
@{
  bridge = $bridge
  current = @(& $scoped "$manager\\current" '')
  providers = @(foreach ($id in @(& $names "$manager\\providers")) { & $scoped "$manager\\providers\\$id\\default" ([string]$id) })
  admx = @(foreach ($id in @(& $names "$manager\\AdmxInstalled")) {
    foreach ($version in @(& $names "$manager\\AdmxInstalled\\$id\\$($InputData.application)\\Policy")) {
      @{ enrollment = [string]$id; id = [string]$version }
    }
  })
  enrollments = @(foreach ($id in @(& $names $enrollments)) {
    & $read "$enrollments\\$id" { param($key)
      $provider = [string]$key.GetValue('ProviderID', '')
      if ($provider) { @{ id = [string]$id; provider = $provider; state = [string]$key.GetValue('EnrollmentState', '') } }
    }
  })
  denied = $denied.ToArray()
}`;
