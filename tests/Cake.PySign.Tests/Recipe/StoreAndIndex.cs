using System.Globalization;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitHub;
using PySign.Sandbox.Registries.GitLab;

namespace Cake.PySign.Tests.Recipe;

/// <summary>A store and an index of their own for each number.</summary>
internal sealed class StoreAndIndex
{
    public const string Token = "canary-store-token-0123456789";
    public const string IndexToken = "canary-index-token-0123456789";

    private readonly SandboxServer _server;
    private readonly StoreKind _kind;
    private readonly int _number;

    public StoreAndIndex(SandboxServer server, StoreKind kind, int number)
    {
        (_server, _kind, _number) = (server, kind, number);
        server.Services.GitLab.Configure(
            new GitLabProjectOptions
            {
                Id = 3000 + number,
                Path = $"acme/place-{number}",
                RequestForwarding = false,
                Credentials = [new(CredentialKind.JobToken, IndexToken)],
            }
        );
        server.Services.GitHub.Configure(
            new GitHubRepositoryOptions
            {
                Path = Repository,
                Token = Token,
                TokenLimit = 100_000,
            }
        );
    }

    private string Repository => $"acme/place-{_number}";

    public Release Release(CakeRig rig, string dist, HttpMessageHandler handler, TimeProvider? time = null)
    {
        var release = MemoryRegistries.Release(rig, dist, 0, handler, time ?? TimeProvider.System);
        var options = release.Options;
        (options.Index.UserName, options.Index.Password) = ("gitlab-ci-token", IndexToken);
        options.RepositoryUrl = new Uri(
            _server.BaseUrl,
            string.Create(CultureInfo.InvariantCulture, $"/api/v4/projects/{3000 + _number}/packages/pypi")
        );
        options.Store.Kind = _kind;
        (options.Store.Token, options.Store.TokenKind) =
            _kind == StoreKind.GitLab ? (IndexToken, StoreTokenKind.JobToken) : (Token, StoreTokenKind.BearerToken);
        options.Store.Url = new Uri(
            _server.BaseUrl,
            _kind switch
            {
                StoreKind.Http => $"/store/{_number}",
                StoreKind.GitLab => string.Create(CultureInfo.InvariantCulture, $"/api/v4/projects/{3000 + _number}/packages/generic"),
                _ => $"/api/v3/repos/{Repository}",
            }
        );
        return release;
    }

    /// <summary>Name and digest of what the store has.</summary>
    public IReadOnlyList<string> Stored() =>
        _kind switch
        {
            StoreKind.Http =>
            [
                .. _server
                    .Services.Store.Stored.Where(file => file.Key.StartsWith($"{_number}/", StringComparison.Ordinal))
                    .Select(file => $"{file.Key.Split('/')[^1]} {file.Value}")
                    .Order(StringComparer.Ordinal),
            ],
            StoreKind.GitLab =>
            [
                .. _server
                    .Services.GitLab.Stored()
                    .Where(file => file.Project == Repository && file.Type == "generic")
                    .Select(file => $"{file.FileName} {file.Sha256}")
                    .Order(StringComparer.Ordinal),
            ],
            _ => [.. _server.Services.GitHub.Stored(Repository).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])],
        };

    public IReadOnlySet<string> Names() => Stored().Select(line => line.Split(' ')[0]).ToHashSet(StringComparer.Ordinal);
}
