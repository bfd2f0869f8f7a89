using System.Globalization;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>What git knows of the project. No git, or no repository, is an answer too.</summary>
internal sealed class VersionControl(IChildProcessRunner processes, ICakeEnvironment environment)
{
    private static readonly TimeSpan _time = TimeSpan.FromMinutes(1);

    /// <summary>The time of the last commit, for reproducible archives.</summary>
    public async Task<DateTimeOffset?> CommitTimeAsync(DirectoryPath project, CancellationToken cancellationToken)
    {
        var lines = await RunAsync(project, ["log", "-1", "--format=%ct"], cancellationToken).ConfigureAwait(false);
        return lines is [var line, ..] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }

    /// <summary>What is tracked below a folder, submodules included, relative to it with forward slashes; <see langword="null"/> outside a
    /// repository.</summary>
    public async Task<IReadOnlyCollection<string>?> TrackedAsync(DirectoryPath folder, CancellationToken cancellationToken)
    {
        var lines =
            await RunAsync(folder, ["ls-files", "--recurse-submodules"], cancellationToken).ConfigureAwait(false)
            ?? await RunAsync(folder, ["ls-files"], cancellationToken).ConfigureAwait(false);
        return lines is null ? null : [.. lines.Select(Unquoted)];
    }

    /// <summary>The folder that the repository's files lie in, or <see langword="null"/> outside one.</summary>
    public static DirectoryPath? WorkTree(DirectoryPath project)
    {
        for (var folder = new DirectoryInfo(project.FullPath); folder is not null; folder = folder.Parent)
        {
            if (IoPath.Exists(IoPath.Combine(folder.FullName, ".git")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    // git quotes a name that holds a quote, a backslash or a control character, as C does.
    private static string Unquoted(string name)
    {
        if (!name.StartsWith('"'))
        {
            return name;
        }

        var plain = new System.Text.StringBuilder();
        for (var i = 1; i < name.Length - 1; i++)
        {
            if (name[i] != '\\')
            {
                plain.Append(name[i]);
            }
            else if (char.IsAsciiDigit(name[++i]))
            {
                plain.Append((char)Convert.ToInt32(name.Substring(i, 3), 8));
                i += 2;
            }
            else
            {
                plain.Append(
                    name[i] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'a' => '\a',
                        'b' => '\b',
                        'f' => '\f',
                        'v' => '\v',
                        var same => same,
                    }
                );
            }
        }

        return plain.ToString();
    }

    // Only when the project itself is in a work tree: an unpacked sdist inside somebody's repository is not asked about.
    private async Task<IReadOnlyList<string>?> RunAsync(
        DirectoryPath project,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        if (WorkTree(project) is not { } root || Git() is not { } git)
        {
            return null;
        }

        var result = await processes
            .RunAsync(
                new ChildProcessStart
                {
                    Program = git,

                    // A CI checkout often belongs to another user, which git refuses unless told; reading runs none of the repository's
                    // programs.
                    Arguments = ["-c", $"safe.directory={root}", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", .. arguments],
                    WorkingDirectory = project,
                    Timeout = _time,
                    OutputVerbosity = Verbosity.Diagnostic,
                    KeptLines = int.MaxValue,
                    Variables = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GIT_OPTIONAL_LOCKS"] = "0", ["LC_ALL"] = "C" },
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        return result.ExitCode == 0 ? [.. result.Output.Where(line => line.Length > 0)] : null;
    }

    private FilePath? Git()
    {
        var name = OperatingSystem.IsWindows() ? "git.exe" : "git";
        return (environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(IoPath.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(IoPath.IsPathRooted)
            .Select(folder => IoPath.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
