using Cake.Core;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// The variables of a played job: what the machine's programs need, what says how this project is built, and what the CI service sets.
/// Credentials, addresses and identities of this machine and of the CI job that it may be in take no part.
/// </summary>
internal static class PlayedVariables
{
    private static readonly string[] _ofServices =
    [
        "CI_",
        "GITLAB_",
        "GITHUB_",
        "ACTIONS_",
        "RUNNER_",
        "TWINE_",
        "SIGSTORE_",
        "COSIGN_",
        "FULCIO_",
        "REKOR_",
        "TSA_",
        "CERTIFICATE_OIDC",
        "GENERIC_PACKAGE",
        "PYPI_",
        "TESTPYPI_",
        "JENKINS_",
        "BUILDKITE_",
        "CIRCLE_",
        "AZURE_",
        "AWS_",
        "GOOGLE_",
    ];

    private static readonly string[] _secret = ["TOKEN", "PASSWORD", "PASSPHRASE", "SECRET", "CREDENTIAL", "PRIVATE_KEY", "API_KEY"];

    // What a script or a person sets for the project and its build.
    private static readonly HashSet<string> _ofRelease = new(StringComparer.Ordinal)
    {
        "CERTIFICATE_IDENTITY",
        "PACKAGE_NAME",
        "PACKAGE_VERSION",
        "PYSIGN_ALLOWED_FILES",
        "PYSIGN_ATTACH_DISTRIBUTIONS",
        "PYSIGN_ATTESTATIONS",
        "PYSIGN_BUILD",
        "PYSIGN_CA_FILE",
        "PYSIGN_CERTIFICATE_IDENTITY",
        "PYSIGN_CONSTRAINTS",
        "PYSIGN_CONSUMER",
        "PYSIGN_DIGESTS",
        "PYSIGN_DIST",
        "PYSIGN_EXPECT_SDIST",
        "PYSIGN_EXPECT_WHEELS",
        "PYSIGN_GITLAB_RELEASE",
        "PYSIGN_HOMEPAGE",
        "PYSIGN_IMPORT_FROM",
        "PYSIGN_ISOLATION",
        "PYSIGN_PACKAGE_NAME",
        "PYSIGN_PACKAGE_VERSION",
        "PYSIGN_PASS_VARIABLES",
        "PYSIGN_POLICY",
        "PYSIGN_PROJECT",
        "PYSIGN_PROVENANCE",
        "PYSIGN_PYTHON",
        "PYSIGN_REPORT",
        "PYSIGN_SANDBOX",
        "PYSIGN_STRICT_METADATA",
        "PYSIGN_TAG_PATTERN",
        "PYSIGN_TESTS",
        "PYSIGN_TEST_DESELECT",
        "PYSIGN_TEST_DIRECTORY",
        "PYSIGN_TEST_EXTRAS",
        "PYSIGN_TEST_GROUPS",
        "PYSIGN_TEST_NO_INDEX",
        "PYSIGN_TEST_PYTHON",
        "PYSIGN_TEST_REPORT",
        "PYSIGN_TEST_REQUIREMENTS",
        "PYSIGN_VERSION",
        "PYSIGN_WAIVE_CHECKS",
        "PYSIGN_WAIVE_RULES",
    };

    // What Cake and .NET themselves are steered by; a child is not given them otherwise.
    private static readonly string[] _ofHost = ["CAKE_", "DOTNET_", "NUGET_"];

    /// <summary>What is set for a job's process, over what every child is given; null takes a variable away.</summary>
    /// <param name="machine">The machine's variables.</param>
    /// <param name="home">What leads to the job's own home folder.</param>
    /// <param name="job">The job's.</param>
    /// <param name="inside">Where a path lies in the checkout of the job.</param>
    public static IReadOnlyDictionary<string, string?> Of(
        ICakeEnvironment machine,
        IReadOnlyDictionary<string, string?> home,
        IReadOnlyDictionary<string, string> job,
        Func<string, string> inside
    )
    {
        var all = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, value) in machine.GetEnvironmentVariables())
        {
            if (!IsKept(name))
            {
                all[name] = null;
            }
            else if (value is not null && (_ofRelease.Contains(name) || IsOfHost(name) || IsDigests(name)))
            {
                all[name] = IsOfHost(name) ? value : inside(value);
            }
        }

        foreach (var (name, value) in home)
        {
            all[name] = value;
        }

        foreach (var (name, value) in job)
        {
            all[name] = value;
        }

        return all;
    }

    private static bool IsOfHost(string name) => _ofHost.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static bool IsDigests(string name) => name.StartsWith("PYSIGN_DIGESTS_", StringComparison.Ordinal);

    private static bool IsKept(string name) =>
        _ofRelease.Contains(name)
        || IsDigests(name)
        || (
            name != "CI"
            && !name.StartsWith("PYSIGN_", StringComparison.OrdinalIgnoreCase)
            && !_ofServices.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            && !_secret.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase))
        );
}
