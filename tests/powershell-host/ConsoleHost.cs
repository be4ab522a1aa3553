using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace Epm.PowerShellHost;

internal sealed class ConsoleHost(bool interactive) : PSHost
{
    private readonly ConsoleUi ui = new(interactive);

    /// <summary>Set by <c>exit</c>.</summary>
    public int? ExitCode { get; private set; }
    public override string Name => "ConsoleHost";
    public override Version Version => Program.PSVersion();
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override PSHostUserInterface UI => ui;
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture { get; } = new("en-US", false);
    public override void SetShouldExit(int exitCode) => ExitCode ??= exitCode;
    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");
    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
}

/// <summary>Output goes to standard output, errors to standard error, answers come from standard input.</summary>
internal sealed class ConsoleUi(bool interactive) : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUi();
    public override bool SupportsVirtualTerminal => false;

    // The engine decorates headings and errors; a host without a virtual terminal takes the decoration off again.
    public override void Write(string value) => Console.Out.Write(Plain(value));
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Console.Out.Write(Plain(value));
    public override void WriteLine(string value) => Console.Out.WriteLine(Plain(value));
    public override void WriteErrorLine(string value) => Console.Error.WriteLine(Plain(value));
    public override void WriteDebugLine(string message) => Console.Out.WriteLine($"DEBUG: {message}");
    public override void WriteVerboseLine(string message) => Console.Out.WriteLine($"VERBOSE: {message}");
    public override void WriteWarningLine(string message) => Console.Out.WriteLine($"WARNING: {message}");

    /// <summary>As pwsh: progress is for a terminal, never for redirected output.</summary>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (interactive && !Console.IsErrorRedirected && record.RecordType == ProgressRecordType.Processing)
            Console.Error.WriteLine($"{record.Activity}: {record.StatusDescription}");
    }

    public override string ReadLine() => Answer();

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        foreach (char character in Answer()) secret.AppendChar(character);
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireInteractive();
        WriteHeading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = new PSObject(Answer());
        }
        return answers;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive();
        WriteHeading(caption, message);
        (string Key, string Label)[] offered = [.. choices.Select(choice => Split(choice.Label))];
        string menu = string.Join("  ", offered.Select(choice => $"[{choice.Key}] {choice.Label}"));
        while (true)
        {
            Write(defaultChoice >= 0 ? $"{menu} (default is \"{offered[defaultChoice].Key}\"): " : $"{menu}: ");
            string answer = Answer().Trim();
            if (answer.Length == 0 && defaultChoice >= 0) return defaultChoice;
            int index = Array.FindIndex(offered, choice =>
                choice.Key.Equals(answer, StringComparison.OrdinalIgnoreCase) || choice.Label.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (index >= 0) return index;
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        RequireInteractive();
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = Answer();
        }
        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    private static string Plain(string text) => new StringDecorated(text).ToString(OutputRendering.PlainText);

    private string Answer()
    {
        RequireInteractive();
        return Console.In.ReadLine() ?? throw new HostException("Standard input ended before the question was answered.");
    }

    private void RequireInteractive()
    {
        if (!interactive) throw new PSInvalidOperationException("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");
    }

    private void WriteHeading(string caption, string message)
    {
        if (!string.IsNullOrEmpty(caption) || !string.IsNullOrEmpty(message)) WriteLine(string.Empty);
        if (!string.IsNullOrEmpty(caption)) WriteLine(caption);
        if (!string.IsNullOrEmpty(message)) WriteLine(message);
    }

    private static (string Key, string Label) Split(string label)
    {
        int mark = label.IndexOf('&');
        return mark < 0 || mark + 1 >= label.Length ? (label, label) : (label[mark + 1].ToString().ToUpperInvariant(), label.Remove(mark, 1));
    }
}

/// <summary>A window of fixed size, so that formatted output does not depend on where the tests run.</summary>
internal sealed class ConsoleRawUi : PSHostRawUserInterface
{
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;
    public override Size BufferSize { get; set; } = new(120, 3000);
    public override Size WindowSize { get; set; } = new(120, 50);
    public override Coordinates CursorPosition { get; set; }
    public override Coordinates WindowPosition { get; set; }
    public override int CursorSize { get; set; } = 25;
    public override string WindowTitle { get; set; } = "PowerShell";
    public override Size MaxPhysicalWindowSize => new(120, 50);
    public override Size MaxWindowSize => new(120, 50);
    public override bool KeyAvailable => false;
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException("This host reads lines, not keys.");
    public override void FlushInputBuffer() { }
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException("This host has no screen buffer.");
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) { }
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) { }
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) { }
}
