using System.Globalization;
using Cake.Core;
using Cake.Core.Diagnostics;
using PySign.Http;

namespace Cake.PySign.Common.Logging;

/// <summary>
/// What a CI service folds and shows by: groups of GitHub, sections of GitLab, and an error on the page of the run. These lines are
/// commands to the service; what is not ours in them is escaped as the service reads it.
/// </summary>
internal sealed class CiMarks(ICakeContext context, TimeProvider time)
{
    private readonly bool _gitHub = Is(context, "GITHUB_ACTIONS");
    private readonly bool _gitLab = Is(context, "GITLAB_CI");

    public void Begin(string name)
    {
        if (_gitHub)
        {
            Write($"::group::{name}");
        }
        else if (_gitLab)
        {
            Write($"section_start:{Now()}:{Section(name)}\r\u001b[0K{name}");
        }
    }

    public void End(string name)
    {
        if (_gitHub)
        {
            Write("::endgroup::");
        }
        else if (_gitLab)
        {
            Write($"section_end:{Now()}:{Section(name)}\r\u001b[0K");
        }
    }

    /// <summary>An annotation of the run; with a file, at its line.</summary>
    public void Error(string title, string message, string? file = null, int? line = null)
    {
        if (_gitHub)
        {
            Write(Annotation("error", title, message, file, line));
        }
    }

    /// <summary>GitHub's command that annotates a run.</summary>
    public static string Annotation(string level, string title, string message, string? file = null, int? line = null)
    {
        var at = file is null ? "" : string.Create(CultureInfo.InvariantCulture, $"file={Property(file)},line={line ?? 1},");
        return $"::{level} {at}title={Property(title)}::{Data(message)}";
    }

    // As actions/toolkit escapes them: the data of a command, and a property's value, in which two further characters end it.
    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal)
            .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(ForeignText.Line(text)).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private static string Section(string name) => name.ToLowerInvariant().Replace('-', '_');

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private static bool Is(ICakeContext context, string variable) =>
        context.Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    private void Write(string command) => context.Log.Write(Verbosity.Normal, LogLevel.Information, "{0}", command);
}
