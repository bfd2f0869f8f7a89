using System.Text;
using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;

namespace Cake.PySign.Common.Ci;

/// <summary>The file whose Markdown GitHub shows on the page of the run.</summary>
internal static class StepSummary
{
    /// <summary>What GitHub shows of a step; more of it is dropped whole (workflow commands, adding a job summary).</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string Cut = "\n\nThere is more; a summary takes 1 MiB.\n";

    /// <summary>Adds to it, where there is one. What cannot be written there is a warning: the result of the stage is elsewhere, and a
    /// failure must not be hidden by another one.</summary>
    public static void Append(ICakeEnvironment environment, SafeLog log, Func<string> markdown)
    {
        if (environment.GetEnvironmentVariable("GITHUB_STEP_SUMMARY") is not { Length: > 0 } file)
        {
            return;
        }

        var text = log.Redactor.Redact(markdown());
        try
        {
            var path = new FilePath(file).MakeAbsolute(environment).FullPath;
            var room = MaxBytes - (File.Exists(path) ? new FileInfo(path).Length : 0);
#pragma warning disable RS0030 // Every step of the job adds to the one file.
            File.AppendAllText(path, Fitted(text, room));
#pragma warning restore RS0030
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning($"The summary of the run (GITHUB_STEP_SUMMARY, {file}) cannot be written: {e.Message}");
        }
    }

    /// <summary>As many whole lines as there is room for, outside of a block of code.</summary>
    private static string Fitted(string text, long room)
    {
        const string Fence = "```";
        if (Encoding.UTF8.GetByteCount(text) <= room)
        {
            return text;
        }

        var fitted = new StringBuilder();
        var (left, isCode) = (room - Encoding.UTF8.GetByteCount(Cut) - Fence.Length - 2, false);
        foreach (var line in text.Split('\n'))
        {
            left -= Encoding.UTF8.GetByteCount(line) + 1;
            if (left < 0)
            {
                break;
            }

            isCode ^= line.StartsWith(Fence, StringComparison.Ordinal);
            fitted.Append(line).Append('\n');
        }

        if (fitted.Length == 0)
        {
            return "";
        }

        return fitted.Append(isCode ? Fence : "").Append(Cut).ToString();
    }
}
