using Cake.PySign.Common;
using PySign.Packaging;
using PySign.Packaging.LockFiles;

namespace Cake.PySign.Audit;

/// <summary>Writes who publishes a package into the <c>pylock.toml</c> that pins it, where that is proven. A package of which nothing is
/// proven keeps what is expected of it, so that a loss stays a loss.</summary>
internal static class LockIdentities
{
    /// <returns>The files that changed.</returns>
    /// <exception cref="PySignException">A lock file is not as it was when it was audited, or cannot be edited.</exception>
    public static IReadOnlyList<string> Write(IReadOnlyList<ReadLock> locks, IReadOnlyList<AuditedPackage> packages)
    {
        var written = new List<string>();
        foreach (var one in locks.Where(static one => one.Lock.Kind == LockFileKind.PyLock))
        {
            var rows = packages.Where(row => row.LockFile == one.Path).ToList();
            var content = Edited(one, rows);
            if (content.AsSpan().SequenceEqual(one.Content))
            {
                continue;
            }

            if (!File.ReadAllBytes(one.File.FullPath).AsSpan().SequenceEqual(one.Content))
            {
                throw new PySignException(
                    PySignFailure.DigestMismatch,
                    $"'{one.File}' changed while it was audited, so that no identities were written into it.",
                    "Run the audit again."
                );
            }

            AtomicFile.Write(one.File, content);
            written.Add(one.Path);
        }

        return written;
    }

    private static byte[] Edited(ReadLock one, List<AuditedPackage> rows)
    {
        try
        {
            return PyLockIdentities.Write(
                one.Content,
                (name, version) =>
                    rows.Find(row => row.Name == name.Normalized && IsVersion(row.Version, version)) is { } row ? Identities(row) : null
            );
        }
        catch (PackagingException e)
        {
            throw new PySignException(PySignFailure.InvalidMetadata, $"'{one.File}' cannot be edited: {e.Message}", innerException: e);
        }
    }

    private static bool IsVersion(string? audited, string? locked) =>
        audited is null || locked is null ? audited == locked : AuditPolicy.SameVersion(locked, audited);

    private static IReadOnlyList<LockedIdentity>? Identities(AuditedPackage row)
    {
        // Only what the lock file fixes can be said of it.
        var proven = row
            .Files.Where(static file => file.State == AuditState.Attested && file.IsPinned)
            .Select(static file => file.Publisher)
            .OfType<AuditedPublisher>()
            .Distinct()
            .OrderBy(static publisher => publisher.ToString(), StringComparer.Ordinal)
            .ToList();
        return row.State is AuditState.Attested or AuditState.PartlyAttested && proven.Count > 0 ? [.. proven.Select(Identity)] : null;
    }

    private static LockedIdentity Identity(AuditedPublisher publisher)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("repository", publisher.Repository);
        Add(publisher.Kind == "GitLab" ? "workflow_filepath" : "workflow", publisher.Workflow);
        Add("environment", publisher.Environment);
        Add("email", publisher.Email);
        return new LockedIdentity(publisher.Kind, values);

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                values[key] = value;
            }
        }
    }
}
