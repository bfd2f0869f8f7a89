using Cake.Core.IO;

namespace Cake.PySign.Common.Processes;

/// <summary>A Python that can import the module asked for.</summary>
internal sealed record PythonInterpreter(FilePath Path, string Version, string Module, string ModuleVersion)
{
    /// <summary>What it said to the question that it was asked in addition; <see langword="null"/> when it had no answer.</summary>
    public string? Answer { get; init; }
}

/// <summary>Code that prints one line of answer.</summary>
/// <param name="Code">Python; its arguments begin at <c>sys.argv[1]</c>.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Mark">What its line begins with.</param>
internal sealed record PythonQuestion(string Code, IReadOnlyList<string> Arguments, string Mark)
{
    /// <summary>The code as the body of another statement.</summary>
    public string Indented => string.Join('\n', Code.Split('\n').Select(line => "    " + line.TrimEnd('\r')));

    /// <summary>The answer in what a process printed.</summary>
    public string? In(ChildProcessResult result) =>
        result.ExitCode == 0 && result.Output.FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal)) is { } line
            ? line[Mark.Length..]
            : null;
}
