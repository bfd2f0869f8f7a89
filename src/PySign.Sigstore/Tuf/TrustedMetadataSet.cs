using System.Globalization;

namespace PySign.Sigstore.Tuf;

/// <summary>
/// What may be believed of a TUF repository: a state machine without any I/O, after section 5 of the TUF specification 1.0.
/// Metadata is loaded in the one order that is safe (roots, timestamp, snapshot, targets, delegated roles), and each step
/// checks what it is given against what is already believed. Nothing that fails a check changes the state, with one
/// exception: an expired root is kept (5.3.10), since only its successors can end that.
/// <code>
/// var trusted = new TrustedMetadataSet(rootThatCameWithTheProgram, now);
/// while (Fetch($"{trusted.Root.Document.Version + 1}.root.json") is { } next) { trusted.UpdateRoot(next); }
/// trusted.LoadTimestamp(cached);    // what was believed last time, for the rollback checks; expired is fine
/// trusted.UpdateTimestamp(Fetch("timestamp.json"));
/// trusted.UpdateSnapshot(Fetch($"{trusted.Timestamp.Snapshot.Version}.snapshot.json"));
/// trusted.UpdateTargets(TargetsRole.Top, Fetch(…));
/// </code>
/// The time is fixed once, so that a clock or a slow mirror cannot split one refresh (5.1). Without a time nothing expires:
/// that is the offline mode, and only that.
/// </summary>
internal sealed class TrustedMetadataSet
{
    private readonly DateTimeOffset? _now;
    private readonly Dictionary<TargetsRole, TargetsMetadata> _targets = [];
    private TimestampMetadata? _timestamp;
    private SnapshotMetadata? _snapshot;
    private bool _snapshotIsCurrent;
    private bool _timestampIsCurrent;

    /// <param name="root">The root that is believed without proof: it came with the program or by another safe way.</param>
    /// <param name="now">The time of the refresh; null for offline use, where nothing expires.</param>
    /// <exception cref="TufException">The root is not an intact root that signs for itself.</exception>
    public TrustedMetadataSet(ReadOnlyMemory<byte> root, DateTimeOffset? now)
    {
        _now = now;
        Root = RootMetadata.Parse(root);
        Root.Root.Check(Root.Document, Root.Keys, "the initial root itself");
    }

    public RootMetadata Root { get; private set; }

    public TimestampMetadata Timestamp => _timestampIsCurrent ? _timestamp! : throw Order("the timestamp");

    public SnapshotMetadata Snapshot => _snapshotIsCurrent ? _snapshot! : throw Order("the snapshot");

    /// <summary>All roles in use that are past their time, for the warning of an offline use.</summary>
    public IEnumerable<string> ExpiredAt(DateTimeOffset now) =>
        new[] { Root.Document, _timestamp?.Document, _snapshot?.Document }
            .Concat(_targets.Values.Select(static t => t.Document))
            .OfType<MetadataDocument>()
            .Where(document => document.IsExpired(now))
            .Select(static document => document.Subject);

    /// <summary>The next root: version one higher, signed by the thresholds of the old and of the new root (5.3.4 and 5.3.5).</summary>
    public void UpdateRoot(ReadOnlyMemory<byte> file)
    {
        if (_timestamp is not null)
        {
            throw Order("no timestamp yet");
        }

        var next = RootMetadata.Parse(file);
        Root.Root.Check(next.Document, Root.Keys, "the root before it");
        next.Root.Check(next.Document, next.Keys, "the new root itself");
        CheckVersion(next.Document, Root.Document.Version + 1, "the root before it");
        Root = next;
    }

    /// <summary>The timestamp that was believed last time, for comparison only.</summary>
    public void LoadTimestamp(ReadOnlyMemory<byte> file)
    {
        var timestamp = TimestampMetadata.Parse(file);
        Root.Timestamp.Check(timestamp.Document, Root.Keys, "root");
        _timestamp = timestamp;
    }

    /// <summary>Makes the timestamp of last time the one of this refresh: the repository has none newer, or cannot be asked.</summary>
    public void KeepTimestamp()
    {
        var document = (_timestamp ?? throw Order("a timestamp")).Document;
        CheckNotExpired(Root.Document);
        CheckNotExpired(document);
        _timestampIsCurrent = true;
    }

    /// <summary>A fresh timestamp (5.4). Returns false where it has the version of the one that is believed, which then stays
    /// (5.4.3.1).</summary>
    public bool UpdateTimestamp(ReadOnlyMemory<byte> file)
    {
        // The root chain is complete now; only its last root must be in time (5.3.10).
        CheckNotExpired(Root.Document);
        var fresh = TimestampMetadata.Parse(file);
        Root.Timestamp.Check(fresh.Document, Root.Keys, "root");
        if (_timestamp is not null)
        {
            CheckNotOlder(fresh.Document, _timestamp.Document.Version);
            if (fresh.Document.Version == _timestamp.Document.Version)
            {
                KeepTimestamp();
                return false;
            }

            if (fresh.Snapshot.Version < _timestamp.Snapshot.Version)
            {
                throw Rollback("timestamp", "snapshot", _timestamp.Snapshot.Version, fresh.Snapshot.Version);
            }
        }

        CheckNotExpired(fresh.Document);
        _timestamp = fresh;
        _timestampIsCurrent = true;
        return true;
    }

    /// <summary>The snapshot that was believed last time: as the floor of the rollback checks, and as the current one if the timestamp
    /// still names it.</summary>
    public bool LoadSnapshot(ReadOnlyMemory<byte> file)
    {
        var announced = Timestamp.Snapshot;
        var snapshot = SnapshotMetadata.Parse(file);
        Root.Snapshot.Check(snapshot.Document, Root.Keys, "root");
        _snapshot = snapshot;
        if (snapshot.Document.Version != announced.Version)
        {
            return false;
        }

        announced.CheckContent(file.Span, "snapshot");
        CheckNotExpired(snapshot.Document);
        _snapshotIsCurrent = true;
        return true;
    }

    /// <summary>The snapshot that the timestamp names (5.5).</summary>
    public void UpdateSnapshot(ReadOnlyMemory<byte> file)
    {
        var announced = Timestamp.Snapshot;
        announced.CheckContent(file.Span, "snapshot");
        var fresh = SnapshotMetadata.Parse(file);
        Root.Snapshot.Check(fresh.Document, Root.Keys, "root");
        CheckVersion(fresh.Document, announced.Version, "timestamp");
        foreach (var (name, believed) in _snapshot?.Files ?? new Dictionary<string, MetaFile>(StringComparer.Ordinal))
        {
            if (!fresh.Files.TryGetValue(name, out var listed))
            {
                throw TufRefusal.Attack(
                    TufFailure.Rollback,
                    "snapshot",
                    $"the role {TufRefusal.Shown(name)} that was listed before",
                    "a list without it"
                );
            }

            if (listed.Version < believed.Version)
            {
                throw Rollback("snapshot", TufRefusal.Shown(name), believed.Version, listed.Version);
            }
        }

        CheckNotExpired(fresh.Document);
        _snapshot = fresh;
        _snapshotIsCurrent = true;
    }

    /// <summary>What the snapshot says of a targets role.</summary>
    /// <exception cref="TufException">The snapshot does not list it.</exception>
    public MetaFile Announced(string role) =>
        Snapshot.Files.TryGetValue(role + ".json", out var file)
            ? file
            : throw TufRefusal.Attack(TufFailure.MissingRole, "snapshot", $"the role {TufRefusal.Shown(role)} in its list", "none");

    /// <summary>Targets metadata that is already believed.</summary>
    public TargetsMetadata? Targets(TargetsRole role) => _targets.GetValueOrDefault(role);

    /// <summary>The top-level targets or a delegated role's metadata, checked against the snapshot and its delegator (5.6).</summary>
    public TargetsMetadata UpdateTargets(TargetsRole role, ReadOnlyMemory<byte> file)
    {
        var announced = Announced(role.Name);
        announced.CheckContent(file.Span, role.Subject);
        var fresh = TargetsMetadata.Parse(file, role);
        if (role.Delegation is null)
        {
            Root.Targets.Check(fresh.Document, Root.Keys, "root");
        }
        else
        {
            var delegator = Targets(role.Delegator!) ?? throw Order("the delegator");
            role.Delegation.Signers.Check(fresh.Document, delegator.Keys, role.Delegator!.Subject);
        }

        CheckVersion(fresh.Document, announced.Version, "snapshot");
        CheckNotExpired(fresh.Document);
        _targets[role] = fresh;
        return fresh;
    }

    private static void CheckVersion(MetadataDocument document, long version, string announcer)
    {
        if (document.Version != version)
        {
            throw TufRefusal.Attack(
                TufFailure.VersionMismatch,
                document.Subject,
                string.Create(CultureInfo.InvariantCulture, $"version {version}, which follows from {announcer}"),
                string.Create(CultureInfo.InvariantCulture, $"version {document.Version}")
            );
        }
    }

    private static void CheckNotOlder(MetadataDocument document, long version)
    {
        if (document.Version < version)
        {
            throw Rollback(document.Subject, "itself", version, document.Version);
        }
    }

    private static TufException Rollback(string subject, string listed, long before, long now) =>
        TufRefusal.Attack(
            TufFailure.Rollback,
            subject,
            string.Create(CultureInfo.InvariantCulture, $"version {before} or higher of {listed}"),
            string.Create(CultureInfo.InvariantCulture, $"version {now}")
        );

    private static InvalidOperationException Order(string missing) =>
        new($"TUF metadata is loaded in one order only; this step needs {missing}.");

    private void CheckNotExpired(MetadataDocument document)
    {
        if (_now is { } now && document.IsExpired(now))
        {
            throw TufRefusal.Expired(document.Subject, document.Expires, now);
        }
    }
}
