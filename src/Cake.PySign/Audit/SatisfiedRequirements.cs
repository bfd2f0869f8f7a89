using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Formats;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>
/// A requirements file for <c>pip install --require-hashes</c> with what satisfied the policy and nothing else: of an enforced package only
/// the files that are attested, of others those that the index did not contradict.
/// </summary>
internal static class SatisfiedRequirements
{
    /// <exception cref="PySignException">A package would be missing; it names which, and why.</exception>
    public static string Of(IReadOnlyList<(AuditedPackage Row, LockedPackage Package)> rows)
    {
        var text = new StringBuilder("# What satisfied the audit; install it with: pip install --require-hashes --no-deps -r\n");
        var missing = new List<string>();
        var written = new HashSet<(string Name, string? Marker)>();
        foreach (
            var (row, package) in rows.DistinctBy(static one => (one.Row.Name, one.Row.Version))
                .OrderBy(static one => one.Row.Name, StringComparer.Ordinal)
        )
        {
            var hashes = row.IsFailure ? [] : Hashes(row);
            if (Missing(row, package, hashes, written) is { } why)
            {
                missing.Add($"{row.Name} {AuditText.Shown(row.Version)}: {why}");
                continue;
            }

            text.Append(row.Name).Append("==").Append(row.Version);
            text.Append(package.Marker is null ? "" : $" ; {package.Marker}");

            foreach (var hash in hashes)
            {
                text.Append(" \\\n    --hash=sha256:").Append(hash);
            }

            text.Append('\n');
        }

        return missing.Count == 0
            ? text.ToString()
            : throw new PySignException(
                PySignFailure.AuditNotSatisfied,
                $"No requirements were written, because {missing.Count} packages would be missing:{Environment.NewLine}  "
                    + $"{string.Join(Environment.NewLine + "  ", missing)}",
                "Correct the lock file or the policy, or take these packages out of the lock file."
            );
    }

    public static void Write(FilePath path, string text) => AtomicFile.Write(path, OwnFile.RequirementsHeader + text);

    private static string? Missing(
        AuditedPackage row,
        LockedPackage package,
        List<Sha256Digest> hashes,
        HashSet<(string Name, string? Marker)> written
    )
    {
        if (hashes.Count == 0)
        {
            return row.Unmet.Count > 0 ? AuditText.Shown(row.Unmet[0]) : "no file is left.";
        }

        // What is not a version could be an option of pip.
        if (!PythonVersion.TryParse(row.Version, out _))
        {
            return "it has no version that an installer reads.";
        }

        if (written.Any(one => one.Name == row.Name && (one.Marker is null || package.Marker is null || one.Marker == package.Marker)))
        {
            return "another version of it is for the same environments; choose with audit-groups and audit-extras.";
        }

        written.Add((row.Name, package.Marker));
        return null;
    }

    private static List<Sha256Digest> Hashes(AuditedPackage row)
    {
        var files = row.Files.Where(static file => file.Sha256 is not null);
        files =
            row.Mode == AuditMode.Enforce && row.ExceptionReason is null
                ? files.Where(static file => file.State == AuditState.Attested)
                : files.Where(static file => file.State != AuditState.Unverifiable);
        return [.. files.Select(static file => file.Sha256!).Distinct().OrderBy(static sha256 => sha256.Hex, StringComparer.Ordinal)];
    }
}
