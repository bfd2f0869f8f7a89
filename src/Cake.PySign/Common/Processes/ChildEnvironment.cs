using System.Text.RegularExpressions;
using Cake.Core;

namespace Cake.PySign.Common.Processes;

/// <summary>
/// The variables that a child sees. A build back end is third-party code: it is given what is known to be needed, and whatever was passed
/// by name. What is known to be needed and looks like a secret all the same, such as a proxy with a password, is kept
/// from it unless a name was given for it.
/// </summary>
internal static partial class ChildEnvironment
{
    /// <summary>The host's variables without secrets, then <paramref name="start"/>'s own on top.</summary>
    public static IReadOnlyDictionary<string, string> Of(ICakeEnvironment environment, ChildProcessStart start)
    {
        var names = OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var host = environment.GetEnvironmentVariables();
        var secrets = SecretVariables.Values(host);
        var passed = start.PassedVariables.ToHashSet(names);
        var further = environment.GetEnvironmentVariable(AllowedVariables.Parameter);
        var child = new Dictionary<string, string>(names);
        foreach (var (name, value) in host)
        {
            if (value is not null && (passed.Contains(name) || IsGiven(name, value)))
            {
                child[name] = value;
            }
        }

        bool IsGiven(string name, string value) =>
            AllowedVariables.IsNamed(name, further) || (AllowedVariables.Allows(name, further) && !IsSecret(name, value, secrets));

        foreach (var (name, value) in start.Variables)
        {
            if (value is null)
            {
                child.Remove(name);
            }
            else
            {
                child[name] = value;
            }
        }

        return child;
    }

    // pip is configured through PIP_*; an isolated build cannot install its requirements from a private index without them.
    private static bool IsSecret(string name, string value, IReadOnlyCollection<string> secrets) =>
        SecretName().IsMatch(name)
        || (
            !name.StartsWith("PIP_", StringComparison.OrdinalIgnoreCase)
            && (
                UserInfo().IsMatch(value)
                || ProxyVariables.Passwords(name, value).Any()
                || secrets.Any(secret => value.Contains(secret, StringComparison.Ordinal))
            )
        );

    [GeneratedRegex(
        $"^TWINE_|{SecretVariables.NamePattern}|^ACTIONS_ID_TOKEN_REQUEST_|^CI_REPOSITORY_URL$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex SecretName();

    [GeneratedRegex(
        "^[a-z][a-z0-9+.-]*://[^/@\\s]*:[^/@\\s]+@",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex UserInfo();
}
