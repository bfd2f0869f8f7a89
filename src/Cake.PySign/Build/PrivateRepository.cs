using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using IoPath = System.IO.Path;

namespace Cake.PySign.Build;

/// <summary>
/// The <c>.git</c> of a copied work tree: a repository of its own that borrows the original's objects (gitrepository-layout,
/// <c>objects/info/alternates</c>) and has its refs, its index and what of its configuration bears on reading files. Nothing that is done
/// in the copy reaches the original, whether that is a plain repository, a second work tree or a submodule. Credentials, hooks and helper
/// programs do not come along (filters do: a file cannot be compared without them), because back ends are third-party code.
/// </summary>
internal sealed class PrivateRepository(GitRepository original, DirectoryPath copy, SafeLog log)
{
    private const int MaxNames = 200;

    private static readonly string[] _leftOutSections =
    [
        "alias",
        "credential",
        "gc",
        "gpg",
        "http",
        "include",
        "includeif",
        "maintenance",
        "pager",
        "safe",
        "url",
    ];

    private static readonly HashSet<string> _leftOutKeys = new(StringComparer.Ordinal)
    {
        "core.askpass",
        "core.bare",
        "core.editor",
        "core.fsmonitor",
        "core.gitproxy",
        "core.hookspath",
        "core.pager",
        "core.splitindex",
        "core.sshcommand",
        "core.untrackedcache",
        "core.worktree",
        "extensions.refstorage",
        "extensions.relativeworktrees",
        "extensions.worktreeconfig",
    };

    private readonly string _folder = IoPath.Combine(copy.FullPath, GitRepository.FolderName);

    /// <summary>What it stands for.</summary>
    public GitRepository Original => original;

    /// <summary>The work tree.</summary>
    public DirectoryPath Folder => copy;

    /// <summary>Writes it. The work tree is copied by somebody else.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var (refs, configuration) = (original.RefsAsync(cancellationToken), original.ConfigurationAsync(cancellationToken));
        foreach (var folder in new[] { "objects/info", "refs/heads", "info" })
        {
            Directory.CreateDirectory(IoPath.Combine(_folder, folder));
        }

        AtomicFile.Write(Inside("objects/info/alternates"), Alternate());
        CopyIfThere(original.CommonDir, "shallow");
        foreach (var name in new[] { "exclude", "attributes", "grafts", "sparse-checkout" })
        {
            CopyIfThere(original.CommonDir, $"info/{name}");
            CopyIfThere(original.GitDir, $"info/{name}");
        }

        CopyIfThere(original.GitDir, "index");
        foreach (var shared in Directory.EnumerateFiles(original.GitDir, "sharedindex.*"))
        {
            CopyIfThere(original.GitDir, IoPath.GetFileName(shared));
        }

        await WriteHeadAsync(cancellationToken).ConfigureAwait(false);
        var names = (await refs.ConfigureAwait(false)).Output.Where(line => line.Contains(' ', StringComparison.Ordinal));
        AtomicFile.Write(Inside("packed-refs"), string.Concat(names.Select(static name => name + "\n")));
        var values = string.Join('\n', (await configuration.ConfigureAwait(false)).Output);
        AtomicFile.Write(Inside("config"), Configuration(values));
    }

    /// <summary>Lets entries of the index count as being there although the copy does not have them (git-update-index,
    /// <c>--skip-worktree</c>).</summary>
    /// <param name="printed">Their names as git prints them.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task HideAsync(IReadOnlyCollection<string> printed, CancellationToken cancellationToken)
    {
        if (printed.Count == 0)
        {
            return;
        }

        var result = await original
            .Git.WriteAsync(copy, ["update-index", "--skip-worktree", "--stdin"], cancellationToken, string.Join('\n', printed) + "\n")
            .ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new PySignException(
                PySignFailure.ToolFailed,
                $"git cannot mark what a copy of '{original.Root}' leaves out:{Environment.NewLine}{result.Tail()}"
            );
        }
    }

    /// <summary>
    /// Makes the copy's work tree look to git as the original's does: what differs by our doing alone (an edited pyproject.toml, a link
    /// that had to lead elsewhere, a file whose filter is not on this machine) counts as unchanged in the copy's index. Versions that are
    /// computed from tags, distance, commit and "dirty" then come out as in the original.
    /// </summary>
    /// <param name="before">What <see cref="GitRepository.StatusAsync(CancellationToken)"/> said of the original.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task AlignAsync(IReadOnlyList<string> before, CancellationToken cancellationToken)
    {
        var now = await original.StatusAsync(copy, cancellationToken).ConfigureAwait(false);
        foreach (var names in now.Except(before, StringComparer.Ordinal).Select(line => Name(line[3..])).Chunk(MaxNames))
        {
            await original
                .Git.WriteAsync(copy, ["update-index", "--assume-unchanged", "--", .. names], cancellationToken)
                .ConfigureAwait(false);
        }

        if (before.Except(now, StringComparer.Ordinal).ToList() is { Count: > 0 } lost)
        {
            log.Information(
                "Changes that the work tree has and its copy shows differently: "
                    + $"{string.Join(", ", lost.Take(5).Select(line => line.Trim()))}"
            );
        }
    }

    private static string Name(string printed) => GitName.Read(printed) ?? printed;

    private string Inside(string name) => IoPath.Combine(_folder, name);

    private void CopyIfThere(string folder, string name)
    {
        var source = IoPath.Combine(folder, name);
        if (File.Exists(source))
        {
            File.Copy(source, Inside(name), overwrite: true);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Inside(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
    }

    // A path that starts with a quote is read as C does.
    private string Alternate()
    {
        var objects = IoPath.Combine(original.CommonDir, "objects").Replace('\\', '/');
        return objects.Any(char.IsControl) || objects.Contains('"', StringComparison.Ordinal)
            ? $"\"{objects.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"\n"
            : objects + "\n";
    }

    // Where refs are kept in tables (extensions.refStorage), the file says ".invalid" and git has to be asked.
    private async Task WriteHeadAsync(CancellationToken cancellationToken)
    {
        var path = IoPath.Combine(original.GitDir, "HEAD");
        var head = File.Exists(path) ? (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim() : "";
        if (head.Length == 0 || head.EndsWith(".invalid", StringComparison.Ordinal))
        {
            var branch = await original
                .Git.ReadAsync(original.Root, ["symbolic-ref", "-q", "HEAD"], cancellationToken)
                .ConfigureAwait(false);
            head = branch.Output.FirstOrDefault() is { Length: > 0 } name
                ? $"ref: {name}"
                : (
                    await original.Git.ReadAsync(original.Root, ["rev-parse", "HEAD"], cancellationToken).ConfigureAwait(false)
                ).Output.FirstOrDefault() ?? "ref: refs/heads/main";
        }

        AtomicFile.Write(Inside("HEAD"), head + "\n");
    }

    // "scope NUL key LF value NUL". What an include brought is in it already; one that depends on the folder (includeIf) would not match
    // the copy's, so then the user's own configuration is written down too.
    private static string Configuration(string listed)
    {
        var fields = listed.Split('\0');
        var entries = fields
            .Take(fields.Length - (fields.Length % 2))
            .Chunk(2)
            .Select(pair => (Scope: pair[0], Key: pair[1].Split('\n')[0], Value: After(pair[1])))
            .ToList();
        var withGlobal = entries.Exists(entry => entry.Key.StartsWith("includeif.", StringComparison.OrdinalIgnoreCase));
        var text = new StringBuilder();
        foreach (var (scope, key, value) in entries)
        {
            if ((scope is "local" or "worktree" || (withGlobal && scope == "global")) && !IsLeftOut(key))
            {
                Append(text, key, value);
            }
        }

        Append(text, "core.bare", "false");
        Append(text, "core.hookspath", "/dev/null");
        Append(text, "core.fsmonitor", "false");
        Append(text, "core.untrackedcache", "false");
        Append(text, "gc.auto", "0");
        Append(text, "maintenance.auto", "false");
        return text.ToString();
    }

    private static string? After(string entry) =>
        entry.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var at ? entry[(at + 1)..] : null;

    private static bool IsLeftOut(string key)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || _leftOutSections.Contains(key[..dot], StringComparer.OrdinalIgnoreCase) || _leftOutKeys.Contains(key);
    }

    private static void Append(StringBuilder text, string key, string? value)
    {
        var (first, last) = (key.IndexOf('.', StringComparison.Ordinal), key.LastIndexOf('.'));
        var subsection = first == last ? "" : $" \"{Escaped(key[(first + 1)..last])}\"";
        text.Append('[').Append(key.AsSpan(0, first)).Append(subsection).Append("]\n\t").Append(key.AsSpan(last + 1));
        if (value is not null)
        {
            var plain = key.EndsWith("url", StringComparison.Ordinal) ? WithoutUser(value) : value;
            text.Append(" = \"").Append(Escaped(plain).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        text.Append('\n');
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    // CI services put the job's token into the remote's address.
    private static string WithoutUser(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        var end = start < 0 ? -1 : url.IndexOf('/', start + 3);
        var at = start < 0 ? -1 : url.LastIndexOf('@', end < 0 ? url.Length - 1 : end);
        return at > start ? url[..(start + 3)] + url[(at + 1)..] : url;
    }
}
