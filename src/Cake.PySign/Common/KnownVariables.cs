namespace Cake.PySign.Common;

/// <summary>
/// Every variable that begins with PYSIGN_, in one place. One that is set and not listed here is a mistake, and a mistake in a release's
/// parameters is not ignored: <c>PYSIGN_TEST=required</c> would release without tests.
/// </summary>
internal static class KnownVariables
{
    public const string Prefix = "PYSIGN_";

    /// <summary>What the recipe and the aliases read, without the prefix.</summary>
    private static readonly HashSet<string> _read = new(StringComparer.Ordinal)
    {
        "ALLOWED_FILES",
        "ALLOW_PRIVATE_PROJECT",
        "ALLOW_UNPROTECTED_REF",
        "ALLOW_UNREAD_REGISTRIES",
        "ATTACH_DISTRIBUTIONS",
        "ATTESTATIONS",
        "AUDIT_ACCEPT",
        "AUDIT_CACHE",
        "AUDIT_POLICY",
        "AUDIT_DOWNLOAD_UNHASHED",
        "AUDIT_EXTRAS",
        "AUDIT_GROUPS",
        "AUDIT_INDEX",
        "AUDIT_PASSWORD",
        "AUDIT_PROMOTE",
        "AUDIT_REPORT",
        "AUDIT_REQUIREMENTS",
        "AUDIT_USERNAME",
        "AUDIT_WRITE_IDENTITIES",
        "BUILD",
        "CA_FILE",
        "CERTIFICATE_IDENTITY",
        "CERTIFICATE_OIDC_ISSUER",
        "CONSTRAINTS",
        "CONSUMER",
        "DIST",
        "DRY_RUN",
        "EXPECT_SDIST",
        "EXPECT_WHEELS",
        "FULCIO_URL",
        "GITHUB_ATTESTATIONS",
        "GITLAB_RELEASE",
        "HOMEPAGE",
        "ID_TOKEN_FILE",
        "ID_TOKEN_VARIABLE",
        "DIGESTS",
        "IMPORT_FROM",
        "INDEX_URL",
        "INSPECT",
        "INTERACTIVE",
        "ISOLATION",
        "KEY",
        "KEY_PASSWORD",
        "KEY_PASSWORD_FILE",
        "LOCK",
        "MIRROR_PACKAGES",
        "MIRROR_PASSWORD",
        "MIRROR_UPSTREAM",
        "MIRROR",
        "MIRROR_USERNAME",
        "PACKAGE_NAME",
        "PACKAGE_VERSION",
        "PASS_VARIABLES",
        "POLICY",
        "PREFLIGHT_REPORT",
        "PROJECT",
        "PROVENANCE",
        "PUBLIC_KEY",
        "PYTHON",
        "REGISTRY_TOKEN",
        "REGISTRY_USER",
        "REHEARSAL",
        "REHEARSAL_HOST",
        "REHEARSAL_PUBLIC_KEY",
        "REHEARSAL_TARGET",
        "REHEARSE_AS",
        "REHEARSE_ENVIRONMENT",
        "REHEARSE_UNCOMMITTED",
        "REHEARSE_WORKFLOW",
        "REKOR_URL",
        "REPORT",
        "REPOSITORY_URL",
        "SANDBOX",
        "SIGNER_ARGUMENTS",
        "SIGNER_VARIABLES",
        "SIGNER",
        "SIGNER_TIMEOUT",
        "SIGNING_CONFIG",
        "GENERIC_KIND",
        "GENERIC_TOKEN",
        "GENERIC_TOKEN_KIND",
        "GENERIC_URL",
        "GENERIC_USERNAME",
        "STRICT_METADATA",
        "TAG",
        "TAG_PATTERN",
        "TESTS",
        "TEST_DESELECT",
        "TEST_DIRECTORY",
        "TEST_EXTRAS",
        "TEST_GROUPS",
        "TEST_PYTHON",
        "TEST_NO_INDEX",
        "TEST_ARGUMENTS",
        "TEST_REPORT",
        "TEST_REQUIREMENTS",
        "TIMESTAMP_URL",
        "TRUSTED_PUBLISHING",
        "TRUSTED_ROOT",
        "TRUST",
        "TUF_CACHE",
        "TUF_MIRROR",
        "TUF_OFFLINE",
        "TUF_ROOT",
        "UPLOAD_TO_LOG",
        "VERSION",
        "WAIVE_CHECKS",
        "WAIVE_RULES",
    };

    /// <summary>What this project's own build, tests and benchmarks read. A release that runs inside of them sees them.</summary>
    private static readonly HashSet<string> _ofTests = new(StringComparer.Ordinal)
    {
        "ACCEPT_PAGES",
        "ACCEPT_SURFACE",
        "BENCHMARK_TOKEN",
        "CORPORA",
        "FAULT_RELEASES",
        "FAULT_SEED",
        "GENERATED_PROJECTS",
        "INDEX_PAGES",
        "KILL_POINTS",
        "LARGE_FILES",
        "ODD_TREES",
        "MUTATIONS",
        "PEERS",
        "PLAYED_PAGES",
        "REAL_LOCKS",
        "REAL_ONLY",
        "REAL_BUNDLES",
        "REAL_PROJECTS",
        "REHEARSALS",
        "STACK",
        "TEST_AUDIT_PACKAGES",
        "TEST_SARIF_SCHEMA",
        "WHEEL_JOBS",
    };

    // Jobs before this one name theirs as they like.
    private static readonly string[] _families = ["DIGESTS_"];

    /// <summary>The names that are set and that nothing reads, each with the nearest one that is read.</summary>
    public static IEnumerable<(string Name, string Nearest)> Unknown(IEnumerable<string> names) =>
        names
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (Name: name, Short: name[Prefix.Length..]))
            .Where(one => !_read.Contains(one.Short) && !_ofTests.Contains(one.Short))
            .Where(one => !_families.Any(family => one.Short.StartsWith(family, StringComparison.Ordinal)))
            .Select(one =>
                (
                    one.Name,
                    Prefix + _read.OrderBy(known => Distance(one.Short, known)).ThenBy(known => known, StringComparer.Ordinal).First()
                )
            )
            .OrderBy(one => one.Name, StringComparer.Ordinal);

    /// <summary>Whether a name is in the table.</summary>
    public static bool Contains(string name) => !Unknown([name]).Any();

    // Levenshtein's: how many letters have to be added, taken away or changed.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
