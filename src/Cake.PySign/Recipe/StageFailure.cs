using Cake.Core;
using PySign.Http;

namespace Cake.PySign.Recipe;

/// <summary>How a stopped stage ends the script: Cake takes the exit code from a <see cref="CakeException"/>.</summary>
internal static class StageFailure
{
    /// <summary>The exit code of a cancelled run, as shells use it.</summary>
    public const int Cancelled = 130;

    public static CakeException Of(string task, ReleaseStage stage, Exception cause) =>
        cause switch
        {
            CakeException { ExitCode: not 1 } already => already,
            OperationCanceledException => new CakeException(
                Cancelled,
                $"{task}: cancelled. What was finished stays finished; run it again to go on.",
                cause
            ),
            IOException or UnauthorizedAccessException => new CakeException(
                (int)stage,
                ForeignText.Clean(
                    $"{task}: a file cannot be read or written: {cause.Message}{Environment.NewLine}  What to do: make room, or correct "
                        + "the permissions; then run again."
                ),
                cause
            ),
            _ => new CakeException((int)stage, ForeignText.Clean($"{task}: {cause.Message}"), cause),
        };
}
