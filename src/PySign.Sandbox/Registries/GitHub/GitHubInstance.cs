using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PySign.Sandbox.Registries.GitHub;

/// <summary>The releases of the sandbox's GitHub repositories. All members may be called from any thread.</summary>
public sealed class GitHubInstance(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, GitHubRepositoryOptions> _repositories = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _gate = new();
    private readonly List<Release> _releases = [];
    private readonly List<Asset> _assets = [];
    private readonly HashSet<(string Repository, string Tag)> _usedUp = [];
    private readonly GitHubRateLimit _limit = new(time);
    private long _lastId;

    /// <summary>What repositories keep about the files that their jobs made.</summary>
    public GitHubAttestations Attestations { get; } = new();

    /// <summary>Creates a repository, or changes the settings of the one of that name and keeps its releases.</summary>
    public void Configure(GitHubRepositoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _repositories[options.Path] = options;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _repositories.Clear();
            _releases.Clear();
            _assets.Clear();
            _usedUp.Clear();
            _limit.Reset();
            Attestations.Reset();
        }
    }

    /// <summary>What is stored, for tests: <c>tag file sha256</c>, and <c>(draft)</c> or <c>(incomplete)</c> where it is.</summary>
    public IReadOnlyList<string> Stored(string path)
    {
        lock (_gate)
        {
            return
            [
                .. from asset in _assets.OrderBy(asset => asset.Name, StringComparer.Ordinal)
                join release in _releases on asset.Release equals release.Id
                where release.Repository == path
                select $"{release.Tag} {asset.Name} "
                    + $"{asset.Sha256}{(release.IsDraft ? " (draft)" : "")}{(asset.IsComplete ? "" : " (incomplete)")}",
            ];
        }
    }

    internal GitHubRepositoryOptions? Find(string path) => _repositories.GetValueOrDefault(path);

    /// <summary>Whether an Authorization header holds a token of any repository: a real token may still be no member of the one asked
    /// for.</summary>
    internal bool IsToken(string header) =>
        _repositories.Values.Any(repository => header == "Bearer " + repository.Token || header == "token " + repository.Token);

    /// <summary>The breaking of an upload is asked for once.</summary>
    internal bool TakeBreak(GitHubRepositoryOptions options) =>
        options.BreakNextUpload && _repositories.TryUpdate(options.Path, options with { BreakNextUpload = false }, options);

    internal IReadOnlyList<Release> Releases(string repository)
    {
        lock (_gate)
        {
            return [.. _releases.Where(release => release.Repository == repository).OrderByDescending(release => release.Id)];
        }
    }

    internal GitHubRateLimit Limit => _limit;

    /// <summary>Makes a release; the second value says why not.</summary>
    internal (Release? Release, ReleaseRefusal Refusal) Create(GitHubRepositoryOptions options, Release wanted)
    {
        lock (_gate)
        {
            if (!wanted.IsDraft && Refuse(options.Path, wanted.Tag, except: 0) is var refusal and not ReleaseRefusal.None)
            {
                return (null, refusal);
            }

            var release = wanted with
            {
                Id = ++_lastId,
                Repository = options.Path,
                IsImmutable = !wanted.IsDraft && options.ImmutableReleases,
            };
            _releases.Add(release);
            return (release, ReleaseRefusal.None);
        }
    }

    /// <summary>Changes a release; publishing a draft may be refused, and ends what may be changed where releases are immutable.</summary>
    internal (Release? Release, ReleaseRefusal Refusal) Change(GitHubRepositoryOptions options, long id, Func<Release, Release> change)
    {
        lock (_gate)
        {
            if (_releases.FirstOrDefault(release => release.Id == id && release.Repository == options.Path) is not { } known)
            {
                return (null, ReleaseRefusal.NotFound);
            }

            var next = change(known);
            if (known.IsDraft && !next.IsDraft)
            {
                if (Refuse(options.Path, next.Tag, id) is var refusal and not ReleaseRefusal.None)
                {
                    return (null, refusal);
                }

                next = next with { IsImmutable = options.ImmutableReleases };
            }

            _releases[_releases.IndexOf(known)] = next;
            return (next, ReleaseRefusal.None);
        }
    }

    /// <summary>Deletes a release and its files; the tag of an immutable one is used up.</summary>
    internal bool Delete(string repository, long id)
    {
        lock (_gate)
        {
            if (_releases.FirstOrDefault(release => release.Id == id && release.Repository == repository) is not { } known)
            {
                return false;
            }

            if (known.IsImmutable)
            {
                _usedUp.Add((repository, known.Tag));
            }

            _assets.RemoveAll(asset => asset.Release == id);
            return _releases.Remove(known);
        }
    }

    private ReleaseRefusal Refuse(string repository, string tag, long except) =>
        _usedUp.Contains((repository, tag)) ? ReleaseRefusal.TagUsedUp
        : _releases.Any(one => one.Repository == repository && one.Tag == tag && !one.IsDraft && one.Id != except) ? ReleaseRefusal.Taken
        : ReleaseRefusal.None;

    internal IReadOnlyList<Asset> Assets(long release)
    {
        lock (_gate)
        {
            return [.. _assets.Where(asset => asset.Release == release)];
        }
    }

    internal (Release Release, Asset Asset)? FindAsset(string repository, long id)
    {
        lock (_gate)
        {
            return
                _assets.FirstOrDefault(asset => asset.Id == id) is { } asset
                && _releases.First(release => release.Id == asset.Release) is var release
                && release.Repository == repository
                ? (release, asset)
                : null;
        }
    }

    /// <returns>Null where the release has a file of that name, complete or not.</returns>
    internal Asset? Add(long release, string name, byte[] content, bool complete)
    {
        lock (_gate)
        {
            if (_assets.Any(asset => asset.Release == release && asset.Name == name))
            {
                return null;
            }

            var asset = new Asset(++_lastId, release, name, content, complete, _releases.First(one => one.Id == release).Tag);
            _assets.Add(asset);
            return asset;
        }
    }

    internal bool Remove(Asset asset)
    {
        lock (_gate)
        {
            return _assets.Remove(asset);
        }
    }

    internal sealed record Release(long Id, string Repository, string Tag, string Name, bool IsDraft, string Body = "")
    {
        public bool IsImmutable { get; init; }
    }

    internal enum ReleaseRefusal
    {
        None,
        NotFound,
        Taken,
        TagUsedUp,
    }

    internal sealed record Asset(long Id, long Release, string Name, byte[] Content, bool IsComplete, string Tag)
    {
        public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Content));
    }
}
