using Cake.PySign.Common.Processes;

namespace Cake.PySign.Tests.Rig;

/// <summary>
/// What jobs hold under the names that they usually have. Every played tool asks whether the start that it sees would have been given one
/// of them: builds, pip, tests, twine, git and what else a test starts.
/// </summary>
internal static class CommonSecrets
{
    private const string Value = "canary-of-the-host-0123456789";

    private static readonly string[] _names =
    [
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AZURE_CLIENT_SECRET",
        "CI_JOB_JWT_V2",
        "CI_JOB_TOKEN",
        "CI_REGISTRY_PASSWORD",
        "CODECOV_TOKEN",
        "COSIGN_PASSWORD",
        "DATABASE_URL",
        "DOCKER_AUTH_CONFIG",
        "GH_TOKEN",
        "GITHUB_TOKEN",
        "GITLAB_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GPG_PRIVATE_KEY",
        "NETRC",
        "NPM_TOKEN",
        "PYPI_API_TOKEN",
        "SENTRY_DSN",
        "SIGSTORE_ID_TOKEN",
        "SLACK_WEBHOOK_URL",
        "SSH_AUTH_SOCK",
        "SSH_PRIVATE_KEY",
        "TWINE_PASSWORD",
        "UV_PUBLISH_TOKEN",
    ];

    /// <summary>The names of those that a child would be given, beside what its start itself asks for by name.</summary>
    public static IReadOnlyList<string> GivenTo(ChildProcessStart start)
    {
        var environment = new FakeCakeEnvironment("/");
        foreach (var name in _names)
        {
            environment.Variables[name] = Value;
        }

        return
        [
            .. ChildEnvironment
                .Of(environment, start)
                .Where(pair => pair.Value.Contains(Value, StringComparison.Ordinal) && !start.PassedVariables.Contains(pair.Key))
                .Select(pair => pair.Key),
        ];
    }

    public static void RequireNone(ChildProcessStart start) => Assert.Empty(GivenTo(start));
}
