using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>The one twine command line that is ever used. Never <c>--skip-existing</c>: it hides other bytes under the same name.</summary>
internal sealed class TwineCommand
{
    public required PythonInterpreter Python { get; init; }

    public required Uri Repository { get; init; }

    public required string UserName { get; init; }

    public required string Password { get; init; }

    public required DirectoryPath WorkingDirectory { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether the attestations among the files are uploaded as such.</summary>
    public bool Attestations { get; init; }

    public ChildProcessStart Upload(IEnumerable<FilePath> files) =>
        new()
        {
            Program = Python.Path,
            Arguments =
            [
                "-m",
                "twine",
                "--no-color",
                "upload",
                "--non-interactive",
                "--disable-progress-bar",
                "--verbose",
                .. Attestations ? ["--attestations"] : Array.Empty<string>(),
                "--repository-url",
                Repository.AbsoluteUri,
                .. files.Select(file => file.FullPath),
            ],
            WorkingDirectory = WorkingDirectory,
            Variables = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["TWINE_USERNAME"] = UserName,
                ["TWINE_PASSWORD"] = Password,

                // twine wraps its output at the terminal's width, in the middle of the registry's message.
                ["COLUMNS"] = "4000",
                ["NO_COLOR"] = "1",
                ["FORCE_COLOR"] = null,
                ["PYTHONUTF8"] = "1",
                ["PYTHONUNBUFFERED"] = "1",
            },
            PassedVariables = ["TWINE_CERT", .. ProxyVariables.Names],
            Timeout = Timeout,

            // It names each file when it begins with it: a release of a gigabyte may take an hour, one file may not.
            IsTimedByLine = true,
            OutputVerbosity = Verbosity.Verbose,
        };
}
