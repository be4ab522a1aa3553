# Texts of strangers, made safe to show, as epm.exe does in its own output. The objects keep them as they are.

# Lone surrogates; tags and private use beyond U+FFFF; control, format, private-use and unassigned characters; line and
# paragraph separators; every space but U+0020; and what begins a command in the log of a pipeline.
$script:unsafe = '([\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]' +
'|[\uDB40\uDB80-\uDBFF][\uDC00-\uDFFF]|[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}|#(?=#(?:vso)?\[)|^:(?=:))'

function ConvertTo-EPMDisplayText {
    # Of a list each item. What has nothing unsafe in it stays what it is, so that views align numbers and write times.
    param($Value)

    $text = "$Value"
    if ($text -notmatch $script:unsafe) { return , $Value }
    if (@($Value).Count -gt 1) { return , @(foreach ($item in $Value) { ConvertTo-EPMDisplayText -Value $item }) }
    # What is kept and what is escaped take turns.
    $isKept = $false
    $parts = foreach ($part in ($text -split $script:unsafe)) {
        $isKept = -not $isKept
        if ($isKept) { $part; continue }
        $codePoint = [int]$part[0]
        if ($part.Length -eq 2) { $codePoint = ($codePoint - 0xD800) * 0x400 + [int]$part[1] - 0xDC00 + 0x10000 }
        '<U+{0:X4}>' -f $codePoint
    }
    -join $parts
}
