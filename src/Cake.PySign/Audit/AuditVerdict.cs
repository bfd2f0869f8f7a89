using System.Text.RegularExpressions;
using PySign.Packaging.LockFiles;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>What changed, what the policy asks for and does not get, and what that means.</summary>
internal static class AuditVerdict
{
    public static AuditedPackage Of(AuditedPackage row, LockedPackage package, AuditPolicy policy, DateOnly today)
    {
        var rules = policy.For(row.Name);
        var changes = Changes(row, package, policy, rules);
        var judged = row with
        {
            Mode = rules.Select(static rule => rule.Mode).FirstOrDefault(static mode => mode is not null) ?? policy.Mode,
            Changes = changes,
            Unmet = [.. State(row, rules), .. changes.Select(Words), .. Requirements(row, rules)],
        };
        return judged.Unmet.Count == 0
            ? judged
            : judged with
            {
                ExceptionReason = policy.ExceptionFor(row.Name, row.Version, today)?.Reason,
            };
    }

    /// <summary>The publishers that are expected of a package: the remembered one, and what a pylock.toml records.</summary>
    public static IReadOnlyList<AuditedPublisher> Expected(LockedPackage package, AuditPolicy policy) =>
        [
            .. policy.For(package.Name.Normalized).Select(static rule => rule.Publisher).OfType<AuditedPublisher>().Take(1),
            .. package.Identities.Select(Of),
        ];

    private static AuditedPublisher Of(LockedIdentity identity) =>
        new(
            identity.Kind,
            identity.Values.GetValueOrDefault("repository"),
            identity.Values.GetValueOrDefault("workflow") ?? identity.Values.GetValueOrDefault("workflow_filepath"),
            identity.Values.GetValueOrDefault("environment"),
            identity.Values.GetValueOrDefault("email")
        );

    private static IReadOnlyList<AuditedChange> Changes(
        AuditedPackage row,
        LockedPackage package,
        AuditPolicy policy,
        IReadOnlyList<AuditRule> rules
    )
    {
        var remembered = rules.Select(static rule => rule.Publisher).FirstOrDefault(static publisher => publisher is not null);
        return row.State switch
        {
            AuditState.Attested or AuditState.PartlyAttested =>
            [
                .. Publishers(row, package, remembered),
                .. Files(row, policy, remembered),
            ],
            AuditState.Unattested => Absence(row, package, policy, rules, remembered),
            _ => [],
        };
    }

    private static IEnumerable<AuditedChange> Publishers(AuditedPackage row, LockedPackage package, AuditedPublisher? remembered)
    {
        var found = row.Files.Select(static file => file.Publisher).OfType<AuditedPublisher>().Distinct().ToList();
        var changes = remembered is null ? [] : found.SelectMany(one => PublisherChanges.Between(remembered, one)).ToList();

        // A lock file's identities are of some file, not of every one: one of them is enough.
        var identities = package.Identities.Select(Of).ToList();
        if (identities.Count > 0)
        {
            changes.AddRange(
                found
                    .Where(one => !identities.Any(identity => PublisherChanges.IsSame(identity, one)))
                    .SelectMany(one => PublisherChanges.Between(identities[0], one))
            );
        }

        return changes.DistinctBy(static change => change.Change);
    }

    private static IEnumerable<AuditedChange> Files(AuditedPackage row, AuditPolicy policy, AuditedPublisher? remembered)
    {
        if (
            row.State == AuditState.PartlyAttested
            && remembered is not null
            && !row.PartlyBefore
            && policy.Own(row.Name)?.SomeFiles != true
        )
        {
            yield return new AuditedChange(AuditChange.FewerFiles, $"all files were attested; now {row.Explanation}");
        }
    }

    private static IReadOnlyList<AuditedChange> Absence(
        AuditedPackage row,
        LockedPackage package,
        AuditPolicy policy,
        IReadOnlyList<AuditRule> rules,
        AuditedPublisher? remembered
    )
    {
        var accepted = policy.Unattested.GetValueOrDefault(row.Name);
        if (accepted is not null && AuditPolicy.SameVersion(accepted, row.Version))
        {
            return [];
        }

        if (remembered is not null || package.Identities.Count > 0)
        {
            var since = rules.Select(static rule => rule.Since).FirstOrDefault(static one => one is not null);
            return IsBefore(row.Version, since)
                ?
                [
                    new AuditedChange(
                        AuditChange.BeforeFirstAttested,
                        $"{row.Version} is older than {since}, the first version that was seen attested"
                    ),
                ]
                :
                [
                    new AuditedChange(
                        AuditChange.AttestationLost,
                        $"it came from {AuditText.Shown((remembered ?? Of(package.Identities[0])).ToString())}"
                    ),
                ];
        }

        return accepted is null && policy.HasMemory && policy.Own(row.Name) is null
            ? [new AuditedChange(AuditChange.NewUnattested, "it is not in the memory file, and has no attestations")]
            : [];
    }

    private static bool IsBefore(string? version, string? since) =>
        PythonVersion.TryParse(version, out var now) && PythonVersion.TryParse(since, out var first) && now < first;

    private static IEnumerable<string> State(AuditedPackage row, IReadOnlyList<AuditRule> rules)
    {
        if (row.State == AuditState.Attested || (row.State == AuditState.PartlyAttested && rules.Any(static rule => rule.SomeFiles)))
        {
            // What is attested now is not what will be installed where nothing fixes the bytes.
            if (!rules.Any(static rule => rule.Unhashed) && row.Files.FirstOrDefault(static file => !file.IsPinned) is { } loose)
            {
                yield return $"The lock file pins no hash of {AuditText.Shown(loose.FileName ?? row.Name)}, so that something else may be "
                    + "installed than what is attested now; pin it, or name the package with unhashed = true.";
            }

            yield break;
        }

        var why = row.Reason == AuditReason.None ? "" : $" ({AuditNames.Of(row.Reason)})";
        yield return $"It is {AuditNames.Of(row.State)}{why}{(row.Explanation is null ? "." : $": {row.Explanation}")}";
    }

    private static string Words(AuditedChange change) => $"{AuditNames.Of(change.Change)}: {change.Explanation}.";

    // Every attestation is held to what the certificate must say; the builder stands in SLSA provenance alone, which each file then needs.
    private static IEnumerable<string> Requirements(AuditedPackage row, IReadOnlyList<AuditRule> rules)
    {
        foreach (var (key, value) in rules.SelectMany(static rule => rule.Requirements).Distinct())
        {
            var wanted = value
                .Replace("{name}", row.Name, StringComparison.Ordinal)
                .Replace("{version}", row.Version, StringComparison.Ordinal);
            foreach (var file in row.Files.Where(static file => file.State == AuditState.Attested))
            {
                var found = file.Attestations.Select(one => one.Claims.GetValueOrDefault(key)).ToList();
                var met = key == "slsa-builder" ? found.Any(one => Fits(wanted, one)) : found.All(one => Fits(wanted, one));
                if (!met)
                {
                    var said = found.FirstOrDefault(static one => one is not null) ?? "nothing";
                    yield return $"{key} must be {AuditText.Shown(wanted)}; {file.FileName} says {AuditText.Shown(said)}.";
                    break;
                }
            }
        }
    }

    private static bool Fits(string wanted, string? found) =>
        found is not null
        && (
            wanted.Contains('*', StringComparison.Ordinal)
                ? Regex.IsMatch(
                    found,
                    $@"\A{Regex.Escape(wanted).Replace(@"\*", ".*", StringComparison.Ordinal)}\z",
                    RegexOptions.NonBacktracking
                )
                : wanted == found
        );
}
