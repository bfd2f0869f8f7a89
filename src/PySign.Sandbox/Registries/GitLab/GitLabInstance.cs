using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>The sandbox's GitLab: its projects and the folder that holds what was uploaded.</summary>
public sealed class GitLabInstance
{
    private readonly ConcurrentDictionary<long, GitLabProject> _projects = new();
    private readonly string _storage;
    private readonly TimeProvider _time;

    /// <summary>Makes an instance without projects.</summary>
    /// <param name="stateDirectory">Uploaded bytes go below this folder.</param>
    /// <param name="time">The clock of the rows' dates.</param>
    public GitLabInstance(string stateDirectory, TimeProvider? time = null)
    {
        _storage = Path.Combine(stateDirectory, "gitlab");
        _time = time ?? TimeProvider.System;
        Directory.CreateDirectory(_storage);
    }

    /// <summary>Creates a project, or changes the settings of the one with that id and keeps its packages.</summary>
    public void Configure(GitLabProjectOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _projects.AddOrUpdate(
            options.Id,
            _ => new GitLabProject(options, _time),
            (_, existing) =>
            {
                existing.Reconfigure(options);
                return existing;
            }
        );
    }

    /// <summary>Forgets every project, its packages and their bytes.</summary>
    public void Reset()
    {
        _projects.Clear();
        Directory.Delete(_storage, recursive: true);
        Directory.CreateDirectory(_storage);
    }

    /// <summary>What is stored, for tests: every row of every project, oldest first.</summary>
    public IReadOnlyList<StoredPackageFile> Stored() =>
        [
            .. _projects
                .Values.OrderBy(p => p.Options.Id)
                .SelectMany(p =>
                    p.Files()
                        .Select(f => new StoredPackageFile(p.Options.Path, f.Package.Type, f.FileName)
                        {
                            Name = f.Package.Name,
                            Version = f.Package.Version,
                            Sha256 = f.Sha256,
                            Size = f.Size,
                        })
                ),
        ];

    /// <summary>The releases of every project, for tests.</summary>
    public IReadOnlyList<StoredRelease> Releases() =>
        [.. _projects.Values.SelectMany(project => project.Releases.Values).OrderBy(release => release.Tag, StringComparer.Ordinal)];

    internal IEnumerable<GitLabProject> Projects => _projects.Values;

    /// <summary>The project with that numeric id or URL-encoded full path.</summary>
    internal GitLabProject? Find(string id)
    {
        var plain = Uri.UnescapeDataString(id);
        return long.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? _projects.GetValueOrDefault(number)
            : _projects.Values.FirstOrDefault(p => p.Options.Path.Equals(plain, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Every token of every project: a token is real even where its project is not the one asked for.</summary>
    internal GitLabCredential? FindCredential(Func<GitLabCredential, bool> isIt) =>
        _projects.Values.SelectMany(p => p.Options.Credentials).FirstOrDefault(isIt);

    /// <summary>Writes a body to storage while hashing it.</summary>
    /// <returns>Null when the body is larger than <paramref name="limit"/> bytes; nothing is kept of it then.</returns>
    internal async Task<ReceivedFile?> Receive(Stream body, long limit, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_storage, Guid.NewGuid().ToString("N"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 17];
        long size = 0;
        var complete = false;
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                int read;
                while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    size += read;
                    if (size > limit)
                    {
                        return null;
                    }

                    hash.AppendData(buffer, 0, read);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }
            }

            complete = true;
            return new ReceivedFile(path, size, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        finally
        {
            if (!complete)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Forgets bytes that did not become part of a package.</summary>
    internal static void Discard(ReceivedFile received) => File.Delete(received.Path);
}

/// <summary>A stored file as tests see it.</summary>
/// <param name="Project">The path of its project.</param>
/// <param name="Type">The type of its package: <c>generic</c> or <c>pypi</c>.</param>
/// <param name="FileName">Its name.</param>
public sealed record StoredPackageFile(string Project, string Type, string FileName)
{
    /// <summary>The package's name.</summary>
    public required string Name { get; init; }

    /// <summary>The package's version.</summary>
    public required string Version { get; init; }

    /// <summary>The digest of its bytes, in hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many bytes it has.</summary>
    public required long Size { get; init; }
}
