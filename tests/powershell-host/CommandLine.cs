using System.Text;

namespace Epm.PowerShellHost;

/// <summary>The switches of pwsh that scripts and test drivers use (about_Pwsh).</summary>
internal sealed class CommandLine
{
    public bool NonInteractive { get; private set; }
    public bool NoExit { get; private set; }
    public bool ShowVersion { get; private set; }
    /// <summary>Not a switch of pwsh: the session is put into constrained language once it is set up.</summary>
    public bool ConstrainedLanguage { get; private set; }
    public string? ExecutionPolicy { get; private set; }
    public string? WorkingDirectory { get; private set; }
    /// <summary>Script text; null with neither a file: statements come from standard input.</summary>
    public string? Command { get; private set; }
    public string? File { get; private set; }
    public List<string> FileArguments { get; } = [];
    public bool ReadsStandardInput => Command is null && File is null;

    private static readonly string[] Switches =
        ["noprofile", "noninteractive", "nologo", "noexit", "interactive", "login", "mta", "sta", "version", "constrainedlanguage", "noprofileloadtime"];

    private static readonly string[] Valued =
        ["command", "file", "executionpolicy", "outputformat", "inputformat", "encodedcommand", "workingdirectory", "windowstyle", "configurationname", "settingsfile", "custompipename"];

    private static readonly Dictionary<string, string> Short = new()
    {
        ["c"] = "command", ["f"] = "file", ["ep"] = "executionpolicy", ["ex"] = "executionpolicy", ["e"] = "encodedcommand", ["ec"] = "encodedcommand",
        ["o"] = "outputformat", ["of"] = "outputformat", ["if"] = "inputformat", ["wd"] = "workingdirectory", ["w"] = "windowstyle",
        ["nop"] = "noprofile", ["noni"] = "noninteractive", ["nol"] = "nologo", ["noe"] = "noexit", ["i"] = "interactive", ["l"] = "login", ["v"] = "version",
    };

    /// <exception cref="ArgumentException">A switch is unknown or lacks its value.</exception>
    public static CommandLine Parse(string[] arguments)
    {
        var result = new CommandLine();
        for (int index = 0; index < arguments.Length; index++)
        {
            string text = arguments[index];
            string? name = text.Length > 1 && (text[0] == '-' || (text[0] == '/' && OperatingSystem.IsWindows())) ? Resolve(text) : null;
            if (name is null)
            {
                // As pwsh does: the first word that is no switch is a script file.
                result.SetFile(arguments, index);
                return result;
            }
            if (Switches.Contains(name))
            {
                result.Set(name);
                continue;
            }
            if (index + 1 >= arguments.Length) throw new ArgumentException($"The switch {text} needs a value.");
            switch (name)
            {
                case "command":
                    string command = string.Join(' ', arguments[(index + 1)..]);
                    if (command != "-") result.Command = command;
                    return result;
                case "file":
                    if (arguments[index + 1] != "-") result.SetFile(arguments, index + 1);
                    return result;
                case "encodedcommand":
                    result.Command = Encoding.Unicode.GetString(Convert.FromBase64String(arguments[++index]));
                    break;
                case "executionpolicy":
                    result.ExecutionPolicy = arguments[++index];
                    break;
                case "workingdirectory":
                    result.WorkingDirectory = arguments[++index];
                    break;
                case "outputformat" or "inputformat":
                    if (!arguments[++index].Equals("text", StringComparison.OrdinalIgnoreCase))
                        throw new ArgumentException($"The switch {text} takes Text only in this host.");
                    break;
                default:
                    index++;
                    break;
            }
        }
        return result;
    }

    private void SetFile(string[] arguments, int index)
    {
        File = arguments[index];
        FileArguments.AddRange(arguments[(index + 1)..]);
    }

    private void Set(string name)
    {
        switch (name)
        {
            case "noninteractive": NonInteractive = true; break;
            case "noexit": NoExit = true; break;
            case "version": ShowVersion = true; break;
            case "constrainedlanguage": ConstrainedLanguage = true; break;
        }
    }

    private static string Resolve(string text)
    {
        string name = text.TrimStart('-', '/').ToLowerInvariant();
        if (Short.TryGetValue(name, out string? full)) return full;
        string[] found = [.. Switches.Concat(Valued).Where(candidate => candidate == name)];
        if (found.Length == 0) found = [.. Switches.Concat(Valued).Where(candidate => candidate.StartsWith(name, StringComparison.Ordinal))];
        return found.Length == 1 ? found[0] : throw new ArgumentException($"The switch {text} is unknown to this host.");
    }
}
