using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>The one twine command line that is ever used. Never <c>--skip-existing</c>: it hides other bytes under the same name.</summary>
internal static class TwineCommand
{
    public static ChildProcessStart Upload(
        PythonInterpreter python,
        Uri repository,
        IEnumerable<FilePath> files,
        bool attestations,
        string userName,
        string password,
        DirectoryPath workingDirectory,
        TimeSpan timeout
    ) =>
        new()
        {
            Program = python.Path,
            Arguments =
            [
                "-m",
                "twine",
                "--no-color",
                "upload",
                "--non-interactive",
                "--disable-progress-bar",
                "--verbose",
                .. attestations ? ["--attestations"] : Array.Empty<string>(),
                "--repository-url",
                repository.AbsoluteUri,
                .. files.Select(file => file.FullPath),
            ],
            WorkingDirectory = workingDirectory,
            Variables = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["TWINE_USERNAME"] = userName,
                ["TWINE_PASSWORD"] = password,

                // twine wraps its output at the terminal's width, in the middle of the registry's message.
                ["COLUMNS"] = "4000",
                ["NO_COLOR"] = "1",
                ["FORCE_COLOR"] = null,
                ["PYTHONUTF8"] = "1",
                ["PYTHONUNBUFFERED"] = "1",
            },
            PassedVariables = ["TWINE_CERT", .. ProxyVariables.Names],
            Timeout = timeout,
            OutputVerbosity = Verbosity.Verbose,
        };
}
