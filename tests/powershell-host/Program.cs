using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text;

namespace Epm.PowerShellHost;

/// <summary>A console program around the PowerShell engine that takes pwsh's switches and gives pwsh's exit codes.</summary>
internal static class Program
{
    private static PowerShell? running;

    private static int Main(string[] arguments)
    {
        UseUtf8();
        CommandLine line;
        try
        {
            line = CommandLine.Parse(arguments);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            Console.Error.WriteLine(error.Message);
            return 64;
        }
        if (line.ShowVersion)
        {
            Console.Out.WriteLine($"PowerShell {PSVersion()}");
            return 0;
        }
        // The engine reads the process scope of the execution policy from this variable, as pwsh sets it.
        if (line.ExecutionPolicy is not null) Environment.SetEnvironmentVariable("PSExecutionPolicyPreference", line.ExecutionPolicy);
        if (line.WorkingDirectory is not null) Environment.CurrentDirectory = line.WorkingDirectory;
        Console.CancelKeyPress += (_, stop) =>
        {
            stop.Cancel = true;
            Volatile.Read(ref running)?.BeginStop(null, null);
        };
        return Run(line);
    }

    private static int Run(CommandLine line)
    {
        var host = new ConsoleHost(!line.NonInteractive);
        InitialSessionState initial = InitialSessionState.CreateDefault2();
        initial.Commands.Add(StandIns.Entries());
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, initial);
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        using (PowerShell setup = PowerShell.Create(runspace)) setup.AddScript("$PSStyle.OutputRendering = 'PlainText'").Invoke();
        if (line.ConstrainedLanguage) runspace.SessionStateProxy.LanguageMode = PSLanguageMode.ConstrainedLanguage;

        bool succeeded = true;
        if (line.File is not null) succeeded = RunFile(runspace, host, line);
        else if (line.Command is not null) succeeded = RunScript(runspace, host, line.Command);
        if (host.ExitCode is null && (line.ReadsStandardInput || line.NoExit)) succeeded = RunInput(runspace, host);
        return host.ExitCode ?? (succeeded ? 0 : 1);
    }

    private static bool RunFile(Runspace runspace, ConsoleHost host, CommandLine line)
    {
        string path = Path.GetFullPath(line.File!);
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"The argument '{line.File}' is not recognized as the name of a script file. Check the spelling of the name, or if a path was included, verify that the path is correct and try again.");
            host.SetShouldExit(64);
            return false;
        }
        RethrowExit(runspace);
        using PowerShell shell = PowerShell.Create(runspace);
        shell.AddCommand(path, useLocalScope: false);
        AddArguments(shell, line.FileArguments);
        bool succeeded = Invoke(shell, host, out ErrorRecord? failure);
        // pwsh -File gives the exit code of the script; only an error that ended the script is a failure.
        return succeeded || failure is null;
    }

    private static void AddArguments(PowerShell shell, List<string> arguments)
    {
        for (int index = 0; index < arguments.Count; index++)
        {
            string text = arguments[index];
            if (text.Length < 2 || text[0] != '-' || !char.IsLetter(text[1]))
            {
                shell.AddArgument(text);
                continue;
            }
            int colon = text.IndexOf(':');
            if (colon > 0)
            {
                string value = text[(colon + 1)..];
                object bound = value.ToLowerInvariant() switch { "$true" => true, "$false" => false, _ => value };
                shell.AddParameter(text[1..colon], bound);
            }
            else
            {
                bool hasValue = index + 1 < arguments.Count && !(arguments[index + 1].Length > 1 && arguments[index + 1][0] == '-' && char.IsLetter(arguments[index + 1][1]));
                if (hasValue) shell.AddParameter(text[1..], arguments[++index]);
                else shell.AddParameter(text[1..]);
            }
        }
    }

    /// <summary>As pwsh -Command: success is what the last statement left in $?.</summary>
    private static bool RunScript(Runspace runspace, ConsoleHost host, string script)
    {
        const string answer = "__hostSucceeded";
        ScriptBlockAst tree = Parser.ParseInput(script, out _, out ParseError[] errors);
        bool plain = errors.Length == 0 && tree.BeginBlock is null && tree.ProcessBlock is null;
        runspace.SessionStateProxy.SetVariable(answer, true);
        using PowerShell shell = PowerShell.Create(runspace);
        // The end of the outer pipeline sets $? anew, so it is read as the last statement of the script itself.
        shell.AddScript(plain ? $"{script}\n$global:{answer} = $?" : script, useLocalScope: false);
        return Invoke(shell, host, out _) && runspace.SessionStateProxy.GetVariable(answer) is true;
    }

    /// <summary>Runs statements from standard input one by one; a statement may span lines and ends with a blank line at the latest.</summary>
    private static bool RunInput(Runspace runspace, ConsoleHost host)
    {
        var statement = new StringBuilder();
        bool succeeded = true;
        while (host.ExitCode is null)
        {
            if (!Console.IsInputRedirected) Console.Out.Write(statement.Length == 0 ? "PS> " : ">> ");
            string? text = Console.In.ReadLine();
            if (text is null && statement.Length == 0) break;
            if (text is not null) statement.Append(text).Append('\n');
            string script = statement.ToString();
            Parser.ParseInput(script, out _, out ParseError[] errors);
            if (errors.Any(error => error.IncompleteInput) && !string.IsNullOrEmpty(text)) continue;
            statement.Clear();
            if (!string.IsNullOrWhiteSpace(script)) succeeded = RunScript(runspace, host, script);
        }
        return succeeded;
    }

    private static bool Invoke(PowerShell shell, ConsoleHost host, out ErrorRecord? failure)
    {
        failure = null;
        shell.Commands.AddCommand(new Command("Out-Default") { MergeUnclaimedPreviousCommandResults = PipelineResultTypes.Error | PipelineResultTypes.Output });
        Volatile.Write(ref running, shell);
        try
        {
            shell.Invoke();
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (ExitException)
        {
            return true;
        }
        catch (RuntimeException error)
        {
            failure = error.ErrorRecord;
            Report(shell.Runspace, host, failure);
            return false;
        }
        finally
        {
            Volatile.Write(ref running, null);
        }
    }

    private static void Report(Runspace runspace, ConsoleHost host, ErrorRecord failure)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        var record = new PSObject(failure);
        // Out-Default sends an object with this mark to the error output, in the view $ErrorView asks for.
        record.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.AddCommand("Out-Default");
        try
        {
            shell.Invoke(new Collection<PSObject> { record });
        }
        catch (RuntimeException)
        {
            host.UI.WriteErrorLine(failure.ToString());
        }
    }

    /// <summary>Makes `exit` inside a script file reach the host instead of only setting $LASTEXITCODE; pwsh does it through friend access.</summary>
    private static void RethrowExit(Runspace runspace)
    {
        const BindingFlags hidden = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        object context = runspace.GetType().GetProperty("ExecutionContext", hidden)!.GetValue(runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", hidden)!.SetValue(context, true);
    }

    internal static Version PSVersion()
    {
        string text = System.Diagnostics.FileVersionInfo.GetVersionInfo(typeof(PSObject).Assembly.Location).ProductVersion ?? "7.6";
        return Version.Parse(text.Split(' ', '-', '+')[0]);
    }

    /// <summary>Streams are opened directly: under redirection the console's own code page must not touch the bytes.</summary>
    private static void UseUtf8()
    {
        var encoding = new UTF8Encoding(false);
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), encoding) { AutoFlush = true });
        Console.SetError(new StreamWriter(Console.OpenStandardError(), encoding) { AutoFlush = true });
        if (Console.IsInputRedirected) Console.SetIn(new StreamReader(Console.OpenStandardInput(), encoding));
    }
}
