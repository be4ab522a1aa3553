// Stand-ins for cmdlets of Microsoft.PowerShell.Utility and .Management that no package registry carries. Each has the
// parameters the module and its tests use, under their real names, and nothing more. README.md lists them.
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Runspaces;
using System.Numerics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Epm.PowerShellHost;

internal static class StandIns
{
    public static IEnumerable<SessionStateCommandEntry> Entries() =>
        typeof(StandIns).Assembly.GetTypes()
            .Select(type => (Type: type, Attribute: type.GetCustomAttribute<CmdletAttribute>()))
            .Where(pair => pair.Attribute is not null)
            .Select(pair => new SessionStateCmdletEntry($"{pair.Attribute!.VerbName}-{pair.Attribute.NounName}", pair.Type, null));

    /// <summary>Everything inside the engine's assembly that Microsoft's own cmdlets use through friend access.</summary>
    public static object? Engine(string type, params object[] arguments)
    {
        Type found = typeof(PSObject).Assembly.GetType($"Microsoft.PowerShell.Commands.Internal.Format.{type}", true)!;
        if (found.IsEnum) return Enum.Parse(found, (string)arguments[0]);
        return Activator.CreateInstance(found, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, arguments, null);
    }

    public static void SetImplementation(FrontEndCommandBase command, object? implementation) =>
        typeof(FrontEndCommandBase).GetField("implementation", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(command, implementation);

    public static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>Value of a property given by name, script block or @{Name/Label; Expression}.</summary>
    public static IEnumerable<(string Name, object? Value)> Evaluate(PSObject input, object property)
    {
        object? plain = Base(property);
        if (plain is IDictionary map)
        {
            object expression = Base(map["Expression"] ?? map["e"])!;
            string name = (map["Name"] ?? map["n"] ?? map["Label"] ?? map["l"] ?? expression).ToString()!;
            foreach ((_, object? value) in Evaluate(input, expression)) yield return (name, value);
        }
        else if (plain is ScriptBlock script)
        {
            var results = script.InvokeWithContext(null, [new PSVariable("_", input)]);
            yield return (script.ToString().Trim(), results.Count == 1 ? results[0] : results.Count == 0 ? null : results);
        }
        else
        {
            string name = plain!.ToString()!;
            if (!WildcardPattern.ContainsWildcardCharacters(name))
            {
                yield return (name, input.Properties[name]?.Value ?? (input.BaseObject as IDictionary)?[name]);
                yield break;
            }
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            foreach (PSPropertyInfo member in input.Properties.Where(member => pattern.IsMatch(member.Name))) yield return (member.Name, member.Value);
        }
    }

    public static int Compare(object? left, object? right)
    {
        (left, right) = (Base(left), Base(right));
        if (left is null || right is null) return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        try
        {
            return LanguagePrimitives.Compare(left, right, true, CultureInfo.InvariantCulture);
        }
        catch (ArgumentException)
        {
            return string.Compare(left.ToString(), right.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    public static Encoding Encode(string? name) => name?.ToLowerInvariant() switch
    {
        "ascii" => Encoding.ASCII,
        "unicode" or "utf16" => Encoding.Unicode,
        "utf8bom" => new UTF8Encoding(true),
        _ => new UTF8Encoding(false),
    };
}

// ---- writing -----------------------------------------------------------------------------------------------------

[Cmdlet(VerbsCommunications.Write, "Output")]
public sealed class WriteOutputStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true), AllowNull, AllowEmptyCollection]
    public PSObject? InputObject { get; set; }
    [Parameter] public SwitchParameter NoEnumerate { get; set; }
    protected override void ProcessRecord() => WriteObject(InputObject, !NoEnumerate);
}

[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostStandIn : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)] public object? Object { get; set; }
    [Parameter] public SwitchParameter NoNewline { get; set; }
    [Parameter] public object Separator { get; set; } = " ";
    [Parameter] public ConsoleColor ForegroundColor { get; set; }
    [Parameter] public ConsoleColor BackgroundColor { get; set; }
    protected override void ProcessRecord()
    {
        object? value = StandIns.Base(Object);
        string text = value is IEnumerable list and not string
            ? string.Join(Separator.ToString(), list.Cast<object>().Select(item => LanguagePrimitives.ConvertTo<string>(item)))
            : LanguagePrimitives.ConvertTo<string>(value);
        WriteInformation(new HostInformationMessage { Message = text, NoNewLine = NoNewline }, ["PSHOST"]);
    }
}

/// <summary>The real cmdlet's exception; its name is shown as the reason of the category.</summary>
public sealed class WriteErrorException(string message) : SystemException(message);

[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "NoException")]
public sealed class WriteErrorStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "NoException", ValueFromPipeline = true), Parameter(ParameterSetName = "WithException"), AllowEmptyString]
    public string Message { get; set; } = "";
    [Parameter(Mandatory = true, ParameterSetName = "WithException")] public Exception? Exception { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = "ErrorRecord")] public ErrorRecord? ErrorRecord { get; set; }
    [Parameter] public ErrorCategory Category { get; set; } = ErrorCategory.NotSpecified;
    [Parameter] public string ErrorId { get; set; } = "";
    [Parameter] public object? TargetObject { get; set; }
    [Parameter] public string RecommendedAction { get; set; } = "";
    [Parameter] public string CategoryActivity { get; set; } = "";
    [Parameter] public string CategoryReason { get; set; } = "";
    [Parameter] public string CategoryTargetName { get; set; } = "";
    [Parameter] public string CategoryTargetType { get; set; } = "";

    protected override void ProcessRecord()
    {
        Exception exception = Exception ?? new WriteErrorException(Message);
        string id = ErrorId.Length > 0 ? ErrorId : exception.GetType().FullName!;
        ErrorRecord record = ErrorRecord is null ? new ErrorRecord(exception, id, Category, TargetObject) : new ErrorRecord(ErrorRecord, null);
        if (ErrorRecord is null && Exception is not null && Message.Length > 0) record.ErrorDetails = new ErrorDetails(Message);
        if (RecommendedAction.Length > 0)
        {
            record.ErrorDetails ??= new ErrorDetails(Message.Length > 0 ? Message : exception.Message);
            record.ErrorDetails.RecommendedAction = RecommendedAction;
        }
        record.CategoryInfo.Activity = CategoryActivity.Length > 0 ? CategoryActivity : "Write-Error";
        if (CategoryReason.Length > 0) record.CategoryInfo.Reason = CategoryReason;
        if (CategoryTargetName.Length > 0) record.CategoryInfo.TargetName = CategoryTargetName;
        if (CategoryTargetType.Length > 0) record.CategoryInfo.TargetType = CategoryTargetType;
        // As the real cmdlet: the record belongs to the function that called Write-Error.
        if (GetVariableValue("MyInvocation") is InvocationInfo caller)
        {
            const BindingFlags hidden = BindingFlags.Instance | BindingFlags.NonPublic;
            typeof(ErrorRecord).GetMethod("SetInvocationInfo", hidden)!.Invoke(record, [caller]);
            typeof(ErrorRecord).GetProperty("PreserveInvocationInfoOnce", hidden)!.SetValue(record, true);
            record.CategoryInfo.Activity = CategoryActivity.Length > 0 ? CategoryActivity : "Write-Error";
        }
        WriteError(record);
    }
}

public abstract class WriteTextStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), AllowEmptyString, Alias("Msg")] public string Message { get; set; } = "";
}

[Cmdlet(VerbsCommunications.Write, "Warning")]
public sealed class WriteWarningStandIn : WriteTextStandIn { protected override void ProcessRecord() => WriteWarning(Message); }

[Cmdlet(VerbsCommunications.Write, "Verbose")]
public sealed class WriteVerboseStandIn : WriteTextStandIn { protected override void ProcessRecord() => WriteVerbose(Message); }

[Cmdlet(VerbsCommunications.Write, "Debug")]
public sealed class WriteDebugStandIn : WriteTextStandIn { protected override void ProcessRecord() => WriteDebug(Message); }

[Cmdlet(VerbsCommunications.Write, "Information")]
public sealed class WriteInformationStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("Msg", "Message"), AllowNull] public object? MessageData { get; set; }
    [Parameter(Position = 1)] public string[] Tags { get; set; } = [];
    protected override void ProcessRecord() => WriteInformation(MessageData!, Tags);
}

[Cmdlet(VerbsCommunications.Write, "Progress")]
public sealed class WriteProgressStandIn : PSCmdlet
{
    [Parameter(Position = 0)] public string Activity { get; set; } = "Processing";
    [Parameter(Position = 1)] public string Status { get; set; } = "Processing";
    [Parameter(Position = 2)] public int Id { get; set; }
    [Parameter] public int PercentComplete { get; set; } = -1;
    [Parameter] public int SecondsRemaining { get; set; } = -1;
    [Parameter] public string? CurrentOperation { get; set; }
    [Parameter] public int ParentId { get; set; } = -1;
    [Parameter] public SwitchParameter Completed { get; set; }
    protected override void ProcessRecord() => WriteProgress(new ProgressRecord(Id, Activity, Status)
    {
        PercentComplete = PercentComplete, SecondsRemaining = SecondsRemaining, CurrentOperation = CurrentOperation!, ParentActivityId = ParentId,
        RecordType = Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
    });
}

[Cmdlet(VerbsCommunications.Read, "Host")]
public sealed class ReadHostStandIn : PSCmdlet
{
    [Parameter(Position = 0, ValueFromRemainingArguments = true)] public object? Prompt { get; set; }
    protected override void ProcessRecord()
    {
        if (Prompt is null)
        {
            WriteObject(Host.UI.ReadLine());
            return;
        }
        string name = LanguagePrimitives.ConvertTo<string>(Prompt);
        var answers = Host.UI.Prompt("", "", [new System.Management.Automation.Host.FieldDescription(name)]);
        WriteObject(answers[name]);
    }
}

// ---- formatting: the engine's own implementation under the cmdlets' names ----------------------------------------

[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableStandIn : OuterFormatTableBase
{
    public FormatTableStandIn() => StandIns.SetImplementation(this, StandIns.Engine("InnerFormatShapeCommand", StandIns.Engine("FormatShape", "Table")!));
}

[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListStandIn : OuterFormatTableAndListBase
{
    public FormatListStandIn() => StandIns.SetImplementation(this, StandIns.Engine("InnerFormatShapeCommand", StandIns.Engine("FormatShape", "List")!));
}

public abstract class TextOutput : FrontEndCommandBase
{
    [Parameter] public int Width { get; set; } = 120;
    protected StringBuilder Text { get; } = new();
    protected override void BeginProcessing()
    {
        object inner = StandIns.Engine("OutputManagerInner")!;
        StandIns.SetImplementation(this, inner);
        object output = StandIns.Engine("TextWriterLineOutput", new StringWriter(Text) { NewLine = Environment.NewLine }, Width)!;
        inner.GetType().GetProperty("LineOutput", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(inner, output);
        base.BeginProcessing();
    }
}

[Cmdlet(VerbsData.Out, "String", DefaultParameterSetName = "NoNewLineFormatting")]
public sealed class OutStringStandIn : TextOutput
{
    [Parameter] public SwitchParameter Stream { get; set; }
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (!Stream) WriteObject(Text.ToString());
        else foreach (string line in Text.ToString().TrimEnd('\r', '\n').Split(Environment.NewLine)) WriteObject(line);
    }
}

[Cmdlet(VerbsData.Out, "File")]
public sealed class OutFileStandIn : TextOutput
{
    [Parameter(Mandatory = true, Position = 0), Alias("Path", "LiteralPath")] public string FilePath { get; set; } = "";
    [Parameter(Position = 1)] public string? Encoding { get; set; }
    [Parameter] public SwitchParameter Append { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }
    protected override void EndProcessing()
    {
        base.EndProcessing();
        string path = GetUnresolvedProviderPathFromPSPath(FilePath);
        if (Append) File.AppendAllText(path, Text.ToString(), StandIns.Encode(Encoding));
        else File.WriteAllText(path, Text.ToString(), StandIns.Encode(Encoding));
    }
}

// ---- objects -----------------------------------------------------------------------------------------------------

[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectStandIn : PSCmdlet
{
    private readonly Queue<PSObject> tail = new();
    private readonly List<object?> seen = [];
    private int position;
    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[]? Property { get; set; }
    [Parameter] public string? ExpandProperty { get; set; }
    [Parameter] public int First { get; set; } = int.MaxValue;
    [Parameter] public int Last { get; set; }
    [Parameter] public int Skip { get; set; }
    [Parameter] public SwitchParameter Unique { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null || position++ < Skip) return;
        if (Last > 0)
        {
            tail.Enqueue(InputObject);
            if (tail.Count > Last) tail.Dequeue();
        }
        else if (position <= (long)Skip + First) Emit(InputObject);
        // As the real cmdlet: with the last object wanted, the commands before it are stopped.
        if (Last == 0 && position == (long)Skip + First) throw StopUpstream();
    }

    private Exception StopUpstream() =>
        (Exception)Activator.CreateInstance(typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", true)!, this)!;

    protected override void EndProcessing()
    {
        foreach (PSObject item in tail) Emit(item);
    }

    private void Emit(PSObject item)
    {
        object? output = item;
        if (ExpandProperty is not null)
        {
            PSPropertyInfo? member = item.Properties[ExpandProperty];
            if (member is null) WriteError(new ErrorRecord(new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."), "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
            else WriteObject(member.Value, true);
            return;
        }
        if (Property is not null)
        {
            var selected = new PSObject();
            selected.TypeNames.Insert(0, $"Selected.{item.TypeNames[0]}");
            foreach (object property in Property)
                foreach ((string name, object? value) in StandIns.Evaluate(item, property))
                    if (selected.Properties[name] is null) selected.Properties.Add(new PSNoteProperty(name, value));
            output = selected;
        }
        if (Unique)
        {
            if (seen.Any(other => StandIns.Compare(other, output) == 0)) return;
            seen.Add(output);
        }
        WriteObject(output);
    }
}

[Cmdlet(VerbsDiagnostic.Measure, "Object")]
public sealed class MeasureObjectStandIn : PSCmdlet
{
    private readonly List<double> values = [];
    private int count;
    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public string? Property { get; set; }
    [Parameter] public SwitchParameter Sum { get; set; }
    [Parameter] public SwitchParameter Average { get; set; }
    [Parameter] public SwitchParameter Maximum { get; set; }
    [Parameter] public SwitchParameter Minimum { get; set; }
    protected override void ProcessRecord()
    {
        if (InputObject is null) return;
        count++;
        if (Sum || Average || Maximum || Minimum) values.Add(LanguagePrimitives.ConvertTo<double>(Property is null ? InputObject : InputObject.Properties[Property]?.Value));
    }
    protected override void EndProcessing()
    {
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty("Count", count));
        result.Properties.Add(new PSNoteProperty("Sum", Sum ? values.Sum() : null));
        result.Properties.Add(new PSNoteProperty("Average", Average && values.Count > 0 ? values.Average() : null));
        result.Properties.Add(new PSNoteProperty("Maximum", Maximum && values.Count > 0 ? values.Max() : null));
        result.Properties.Add(new PSNoteProperty("Minimum", Minimum && values.Count > 0 ? values.Min() : null));
        WriteObject(result);
    }
}

[Cmdlet("Sort", "Object")]
public sealed class SortObjectStandIn : PSCmdlet
{
    private readonly List<PSObject> items = [];
    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[]? Property { get; set; }
    [Parameter] public SwitchParameter Descending { get; set; }
    [Parameter] public SwitchParameter Unique { get; set; }
    protected override void ProcessRecord()
    {
        if (InputObject is not null) items.Add(InputObject);
    }
    protected override void EndProcessing()
    {
        var keyed = items.Select(item => (Item: item, Keys: Property is null ? [item] : Property.SelectMany(key => StandIns.Evaluate(item, key).Select(pair => pair.Value)).ToArray())).ToList();
        int Order(object?[] left, object?[] right)
        {
            for (int index = 0; index < Math.Min(left.Length, right.Length); index++)
            {
                int order = StandIns.Compare(left[index], right[index]);
                if (order != 0) return Descending ? -order : order;
            }
            return 0;
        }
        object?[]? last = null;
        foreach (var (item, keys) in keyed.Order(Comparer<(PSObject, object?[] Keys)>.Create((left, right) => Order(left.Keys, right.Keys))))
        {
            if (Unique && last is not null && Order(last, keys) == 0) continue;
            last = keys;
            WriteObject(item);
        }
    }
}

[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public string TypeName { get; set; } = "";
    [Parameter(Position = 1), Alias("Args")] public object[] ArgumentList { get; set; } = [];
    [Parameter] public IDictionary? Property { get; set; }
    protected override void ProcessRecord()
    {
        Type type = LanguagePrimitives.ConvertTo<Type>(TypeName);
        // The real cmdlet makes only the engine's core types in constrained language.
        if (SessionState.LanguageMode != PSLanguageMode.FullLanguage && type != typeof(PSObject))
            ThrowTerminatingError(new ErrorRecord(new PSNotSupportedException("Cannot create type. Only core types are supported in this language mode."), "CannotCreateTypeConstrainedLanguage", ErrorCategory.PermissionDenied, TypeName));
        object made = Activator.CreateInstance(type, [.. ArgumentList.Select(StandIns.Base)])!;
        var result = PSObject.AsPSObject(made);
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
        {
            if (result.Properties[entry.Key.ToString()!] is { } member) member.Value = entry.Value;
            else result.Properties.Add(new PSNoteProperty(entry.Key.ToString()!, entry.Value));
        }
        WriteObject(result);
    }
}

[Cmdlet(VerbsCommon.Add, "Member")]
public sealed class AddMemberStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter] public string? TypeName { get; set; }
    [Parameter(Position = 0)] public string? NotePropertyName { get; set; }
    [Parameter(Position = 1)] public object? NotePropertyValue { get; set; }
    [Parameter] public SwitchParameter PassThru { get; set; }
    protected override void ProcessRecord()
    {
        if (TypeName is not null) InputObject!.TypeNames.Insert(0, TypeName);
        if (NotePropertyName is not null) InputObject!.Properties.Add(new PSNoteProperty(NotePropertyName, NotePropertyValue));
        if (PassThru) WriteObject(InputObject);
    }
}

[Cmdlet(VerbsCommon.Get, "Date")]
public sealed class GetDateStandIn : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)] public DateTime Date { get; set; } = DateTime.Now;
    [Parameter] public string? Format { get; set; }
    protected override void ProcessRecord() => WriteObject(Format is null ? Date : Date.ToString(Format, CultureInfo.InvariantCulture));
}

[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = "Seconds")]
public sealed class StartSleepStandIn : PSCmdlet
{
    private readonly ManualResetEventSlim stopped = new();
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Seconds")] public double Seconds { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = "Milliseconds"), Alias("ms")] public int Milliseconds { get; set; }
    protected override void ProcessRecord() => stopped.Wait(ParameterSetName == "Seconds" ? TimeSpan.FromSeconds(Seconds) : TimeSpan.FromMilliseconds(Milliseconds));
    protected override void StopProcessing() => stopped.Set();
}

[Cmdlet(VerbsDiagnostic.Measure, "Command")]
public sealed class MeasureCommandStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public ScriptBlock? Expression { get; set; }
    protected override void EndProcessing()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        InvokeCommand.InvokeScript(false, Expression!, null);
        WriteObject(watch.Elapsed);
    }
}

[Cmdlet(VerbsData.Import, "PowerShellDataFile")]
public sealed class ImportPowerShellDataFileStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0), Alias("LiteralPath")] public string Path { get; set; } = "";
    protected override void ProcessRecord()
    {
        var tree = System.Management.Automation.Language.Parser.ParseFile(GetUnresolvedProviderPathFromPSPath(Path), out _, out _);
        var data = tree.Find(node => node is System.Management.Automation.Language.HashtableAst, false) as System.Management.Automation.Language.HashtableAst;
        WriteObject(data?.SafeGetValue());
    }
}

// ---- JSON --------------------------------------------------------------------------------------------------------

[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed partial class ConvertFromJsonStandIn : PSCmdlet
{
    private readonly StringBuilder text = new();
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), AllowEmptyString] public string InputObject { get; set; } = "";
    [Parameter] public int Depth { get; set; } = 1024;
    [Parameter] public SwitchParameter NoEnumerate { get; set; }
    [Parameter, ValidateSet("Default", "Local", "Utc", "Offset", "String")] public string DateKind { get; set; } = "Default";

    protected override void ProcessRecord() => text.AppendLine(InputObject);
    protected override void EndProcessing()
    {
        if (string.IsNullOrWhiteSpace(text.ToString())) return;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text.ToString(), new JsonDocumentOptions { MaxDepth = Depth });
            WriteObject(Convert(document.RootElement), !NoEnumerate);
        }
        catch (JsonException error)
        {
            ThrowTerminatingError(new ErrorRecord(new ArgumentException($"Conversion from JSON failed with error: {error.Message}"), "System.ArgumentException", ErrorCategory.NotSpecified, null));
        }
    }

    private object? Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var made = new PSObject();
                foreach (JsonProperty property in element.EnumerateObject()) made.Properties.Add(new PSNoteProperty(property.Name, Convert(property.Value)));
                return made;
            case JsonValueKind.Array: return element.EnumerateArray().Select(Convert).ToArray();
            case JsonValueKind.String:
                string value = element.GetString()!;
                return DateKind != "String" && Iso8601().IsMatch(value) && DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime date) ? date : value;
            case JsonValueKind.Number:
                if (element.TryGetInt64(out long whole)) return whole;
                return BigInteger.TryParse(element.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger big) ? big : element.GetDouble();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            default: return null;
        }
    }

    /// <summary>The real cmdlet turns such texts into dates; a module must be seen to cope with it.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$")]
    private static partial Regex Iso8601();
}

[Cmdlet(VerbsData.ConvertTo, "Json")]
public sealed class ConvertToJsonStandIn : PSCmdlet
{
    private readonly List<object?> items = [];
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), AllowNull] public object? InputObject { get; set; }
    [Parameter] public int Depth { get; set; } = 2;
    [Parameter] public SwitchParameter Compress { get; set; }
    [Parameter] public SwitchParameter AsArray { get; set; }
    protected override void ProcessRecord() => items.Add(InputObject);
    protected override void EndProcessing()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = !Compress, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer, items.Count == 1 && !AsArray ? items[0] : items, 0);
        WriteObject(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private void Write(Utf8JsonWriter writer, object? value, int level)
    {
        var wrapped = value as PSObject;
        value = StandIns.Base(value);
        switch (value)
        {
            case null: writer.WriteNullValue(); return;
            case string text: writer.WriteStringValue(text); return;
            case bool flag: writer.WriteBooleanValue(flag); return;
            case SwitchParameter flag: writer.WriteBooleanValue(flag); return;
            case DateTime date: writer.WriteStringValue(date.ToString("o", CultureInfo.InvariantCulture)); return;
            case Enum number: writer.WriteNumberValue(System.Convert.ToInt64(number, CultureInfo.InvariantCulture)); return;
            case double or float: writer.WriteNumberValue(System.Convert.ToDouble(value, CultureInfo.InvariantCulture)); return;
            case byte or short or int or long or uint or ushort or sbyte: writer.WriteNumberValue(System.Convert.ToInt64(value, CultureInfo.InvariantCulture)); return;
        }
        if (level > Depth)
        {
            writer.WriteStringValue(LanguagePrimitives.ConvertTo<string>(wrapped ?? value));
            return;
        }
        if (value is IDictionary map)
        {
            writer.WriteStartObject();
            foreach (DictionaryEntry entry in map)
            {
                writer.WritePropertyName(entry.Key.ToString()!);
                Write(writer, entry.Value, level + 1);
            }
            writer.WriteEndObject();
        }
        else if (value is IEnumerable list)
        {
            writer.WriteStartArray();
            foreach (object? item in list) Write(writer, item, level + 1);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (PSPropertyInfo member in (wrapped ?? PSObject.AsPSObject(value)).Properties)
            {
                writer.WritePropertyName(member.Name);
                Write(writer, member.Value, level + 1);
            }
            writer.WriteEndObject();
        }
    }
}

// ---- paths and items ---------------------------------------------------------------------------------------------

[Cmdlet(VerbsCommon.Join, "Path")]
public sealed class JoinPathStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)] public string Path { get; set; } = "";
    [Parameter(Mandatory = true, Position = 1)] public string ChildPath { get; set; } = "";
    protected override void ProcessRecord() => WriteObject(SessionState.Path.Combine(Path, ChildPath));
}

[Cmdlet(VerbsCommon.Split, "Path")]
public sealed class SplitPathStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("LiteralPath")] public string Path { get; set; } = "";
    [Parameter] public SwitchParameter Parent { get; set; }
    [Parameter] public SwitchParameter Leaf { get; set; }
    [Parameter] public SwitchParameter LeafBase { get; set; }
    [Parameter] public SwitchParameter Extension { get; set; }
    [Parameter] public SwitchParameter IsAbsolute { get; set; }
    protected override void ProcessRecord()
    {
        string leaf = SessionState.Path.ParseChildName(Path);
        if (Leaf) WriteObject(leaf);
        else if (LeafBase) WriteObject(System.IO.Path.GetFileNameWithoutExtension(leaf));
        else if (Extension) WriteObject(System.IO.Path.GetExtension(leaf));
        else if (IsAbsolute) WriteObject(SessionState.Path.IsPSAbsolute(Path, out _));
        else WriteObject(SessionState.Path.ParseParent(Path, string.Empty));
    }
}

public abstract class PathStandIn : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)] public string[] Path { get; set; } = [];
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("PSPath")] public string[]? LiteralPath { get; set; }
    protected string[] Paths => LiteralPath ?? Path;
    protected bool Literal => LiteralPath is not null;
}

[Cmdlet(VerbsDiagnostic.Test, "Path")]
public sealed class TestPathStandIn : PathStandIn
{
    [Parameter, Alias("Type")] public string PathType { get; set; } = "Any";
    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            bool exists;
            try
            {
                exists = InvokeProvider.Item.Exists(path, true, Literal);
            }
            catch (System.Management.Automation.DriveNotFoundException)
            {
                exists = false;
            }
            WriteObject(exists && PathType.ToLowerInvariant() switch
            {
                "leaf" => !InvokeProvider.Item.IsContainer(path),
                "container" => InvokeProvider.Item.IsContainer(path),
                _ => true,
            });
        }
    }
}

[Cmdlet(VerbsDiagnostic.Resolve, "Path")]
public sealed class ResolvePathStandIn : PathStandIn
{
    protected override void ProcessRecord()
    {
        foreach (string path in Paths) WriteObject(SessionState.Path.GetResolvedPSPathFromPSPath(Literal ? WildcardPattern.Escape(path) : path), true);
    }
}

[Cmdlet(VerbsData.Convert, "Path")]
public sealed class ConvertPathStandIn : PathStandIn
{
    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            if (Literal) WriteObject(SessionState.Path.GetUnresolvedProviderPathFromPSPath(path));
            else WriteObject(SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _), true);
        }
    }
}

[Cmdlet(VerbsCommon.Get, "Location")]
public sealed class GetLocationStandIn : PSCmdlet
{
    [Parameter] public string[]? PSProvider { get; set; }
    protected override void ProcessRecord() => WriteObject(PSProvider is null ? SessionState.Path.CurrentLocation : SessionState.Path.CurrentProviderLocation(PSProvider[0]));
}

[Cmdlet(VerbsCommon.Set, "Location")]
public sealed class SetLocationStandIn : PathStandIn
{
    protected override void ProcessRecord() => SessionState.Path.SetLocation(Paths[0]);
}

[Cmdlet(VerbsCommon.Get, "Item")]
public sealed class GetItemStandIn : PathStandIn
{
    [Parameter] public SwitchParameter Force { get; set; }
    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            try
            {
                WriteObject(InvokeProvider.Item.Get([path], Force, Literal), true);
            }
            catch (Exception error) when (error is ItemNotFoundException or System.Management.Automation.DriveNotFoundException)
            {
                WriteError(((IContainsErrorRecord)error).ErrorRecord);
            }
        }
    }
}

[Cmdlet(VerbsCommon.Get, "ChildItem")]
public sealed class GetChildItemStandIn : PathStandIn
{
    [Parameter(Position = 1)] public string? Filter { get; set; }
    [Parameter] public SwitchParameter Recurse { get; set; }
    [Parameter] public SwitchParameter File { get; set; }
    [Parameter] public SwitchParameter Directory { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }
    protected override void ProcessRecord()
    {
        var filter = Filter is null ? null : new WildcardPattern(Filter, WildcardOptions.IgnoreCase);
        foreach (PSObject item in InvokeProvider.ChildItem.Get(Paths.Length == 0 ? ["."] : Paths, Recurse, uint.MaxValue, Force, Literal))
        {
            if (File && item.BaseObject is not FileInfo || Directory && item.BaseObject is not DirectoryInfo) continue;
            if (filter is null || item.BaseObject is FileSystemInfo entry && filter.IsMatch(entry.Name)) WriteObject(item);
        }
    }
}

[Cmdlet(VerbsCommon.Get, "ItemProperty")]
public sealed class GetItemPropertyStandIn : PathStandIn
{
    [Parameter(Position = 1)] public string[]? Name { get; set; }
    protected override void ProcessRecord()
    {
        foreach (string path in Paths) WriteObject(InvokeProvider.Property.Get([path], [.. Name ?? []], Literal), true);
    }
}

[Cmdlet(VerbsCommon.New, "Item")]
public sealed class NewItemStandIn : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)] public string Path { get; set; } = "";
    [Parameter, Alias("Type")] public string ItemType { get; set; } = "File";
    [Parameter] public object? Value { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }
    protected override void ProcessRecord() => WriteObject(InvokeProvider.Item.New([Path], "", ItemType, Value!, Force), true);
}

[Cmdlet(VerbsCommon.Remove, "Item")]
public sealed class RemoveItemStandIn : PathStandIn
{
    [Parameter] public SwitchParameter Recurse { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }
    protected override void ProcessRecord() => InvokeProvider.Item.Remove(Paths, Recurse, Force, Literal);
}

[Cmdlet(VerbsCommon.Copy, "Item")]
public sealed class CopyItemStandIn : PathStandIn
{
    [Parameter(Mandatory = true, Position = 1)] public string Destination { get; set; } = "";
    [Parameter] public SwitchParameter Force { get; set; }
    protected override void ProcessRecord()
    {
        foreach (string path in Paths) InvokeProvider.Item.Copy([path], Destination, false, CopyContainers.CopyTargetContainer, Force, Literal);
    }
}

[Cmdlet(VerbsCommon.Get, "Content")]
public sealed class GetContentStandIn : PathStandIn
{
    [Parameter] public SwitchParameter Raw { get; set; }
    [Parameter] public string? Encoding { get; set; }
    protected override void ProcessRecord()
    {
        foreach (string path in Paths)
        {
            string file = GetUnresolvedProviderPathFromPSPath(path);
            if (Raw) WriteObject(File.ReadAllText(file, StandIns.Encode(Encoding)));
            else foreach (string line in File.ReadLines(file, StandIns.Encode(Encoding)))
            {
                var text = new PSObject(line);
                // As the real cmdlet: every line carries note properties.
                text.Properties.Add(new PSNoteProperty("PSPath", file));
                WriteObject(text);
            }
        }
    }
}

[Cmdlet(VerbsCommon.Set, "Content")]
public sealed class SetContentStandIn : PSCmdlet
{
    private readonly StringBuilder text = new();
    [Parameter(Mandatory = true, Position = 0), Alias("LiteralPath")] public string Path { get; set; } = "";
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true), AllowEmptyString, AllowNull] public object[]? Value { get; set; }
    [Parameter] public string? Encoding { get; set; }
    [Parameter] public SwitchParameter NoNewline { get; set; }
    protected override void ProcessRecord()
    {
        foreach (object item in Value ?? []) text.Append(item).Append(NoNewline ? "" : Environment.NewLine);
    }
    protected override void EndProcessing() => File.WriteAllText(GetUnresolvedProviderPathFromPSPath(Path), text.ToString(), StandIns.Encode(Encoding));
}
