using PySign.Packaging.Metadata;

namespace PySign.Packaging.Distributions;

/// <summary>
/// The distributions of one release, compared with each other and with what a person said that there must be. What no index compares is
/// compared here: an index looks at each file alone.
/// </summary>
public static class DistributionSet
{
    // Name and version are compared by themselves. Which platform a wheel is for may be said in its metadata; which fields may differ is
    // said by Dynamic itself (PEP 643).
    private static readonly string[] _freeFields =
    [
        "Name",
        "Version",
        "Metadata-Version",
        "Dynamic",
        "Platform",
        "Supported-Platform",
        "Requires-External",
    ];

    /// <summary>All that is wrong, in the order of the rules; empty when the release is whole.</summary>
    /// <param name="distributions">Every distribution of the release.</param>
    /// <param name="rules">What there must be.</param>
    public static IReadOnlyList<SetProblem> Problems(IReadOnlyList<Distribution> distributions, DistributionSetRules rules)
    {
        ArgumentNullException.ThrowIfNull(distributions);
        ArgumentNullException.ThrowIfNull(rules);
        var sdists = distributions.Where(one => one.Kind == DistributionKind.Sdist).ToList();
        var wheels = distributions.Where(one => one.Kind == DistributionKind.Wheel).ToList();
        return
        [
            .. OneRelease(distributions),
            .. Sdists(sdists, rules),
            .. Twice(distributions),
            .. Expected(wheels, rules.Wheels),
            .. LinuxTags(wheels, rules),
            .. Metadata(distributions),
        ];
    }

    // What most files say is the release, so that the one file that differs is named and not all the others; of as many for each, what the
    // sdist says.
    private static (string Name, string Version) Release(IReadOnlyList<Distribution> all) =>
        all.GroupBy(ReleaseOf)
            .OrderByDescending(group => group.Count())
            .ThenByDescending(group => group.Any(one => one.Kind == DistributionKind.Sdist))
            .First()
            .Key;

    private static IEnumerable<SetProblem> OneRelease(IReadOnlyList<Distribution> all)
    {
        if (all.Count == 0)
            yield break;
        var release = Release(all);
        var reference = all.First(one => ReleaseOf(one) == release);
        foreach (var one in all)
        {
            if (one.Metadata.Name.Normalized != reference.Metadata.Name.Normalized)
                yield return new SetProblem(
                    SetProblemKind.OtherProject,
                    FileOf(one),
                    $"is of the project {one.Name}, the others of {reference.Name}"
                );
            else if (one.Metadata.Version != reference.Metadata.Version)
                yield return new SetProblem(
                    SetProblemKind.OtherVersion,
                    FileOf(one),
                    $"is version {one.Version}, the others {reference.Version}"
                );
        }
    }

    private static (string Name, string Version) ReleaseOf(Distribution one) =>
        (one.Metadata.Name.Normalized, one.Metadata.Version.Normalized);

    private static IEnumerable<SetProblem> Sdists(List<Distribution> sdists, DistributionSetRules rules)
    {
        if (sdists.Count == 0 && rules.Sdist)
            yield return new SetProblem(SetProblemKind.SdistMissing, "", "there is no sdist");
        if (sdists.Count > 0 && !rules.Sdist)
            yield return new SetProblem(SetProblemKind.Unexpected, FileOf(sdists[0]), "is an sdist, and none was wanted");
        foreach (var more in sdists.Skip(1))
            yield return new SetProblem(SetProblemKind.Twice, FileOf(more), $"is a second sdist beside {FileOf(sdists[0])}");
    }

    /// <summary>An installer takes the wheel with the best tag: between two with the same one it cannot choose by what they are.</summary>
    private static IEnumerable<SetProblem> Twice(IReadOnlyList<Distribution> all)
    {
        var seen = new Dictionary<string, Distribution>(StringComparer.Ordinal);
        foreach (var one in all.Where(one => one.Kind == DistributionKind.Wheel))
        {
            Distribution? other = null;
            foreach (var tag in one.FileName.Tags.Select(tag => $"{ReleaseOf(one)} {tag.ToString().ToLowerInvariant()}"))
            {
                if (!seen.TryAdd(tag, one))
                    other ??= seen[tag];
            }

            if (other is not null)
                yield return new SetProblem(SetProblemKind.Twice, FileOf(one), $"is for what {FileOf(other)} is for");
        }
    }

    private static IEnumerable<SetProblem> Expected(List<Distribution> wheels, IReadOnlyList<WheelPattern> patterns)
    {
        if (patterns.Count == 0)
            yield break;
        foreach (var pattern in patterns)
        {
            if (!wheels.Any(wheel => pattern.Covers(wheel.FileName)))
                yield return new SetProblem(SetProblemKind.WheelMissing, "", $"there is no wheel for {pattern}");
            else if (pattern.IsExact && wheels.Where(wheel => pattern.IsOf(wheel.FileName)).Skip(1).FirstOrDefault() is { } second)
                yield return new SetProblem(SetProblemKind.Twice, FileOf(second), $"is a second wheel for {pattern}");
        }

        foreach (var wheel in wheels.Where(wheel => !patterns.Any(pattern => pattern.Covers(wheel.FileName))))
            yield return new SetProblem(SetProblemKind.Unexpected, FileOf(wheel), "is a wheel that was not expected");
    }

    private static IEnumerable<SetProblem> LinuxTags(List<Distribution> wheels, DistributionSetRules rules)
    {
        if (rules.LinuxTags)
            yield break;
        foreach (var wheel in wheels)
        {
            var refused = wheel.FileName.Tags.Select(tag => tag.Platform).FirstOrDefault(platform => !PlatformTags.IsTaken(platform));
            if (refused is not null)
                yield return new SetProblem(
                    SetProblemKind.LinuxTag,
                    FileOf(wheel),
                    $"has the platform tag {refused}, which the index does not take. {PlatformTags.Advice(refused)}"
                );
        }
    }

    // A file of another release differs in everything, which is one thing to say of it and is said.
    private static IEnumerable<SetProblem> Metadata(IReadOnlyList<Distribution> all)
    {
        var release = all.Count == 0 ? default : Release(all);
        var sdists = all.Where(one => one.Kind == DistributionKind.Sdist && ReleaseOf(one) == release).ToList();
        var wheels = all.Where(one => one.Kind == DistributionKind.Wheel && ReleaseOf(one) == release).ToList();
        if (wheels.Count == 0)
            yield break;

        // Before 2.2 an sdist promises nothing about the wheels made of it.
        var sdist = sdists is [{ Metadata: var found }] && string.CompareOrdinal(found.MetadataVersion, "2.2") >= 0 ? sdists[0] : null;
        var free = _freeFields.Concat(sdists is [var only] ? only.Metadata.Dynamic : []).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var fields = wheels
            .Append(sdist ?? wheels[0])
            .SelectMany(one => Names(one.Metadata))
            .Where(name => !free.Contains(name))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields.Order(StringComparer.OrdinalIgnoreCase))
        {
            var groups = wheels.GroupBy(wheel => Value(wheel.Metadata, field), StringComparer.Ordinal).ToList();
            var (wanted, source) = sdist is null
                ? (groups.MaxBy(group => group.Count())!.Key, "most wheels")
                : (Value(sdist.Metadata, field), FileOf(sdist));
            foreach (var group in groups.Where(group => group.Key != wanted))
                yield return new SetProblem(
                    SetProblemKind.MetadataDiffers,
                    FileOf(group.First()),
                    $"{(group.Count() > 1 ? $"and {group.Count() - 1} more: " : "")}{field} is {Shown(group.Key)}, in {source} "
                        + $"{Shown(wanted)}"
                );
        }
    }

    // The order of repeated fields means nothing, and the description's line ends are those of the machine that built.
    private static string Value(CoreMetadata metadata, string field) =>
        field switch
        {
            "Description" => (metadata.Description ?? "").ReplaceLineEndings("\n").Trim(),
            _ => string.Join(
                '\n',
                metadata
                    .Fields.Where(one => one.Name.Equals(field, StringComparison.OrdinalIgnoreCase))
                    .Select(one => one.Value.ReplaceLineEndings("\n").Trim())
                    .Order(StringComparer.Ordinal)
            ),
        };

    private static IEnumerable<string> Names(CoreMetadata metadata) => metadata.Fields.Select(field => field.Name).Append("Description");

    private static string Shown(string value) =>
        value.Length == 0 ? "missing"
        : value.Length <= 100 ? $"'{value.Replace("\n", "', '", StringComparison.Ordinal)}'"
        : $"'{value[..80].Replace("\n", "', '", StringComparison.Ordinal)}…' ({value.Length} characters)";

    private static string FileOf(Distribution one) => one.FileName.Value;
}

/// <summary>What a release must consist of.</summary>
public sealed record DistributionSetRules
{
    /// <summary>The wheels; empty where nobody said which.</summary>
    public IReadOnlyList<WheelPattern> Wheels { get; init; } = [];

    /// <summary>Whether there must be an sdist; without it there may be none.</summary>
    public bool Sdist { get; init; } = true;

    /// <summary>Whether the index takes wheels for one Linux machine, with a <c>linux_*</c> tag; PyPI does not.</summary>
    public bool LinuxTags { get; init; }
}

/// <summary>One thing that is wrong with a set of distributions.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="File">The file's name; empty where one is missing.</param>
/// <param name="Text">What is wrong, a phrase that the file's name stands before.</param>
public sealed record SetProblem(SetProblemKind Kind, string File, string Text);

/// <summary>What can be wrong with a set of distributions.</summary>
public enum SetProblemKind
{
    /// <summary>A file is of another project than the others.</summary>
    OtherProject,

    /// <summary>A file is of another version than the others.</summary>
    OtherVersion,

    /// <summary>There is no sdist, although one is wanted.</summary>
    SdistMissing,

    /// <summary>No wheel is for an interpreter and platform that was expected.</summary>
    WheelMissing,

    /// <summary>A file was not expected.</summary>
    Unexpected,

    /// <summary>Two files are for the same.</summary>
    Twice,

    /// <summary>A wheel has a platform tag that the index does not take.</summary>
    LinuxTag,

    /// <summary>Metadata is not the same where it must be.</summary>
    MetadataDiffers,
}
