using System.Globalization;
using System.Text.RegularExpressions;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>What is remembered and asked of one package, or of all that a pattern names.</summary>
/// <param name="Key">The name or pattern as written.</param>
/// <param name="Mode">What a finding means; <see langword="null"/> for what stands above.</param>
/// <param name="Publisher">The publisher that was accepted.</param>
/// <param name="Since">The first version that was seen attested.</param>
/// <param name="SomeFiles">Whether it is accepted that not all files are attested.</param>
/// <param name="Requirements">What the certificate must say, by the names of <c>pysign-policy.toml</c>.</param>
internal sealed record AuditRule(
    string Key,
    AuditMode? Mode,
    AuditedPublisher? Publisher,
    string? Since,
    bool SomeFiles,
    IReadOnlyList<KeyValuePair<string, string>> Requirements
)
{
    /// <summary>Whether it is accepted that the lock file pins no hash, so that what the index serves now is judged instead.</summary>
    public bool Unhashed { get; init; }

    public bool IsPattern => Key.Contains('*', StringComparison.Ordinal);
}

/// <summary>A package that is let pass for a time.</summary>
/// <param name="Package">Its name, or a pattern.</param>
/// <param name="Version">The only version meant; <see langword="null"/> for all.</param>
/// <param name="Reason">Why.</param>
/// <param name="Until">The last day (UTC).</param>
internal sealed record AuditException(string Package, string? Version, string Reason, DateOnly Until);

/// <summary>What <c>pysign-dependencies.toml</c> says: memory and policy in one.</summary>
internal sealed record AuditPolicy
{
    public static AuditPolicy None { get; } = new();

    public AuditMode Mode { get; init; } = AuditMode.Collect;

    public IReadOnlyList<AuditRule> Rules { get; init; } = [];

    public IReadOnlyList<AuditException> Exceptions { get; init; } = [];

    /// <summary>Packages that were accepted without attestations, and the version at the time.</summary>
    public IReadOnlyDictionary<string, string> Unattested { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether anything is remembered, so that what is not is new.</summary>
    public bool HasMemory => Unattested.Count > 0 || Rules.Any(static rule => !rule.IsPattern);

    /// <summary>The entry of a package's own.</summary>
    public AuditRule? Own(string name) => Rules.FirstOrDefault(rule => !rule.IsPattern && Normal(rule.Key) == name);

    /// <summary>The package's own entry, then patterns, the longest first.</summary>
    public IReadOnlyList<AuditRule> For(string name) =>
        [
            .. Rules
                .Where(rule => rule.IsPattern ? Matches(rule.Key, name) : Normal(rule.Key) == name)
                .OrderBy(static rule => rule.IsPattern)
                .ThenByDescending(static rule => rule.Key.Length)
                .ThenBy(static rule => rule.Key, StringComparer.Ordinal),
        ];

    public AuditException? ExceptionFor(string name, string? version, DateOnly today) =>
        Exceptions.FirstOrDefault(one =>
            one.Until >= today && Matches(one.Package, name) && (one.Version is null || SameVersion(one.Version, version))
        );

    /// <summary>Whether a name or a pattern with <c>*</c> means a package.</summary>
    public static bool Matches(string pattern, string name) =>
        pattern.Contains('*', StringComparison.Ordinal)
            ? Regex.IsMatch(
                name,
                $"^{Regex.Escape(Normal(pattern)).Replace(@"\*", ".*", StringComparison.Ordinal)}$",
                RegexOptions.NonBacktracking
            )
            : Normal(pattern) == name;

    public static bool SameVersion(string a, string? b) =>
        PythonVersion.TryParse(a, out var left) && PythonVersion.TryParse(b, out var right) ? left.Equals(right) : a == b;

    public static string Normal(string name) =>
        ProjectName.TryParse(name, out var parsed)
            ? parsed.Normalized
            : name.Replace('_', '-').Replace('.', '-').ToLower(CultureInfo.InvariantCulture);
}
