using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>One project with its packages, in the order in which they came. All members may be called from any thread.</summary>
internal sealed partial class GitLabProject(GitLabProjectOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<PackageRow> _packages = [];
    private readonly List<StoredFile> _files = [];
    private readonly Dictionary<(long Package, string Name), StoredFile> _newest = [];
    private long _lastFile;

    public GitLabProjectOptions Options { get; private set; } = options;

    /// <summary>Changes the settings and keeps the packages.</summary>
    public void Reconfigure(GitLabProjectOptions next) => Options = next;

    /// <summary>The releases by tag.</summary>
    public ConcurrentDictionary<string, StoredRelease> Releases { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<PackageRow> Packages(string type)
    {
        lock (_gate)
        {
            return [.. _packages.Where(p => p.Type == type)];
        }
    }

    public IReadOnlyList<StoredFile> Files()
    {
        lock (_gate)
        {
            return [.. _files];
        }
    }

    /// <summary>Deletes a file: the row stays for a while, but nothing serves it any more, and an older one of its name comes to
    /// light.</summary>
    /// <returns>False when there is none.</returns>
    public bool Remove(long package, long file)
    {
        lock (_gate)
        {
            var row = _files.Find(f => f.Id == file && f.Package.Id == package);
            if (row is null)
            {
                return false;
            }

            _files.Remove(row);
            _newest.Remove((package, row.FileName));
            if (_files.FindLast(f => f.Package.Id == package && f.FileName == row.FileName) is { } older)
            {
                _newest[(package, row.FileName)] = older;
            }

            return true;
        }
    }

    /// <summary>PyPI files of every version whose normalized name is the one asked for.</summary>
    public IReadOnlyList<StoredFile> PyPiFiles(string name)
    {
        var wanted = Normalize(name);
        return [.. Files().Where(f => f.Package.Type == "pypi" && Normalize(f.Package.Name) == wanted)];
    }

    /// <summary>The newest generic file of that name: earlier ones are shadowed, not replaced.</summary>
    public StoredFile? GenericFile(string name, string version, string fileName)
    {
        lock (_gate)
        {
            return Package("generic", name, version) is { } package ? _newest.GetValueOrDefault((package.Id, fileName)) : null;
        }
    }

    /// <summary>The PyPI file of that name and claimed digest, of any package.</summary>
    public StoredFile? PyPiFile(string claimedSha256, string fileName)
    {
        lock (_gate)
        {
            return _packages
                .Where(package => package.Type == "pypi")
                .Select(package => _newest.GetValueOrDefault((package.Id, fileName)))
                .FirstOrDefault(file => file is not null && file.ClaimedSha256.Equals(claimedSha256, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Adds a file unless its name is taken in that package and must not be.</summary>
    /// <returns>The row, or null when the name is taken.</returns>
    public StoredFile? Add(NewFile file)
    {
        lock (_gate)
        {
            var package = Package(file.Type, file.Name, file.Version);
            if (package is not null && !file.MayBeThere && _newest.ContainsKey((package.Id, file.FileName)))
            {
                return null;
            }

            if (package is null)
            {
                package = new PackageRow(_packages.Count + 1, file.Type, file.Name, file.Version);
                _packages.Add(package);
            }

            var row = new StoredFile
            {
                Id = ++_lastFile,
                Package = package,
                FileName = file.FileName,
                Content = file.Content,
                ClaimedSha256 = string.IsNullOrEmpty(file.ClaimedSha256) ? file.Content.Sha256 : file.ClaimedSha256.ToLowerInvariant(),
                RequiresPython = file.RequiresPython,
                CreatedAt = time.GetUtcNow(),
            };
            _files.Add(row);
            _newest[(package.Id, file.FileName)] = row;
            return row;
        }
    }

    private PackageRow? Package(string type, string name, string version) =>
        _packages.FirstOrDefault(package => package.Type == type && package.Name == name && package.Version == version);

    /// <summary>PEP 503.</summary>
    public static string Normalize(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("[-_.]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Separators();
}
