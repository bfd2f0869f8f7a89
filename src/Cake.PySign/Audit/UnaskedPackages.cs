using PySign.Http;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>The packages that no index is asked about: where they come from, or what the lock file pins of them, leaves nothing to
/// ask.</summary>
internal static class UnaskedPackages
{
    /// <summary>The row of such a package; null for all others.</summary>
    public static AuditedPackage? Judge(AuditRow row, bool downloadUnhashed)
    {
        var package = row.Package;
        if (Reason(row, downloadUnhashed) is { } reason)
        {
            var unasked = row with { Index = null, IndexAssumed = false };
            return PackageJudge.Row(unasked, AuditState.Unjudged, reason, Words(reason, package)) with
            {
                Files = [.. package.Files.Select(file => File(file, reason))],
            };
        }

        // PyPI takes no local versions: with or without the label, the answer would be about another build.
        return IsPyPi(row.Index!) && PythonVersion.TryParse(package.Version, out var version) && version.Local is not null
            ? PackageJudge.Row(
                row,
                AuditState.IndexWithoutAttestations,
                AuditReason.LocalVersion,
                "PyPI has no versions with a local label."
            )
            : null;
    }

    private static AuditReason? Reason(AuditRow row, bool downloadUnhashed)
    {
        var package = row.Package;
        return package.Source.Kind switch
        {
            LockedSourceKind.Vcs => AuditReason.Git,
            LockedSourceKind.Url => AuditReason.Url,
            LockedSourceKind.Path => AuditReason.Path,
            LockedSourceKind.Editable => AuditReason.Editable,
            LockedSourceKind.SeveralIndexes when package.Source.Location is null => AuditReason.SeveralIndexes,
            _ when package.Version is null => AuditReason.NotPinned,
            _ when !downloadUnhashed && package.Files.All(static file => file.Sha256 is null) => WithoutSha256(package),
            _ when row.Index is null || EndpointRule.Refusal(row.Index) is not null => AuditReason.IndexNotUsable,
            _ => null,
        };
    }

    private static AuditReason WithoutSha256(LockedPackage package) =>
        package.Files.Any(static file => file.OtherHash) ? AuditReason.OtherHash : AuditReason.NoHash;

    private static AuditedFile File(LockedFile file, AuditReason reason)
    {
        var name = AuditText.Shown(file.FileName);
        return AuditedFile.Of(file, name is { Length: > 0 } ? name : null, AuditState.Unjudged, reason);
    }

    private static bool IsPyPi(Uri index) => index.Host is "pypi.org" or "test.pypi.org";

    private static string Words(AuditReason reason, LockedPackage package) =>
        reason switch
        {
            AuditReason.Git => $"It comes from {AuditText.Shown(package.Source.Location)} at "
                + $"{AuditText.Shown(package.Source.Revision ?? "no fixed commit")}.",
            AuditReason.Url => $"It is the file {AuditText.Shown(package.Source.Location)}.",
            AuditReason.Path => $"It is {AuditText.Shown(package.Source.Location ?? "a local file")}.",
            AuditReason.Editable => $"It is installed from {AuditText.Shown(package.Source.Location ?? "a folder")} in place.",
            AuditReason.SeveralIndexes => "The lock file leaves open which of several indexes serves it.",
            AuditReason.NotPinned => "The lock file pins no version.",
            AuditReason.OtherHash => "The lock file pins no SHA-256, which is what indexes list.",
            AuditReason.IndexNotUsable =>
                $"The index '{AuditText.Shown(package.Source.Location)}' cannot be asked; name one with audit-index.",
            _ => "The lock file pins no hash: what is installed is whatever the index serves then.",
        };
}
