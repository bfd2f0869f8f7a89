using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;

namespace Cake.PySign.Common.Ci;

/// <summary>The file whose Markdown GitHub shows on the page of the run.</summary>
internal static class StepSummary
{
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
            File.AppendAllText(new FilePath(file).MakeAbsolute(environment).FullPath, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Warning($"The summary of the run (GITHUB_STEP_SUMMARY, {file}) cannot be written: {e.Message}");
        }
    }
}
