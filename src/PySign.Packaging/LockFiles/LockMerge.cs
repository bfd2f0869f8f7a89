namespace PySign.Packaging.LockFiles;

/// <summary>
/// One row for each name and version. A form may list one several times (forks by marker, extras of PDM, two spellings of a name); the
/// files are then those of all. One name from different indexes is nobody's: which index an installer asks is not in the file's hand.
/// </summary>
internal static class LockMerge
{
    // What is asked where a lock file names no index.
    private const string Unnamed = "https://pypi.org/simple";

    public static IReadOnlyList<LockedPackage> Merge(IReadOnlyList<LockedPackage> packages)
    {
        var torn = packages
            .Where(package => package.Source.Kind == LockedSourceKind.Index)
            .GroupBy(package => package.Name.Normalized, StringComparer.Ordinal)
            .Where(group =>
                group.Select(package => LockText.IndexKey(package.Source.Location ?? Unnamed)).Distinct(StringComparer.Ordinal).Count() > 1
            )
            .Select(group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. packages
                .Select(package =>
                    package.Source.Kind == LockedSourceKind.Index && torn.Contains(package.Name.Normalized)
                        ? package with
                        {
                            Source = new LockedSource(LockedSourceKind.SeveralIndexes),
                        }
                        : package
                )
                .GroupBy(package => (package.Name.Normalized, Canonical(package.Version), package.Source.Kind))
                .Select(group => Join([.. group])),
        ];
    }

    // 1.0 is 1.0.0; what is not a version is compared as it stands.
    private static object? Canonical(string? version) => Versions.PythonVersion.TryParse(version, out var parsed) ? parsed : version;

    private static LockedPackage Join(List<LockedPackage> same)
    {
        var first = same[0] with
        {
            // The same file twice is one file, whatever the lock file calls it.
            Files = [.. same.SelectMany(package => package.Files).DistinctBy(file => file.Sha256 is null ? (object)file : file.Sha256)],
        };
        if (same.Count == 1)
            return first;
        return first with
        {
            Marker = same.Any(package => package.Marker is null)
                ? null
                : string.Join(" or ", same.Select(package => package.Marker).Distinct(StringComparer.Ordinal)),
            Groups = [.. same.SelectMany(package => package.Groups).Distinct(StringComparer.Ordinal)],
            Identities = [.. same.SelectMany(package => package.Identities)],
        };
    }
}
