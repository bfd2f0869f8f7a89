using System.Text.Json;
using System.Text.RegularExpressions;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>What the sandbox's PyPI holds. All members may be called from any thread.</summary>
public sealed partial class PyPiIndex
{
    private readonly Lock _gate = new();
    private readonly List<File> _files = [];
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _hidden = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _unproven = new(StringComparer.Ordinal);
    private readonly HashSet<string> _projects = new(StringComparer.Ordinal);
    private readonly HashSet<PyPiPublisher> _settled = [];

    /// <summary>The settings.</summary>
    public PyPiOptions Options { get; set; } = new();

    /// <summary>Project, version, file name and SHA-256 of every file.</summary>
    public IReadOnlyList<string> Stored
    {
        get
        {
            lock (_gate)
            {
                return [.. _files.Select(file => $"{file.Project} {file.Version} {file.Name} {file.Sha256}")];
            }
        }
    }

    /// <summary>Puts a file there as if it had been uploaded before, whatever an upload would have refused; one of that name is
    /// replaced.</summary>
    /// <param name="fileName">The file's name.</param>
    /// <param name="release">Project and version.</param>
    /// <param name="sha256">What the index says its SHA-256 is.</param>
    /// <param name="at">When it was uploaded.</param>
    /// <param name="provenance">Its provenance object, or null.</param>
    /// <param name="yanked">The reason why it is yanked, or null.</param>
    public void Plant(
        string fileName,
        (string Project, string Version) release,
        string sha256,
        DateTimeOffset at,
        JsonElement? provenance = null,
        string? yanked = null
    )
    {
        lock (_gate)
        {
            _files.RemoveAll(file => file.Name == fileName);
            _files.Add(
                new File
                {
                    Project = Normalize(release.Project),
                    Version = release.Version,
                    Name = fileName,
                    IsSdist = !fileName.EndsWith(".whl", StringComparison.Ordinal),
                    Sha256 = sha256,
                    At = at,
                    Provenance = provenance,
                    Yanked = yanked,
                }
            );
        }
    }

    /// <summary>Deletes a file as its owner would: its name stays taken permanently.</summary>
    public void Delete(string fileName)
    {
        lock (_gate)
        {
            _files.RemoveAll(file => file.Name == fileName);
            _deleted.Add(fileName);
        }
    }

    /// <summary>Forgets every file and the settings.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _files.Clear();
            _deleted.Clear();
            _hidden.Clear();
            _unproven.Clear();
            _projects.Clear();
            _settled.Clear();
            Options = new PyPiOptions();
        }
    }

    internal bool Exists(string project)
    {
        lock (_gate)
        {
            return _projects.Contains(project) || _files.Any(file => file.Project == project);
        }
    }

    /// <summary>The publishers as they stand: a pending one that was used is one of the project that it created.</summary>
    internal IEnumerable<PyPiPublisher> Publishers
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. Options
                        .Publishers.Select(one => _settled.Contains(one) ? one with { IsPending = false } : one)
                        .OrderByDescending(one => one.IsPending),
                ];
            }
        }
    }

    /// <summary>The first use of a pending publisher creates the project, empty, and makes it an ordinary one.</summary>
    /// <returns>False where the project is there already; the pending publisher is gone then.</returns>
    internal bool Settle(PyPiPublisher pending)
    {
        lock (_gate)
        {
            var created = !_files.Any(file => file.Project == pending.Project) && _projects.Add(pending.Project);
            if (created)
            {
                _settled.Add(pending);
            }
            else
            {
                Options = Options with { Publishers = [.. Options.Publishers.Where(one => one != pending)] };
            }

            return created;
        }
    }

    /// <summary>A project's files as its index shows them: new ones appear late where there is a delay.</summary>
    internal IReadOnlyList<File> Shown(string project)
    {
        lock (_gate)
        {
            var shown = _files.Where(file => file.Project == project && _hidden.GetValueOrDefault(file.Name) == 0).ToList();
            foreach (var file in _files.Where(file => file.Project == project && _hidden.GetValueOrDefault(file.Name) > 0))
            {
                _hidden[file.Name]--;
            }

            return shown;
        }
    }

    internal File? Find(string project, string fileName)
    {
        lock (_gate)
        {
            return _files.FirstOrDefault(file => file.Project == project && file.Name == fileName);
        }
    }

    /// <summary>A file's provenance as it is shown: late where there is a delay.</summary>
    internal JsonElement? ProvenanceOf(string project, string fileName)
    {
        lock (_gate)
        {
            if (_unproven.GetValueOrDefault(fileName) > 0)
            {
                _unproven[fileName]--;
                return null;
            }

            return _files.FirstOrDefault(file => file.Project == project && file.Name == fileName)?.Provenance;
        }
    }

    /// <summary>Adds a file; what stands against it is the reason phrase of the answer, and nothing for a file that is there
    /// already.</summary>
    internal string? Add(File added)
    {
        lock (_gate)
        {
            if (_files.FirstOrDefault(file => file.Name == added.Name) is { } same)
            {
                return same.Sha256 == added.Sha256
                    ? null
                    : $"File already exists ('{added.Name}', with blake2_256 hash '{same.Blake2}'). See "
                        + "https://pypi.org/help/#file-name-reuse for more information.";
            }

            var release = _files.Where(file => file.Project == added.Project && file.Version == added.Version).ToList();
            if (_files.FirstOrDefault(file => file.Sha256 == added.Sha256) is { } other)
            {
                return $"File already exists ('{other.Name}', with blake2_256 hash '{other.Blake2}'). See "
                    + "https://pypi.org/help/#file-name-reuse for more information.";
            }

            if (_deleted.Contains(added.Name))
            {
                return "This filename was previously used by a file that has since been deleted. Use a different version. See "
                    + "https://pypi.org/help/#file-name-reuse for more information.";
            }

            if (added.IsSdist && release.Any(file => file.IsSdist))
            {
                return "Only one sdist may be uploaded per release.";
            }

            if (release.Count > 0 && Options.ReleaseAgeDays > 14)
            {
                return "Uploading new files to releases older than 14 days is not allowed.";
            }

            _files.Add(added);
            _hidden[added.Name] = Options.IndexDelay;
            _unproven[added.Name] = Options.ProvenanceDelay;
            return null;
        }
    }

    /// <summary>PEP 503.</summary>
    internal static string Normalize(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("[-_.]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Separators();

    internal sealed record File
    {
        public required string Project { get; init; }

        public required string Version { get; init; }

        public required string Name { get; init; }

        public required bool IsSdist { get; init; }

        public required string Sha256 { get; init; }

        public required DateTimeOffset At { get; init; }

        public byte[] Content { get; init; } = [];

        public string Blake2 { get; init; } = "";

        public string RequiresPython { get; init; } = "";

        public JsonElement? Provenance { get; init; }

        public string? Yanked { get; init; }
    }
}
