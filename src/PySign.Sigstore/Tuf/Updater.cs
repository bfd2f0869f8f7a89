using System.Globalization;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// Fetches and stores for a <see cref="TrustedMetadataSet"/>, which alone decides what is believed (specification 5.2 to 5.7).
/// One instance is one refresh and the lookups after it; it is not for use by several threads at once.
/// </summary>
internal sealed class Updater
{
    private readonly TufAddresses _addresses;
    private readonly TufFetcher _fetcher;
    private readonly TufCache _cache;
    private readonly TufLimits _limits;
    private readonly TrustedMetadataSet _trusted;
    private readonly bool _offline;

    /// <param name="root">The root that is believed without proof.</param>
    /// <param name="addresses">Where the repository is.</param>
    /// <param name="fetcher">How it is asked.</param>
    /// <param name="cache">What was stored before; targets are kept in it too.</param>
    /// <param name="now">The time of the refresh; null to work offline, from the cache alone.</param>
    /// <param name="limits">Bounds on everything that is read.</param>
    public Updater(
        ReadOnlyMemory<byte> root,
        TufAddresses addresses,
        TufFetcher fetcher,
        TufCache cache,
        DateTimeOffset? now,
        TufLimits? limits = null
    )
    {
        _addresses = addresses;
        _fetcher = fetcher;
        _cache = cache;
        _limits = limits ?? TufLimits.Default;
        _offline = now is null;
        _trusted = new TrustedMetadataSet(root, now);
    }

    /// <summary>What is believed now.</summary>
    public TrustedMetadataSet Trusted => _trusted;

    /// <summary>Brings the top-level metadata up to date, or, offline, loads it from the cache.</summary>
    /// <exception cref="TufException">The repository cannot be believed or reached; what was believed before stays in the
    /// cache.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await UpdateRootsAsync(cancellationToken).ConfigureAwait(false);
        await UpdateTimestampAsync(cancellationToken).ConfigureAwait(false);
        await UpdateSnapshotAsync(cancellationToken).ConfigureAwait(false);
        await TargetsAsync(TargetsRole.Top, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds a target over the delegations, in their order, depth first (5.6.7).</summary>
    /// <exception cref="TufException">No role that may speak about the target lists it.</exception>
    public async Task<TargetFile> FindTargetAsync(string name, CancellationToken cancellationToken)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<TargetsRole>([TargetsRole.Top]);
        while (open.TryPop(out var role))
        {
            if (!visited.Add(role.Name))
            {
                continue;
            }

            if (visited.Count > _limits.Delegations)
            {
                throw TufRefusal.Attack(
                    TufFailure.TooManyDelegations,
                    Subject(name),
                    string.Create(CultureInfo.InvariantCulture, $"at most {_limits.Delegations} roles to ask"),
                    "more"
                );
            }

            var metadata = await TargetsAsync(role, cancellationToken).ConfigureAwait(false);
            if (metadata.Targets.TryGetValue(name, out var target))
            {
                return target;
            }

            PushDelegations(open, role, metadata.Delegations.Where(delegation => delegation.Covers(name)));
        }

        throw new TufException(
            TufFailure.UnknownTarget,
            Subject(name),
            "a role that lists it",
            "none",
            "Check the target's name; the repository may not publish it."
        );
    }

    /// <summary>The first delegation is asked next; after a terminating one nobody else is, here or further up.</summary>
    private static void PushDelegations(Stack<TargetsRole> open, TargetsRole role, IEnumerable<DelegatedRole> delegations)
    {
        var next = new List<TargetsRole>();
        foreach (var delegation in delegations)
        {
            next.Add(new TargetsRole(delegation.Name, role, delegation));
            if (delegation.Terminating)
            {
                open.Clear();
                break;
            }
        }

        next.Reverse();
        next.ForEach(open.Push);
    }

    /// <summary>A target's verified bytes: from the cache where they are still the right ones, else downloaded and stored (5.7).</summary>
    public async Task<byte[]> DownloadTargetAsync(TargetFile target, CancellationToken cancellationToken)
    {
        var subject = Subject(target.Name);
        if (target.Length > _limits.TargetBytes)
        {
            throw TufRefusal.Attack(
                TufFailure.TooLarge,
                subject,
                string.Create(CultureInfo.InvariantCulture, $"at most {_limits.TargetBytes} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"{target.Length}")
            );
        }

        var cacheName = TufCache.TargetName(target.Name);
        if (_cache.Read(cacheName, target.Length) is { } cached && Matches(target, cached))
        {
            return cached;
        }

        var address = _addresses.Target(target, _trusted.Root.ConsistentSnapshot);
        var bytes =
            await FetchAsync(address, target.Length, subject, cancellationToken).ConfigureAwait(false) ?? throw Missing(subject, address);
        CheckTarget(target, bytes);
        _cache.Write(cacheName, bytes);
        return bytes;
    }

    private static string Subject(string target) => $"target {TufRefusal.Shown(target)}";

    private static string FileName(string role) => (TopLevel.Contains(role) ? role : CacheNames.Encode(role)) + ".json";

    private static string HistoryName(long version) =>
        Path.Combine("root_history", string.Create(CultureInfo.InvariantCulture, $"{version}.root.json"));

    private static void CheckTarget(TargetFile target, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != target.Length)
        {
            throw TufRefusal.Attack(
                TufFailure.LengthMismatch,
                Subject(target.Name),
                string.Create(CultureInfo.InvariantCulture, $"{target.Length} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}")
            );
        }

        target.Digest.Check(bytes, Subject(target.Name));
    }

    private static bool Matches(TargetFile target, ReadOnlySpan<byte> bytes)
    {
        try
        {
            CheckTarget(target, bytes);
            return true;
        }
        catch (TufException)
        {
            // An older version of the target, or a damaged file: it is fetched again.
            return false;
        }
    }

    private static TufException Missing(string subject, Uri address) =>
        new(
            TufFailure.MissingFile,
            subject,
            $"a file at {address.AbsolutePath}",
            "none",
            "The mirror is incomplete; try again later or use another mirror."
        );

    /// <summary>
    /// Walks the chain of roots from the one that came with the program, first over those stored, then over those that the
    /// repository has: a stored root counts only because the chain leads to it, and no mirror can hide what is stored.
    /// </summary>
    private async Task UpdateRootsAsync(CancellationToken cancellationToken)
    {
        while (
            _cache.Read(HistoryName(_trusted.Root.Document.Version + 1), _limits.RootBytes) is { } stored
            && Try(() => _trusted.UpdateRoot(stored))
        )
        {
            // Each stored root was checked as if it had just come.
        }

        for (var rotations = 0; !_offline; rotations++)
        {
            var version = _trusted.Root.Document.Version + 1;
            var address = _addresses.Metadata(TopLevel.Root, version);
            if (await FetchAsync(address, _limits.RootBytes, TopLevel.Root, cancellationToken).ConfigureAwait(false) is not { } next)
            {
                break;
            }

            if (rotations == _limits.RootRotations)
            {
                throw TufRefusal.Attack(
                    TufFailure.TooManyRoots,
                    TopLevel.Root,
                    string.Create(CultureInfo.InvariantCulture, $"at most {_limits.RootRotations} new roots"),
                    "more"
                );
            }

            var previous = _trusted.Root;
            _trusted.UpdateRoot(next);
            if (_trusted.Root.RotatesOnlineKeys(previous))
            {
                // Before the root is stored: a run that ends in between must not leave the old ones with the new root (5.3.11).
                _cache.Delete(FileName(TopLevel.Timestamp));
                _cache.Delete(FileName(TopLevel.Snapshot));
            }

            // An expired root is stored too (5.3.8 comes before 5.3.10). root.json is for people and other tools; only the chain is read.
            _cache.Write(HistoryName(version), next);
            _cache.Write(FileName(TopLevel.Root), next);
        }
    }

    private async Task UpdateTimestampAsync(CancellationToken cancellationToken)
    {
        var name = FileName(TopLevel.Timestamp);
        var loaded = _cache.Read(name, _limits.TimestampBytes) is { } stored && Try(() => _trusted.LoadTimestamp(stored));
        if (_offline)
        {
            if (!loaded)
            {
                throw NotStored(TopLevel.Timestamp);
            }

            _trusted.KeepTimestamp();
            return;
        }

        var address = _addresses.Metadata(TopLevel.Timestamp, null);
        var fresh =
            await FetchAsync(address, _limits.TimestampBytes, TopLevel.Timestamp, cancellationToken).ConfigureAwait(false)
            ?? throw Missing(TopLevel.Timestamp, address);
        if (_trusted.UpdateTimestamp(fresh))
        {
            await StoreAsync(
                    name,
                    _trusted.Timestamp.Document,
                    _trusted.Root.Timestamp,
                    _limits.TimestampBytes,
                    static f => TimestampMetadata.Parse(f).Document,
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
    }

    private async Task UpdateSnapshotAsync(CancellationToken cancellationToken)
    {
        var name = FileName(TopLevel.Snapshot);
        var current = false;
        if (_cache.Read(name, _limits.SnapshotBytes) is { } stored)
        {
            Try(() => current = _trusted.LoadSnapshot(stored));
        }

        if (current)
        {
            return;
        }

        var announced = _trusted.Timestamp.Snapshot;
        var address = _addresses.Metadata(TopLevel.Snapshot, _trusted.Root.ConsistentSnapshot ? announced.Version : null);
        var fresh =
            await FetchAsync(
                    address,
                    Math.Min(announced.Length ?? long.MaxValue, _limits.SnapshotBytes),
                    TopLevel.Snapshot,
                    cancellationToken
                )
                .ConfigureAwait(false)
            ?? throw Missing(TopLevel.Snapshot, address);
        _trusted.UpdateSnapshot(fresh);
        await StoreAsync(
                name,
                _trusted.Snapshot.Document,
                _trusted.Root.Snapshot,
                _limits.SnapshotBytes,
                static f => SnapshotMetadata.Parse(f).Document,
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private async Task<TargetsMetadata> TargetsAsync(TargetsRole role, CancellationToken cancellationToken)
    {
        if (_trusted.Targets(role) is { } known)
        {
            return known;
        }

        var name = FileName(role.Name);
        if (_cache.Read(name, _limits.TargetsBytes) is { } stored && Try(() => _trusted.UpdateTargets(role, stored)))
        {
            return _trusted.Targets(role)!;
        }

        var announced = _trusted.Announced(role.Name);
        var address = _addresses.Metadata(role.Name, _trusted.Root.ConsistentSnapshot ? announced.Version : null);
        var fresh =
            await FetchAsync(address, Math.Min(announced.Length ?? long.MaxValue, _limits.TargetsBytes), role.Subject, cancellationToken)
                .ConfigureAwait(false)
            ?? throw Missing(role.Subject, address);
        var targets = _trusted.UpdateTargets(role, fresh);
        _cache.Write(name, fresh);
        return targets;
    }

    private async Task<byte[]?> FetchAsync(Uri address, long maxBytes, string subject, CancellationToken cancellationToken) =>
        _offline
            ? throw NotStored(subject)
            : await _fetcher.FetchAsync(address, maxBytes, subject, cancellationToken).ConfigureAwait(false);

    private Task StoreAsync(
        string name,
        MetadataDocument fresh,
        RoleKeys signers,
        int maxBytes,
        Func<byte[], MetadataDocument> parse,
        CancellationToken cancellationToken
    ) =>
        _cache.WriteNewerAsync(
            name,
            fresh.File,
            maxBytes,
            present =>
                Try(() =>
                {
                    var document = parse(present);
                    signers.Check(document, _trusted.Root.Keys, TopLevel.Root);
                    if (document.Version <= fresh.Version)
                    {
                        throw TufRefusal.Malformed(name, "a newer version", "an older one");
                    }
                }),
            cancellationToken
        );

    /// <summary>What is stored was believed once, under other keys or at another time maybe. If it no longer holds, it is fetched
    /// again.</summary>
    private static bool Try(Action load)
    {
        try
        {
            load();
            return true;
        }
        catch (TufException)
        {
            return false;
        }
    }

    private static TufException NotStored(string subject) =>
        new(
            TufFailure.NotAvailableOffline,
            subject,
            "a usable file in the cache",
            "none",
            "Run once with the network, or give the trusted root as a file."
        );
}
