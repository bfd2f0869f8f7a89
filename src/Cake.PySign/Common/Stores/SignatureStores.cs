using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using PySign.Http;

namespace Cake.PySign.Common.Stores;

/// <summary>Opens the places that keep signatures.</summary>
internal static class SignatureStores
{
    /// <summary>A store that keeps files as they are, of whatever kind.</summary>
    /// <param name="connections">How it is reached.</param>
    /// <param name="settings">Which, and how to be let in.</param>
    /// <param name="log">Where progress goes.</param>
    /// <param name="maxFileBytes">What a file may have at most.</param>
    /// <param name="uploads">Whether files are sent, not only fetched.</param>
    /// <param name="draft">Whether a GitHub release that is not there is created as a draft.</param>
    public static GenericRegistry Store(
        this RegistryConnections connections,
        SignatureStoreSettings settings,
        SafeLog log,
        long maxFileBytes = RegistryConnection.MaxFileBytes,
        bool uploads = false,
        bool draft = false
    )
    {
        var root = ServiceAddress.Require(settings.Url, "Store.Url");
        var package = Name(settings.Name, "Store.Name");
        var version = Name(settings.Version, "Store.Version");
        switch (settings.Kind)
        {
            case StoreKind.GitLab:
                GenericNames.RequireGitLabPackage(package, version);
                return new GitLabGenericRegistry(Connect(), root, package, GenericNames.Mapped(version));
            case StoreKind.Http:
                GenericNames.RequireSegment("package name", package);
                GenericNames.RequireSegment("package version", version);
                return new PutRegistry(Connect(), ServiceAddress.Below(root, package, version));
            case StoreKind.GitHubRelease:
                GenericNames.RequireTag(version);
                return new GitHubReleaseRegistry(
                    Connect(),
                    new GitHubReleaseTarget(root, package, version)
                    {
                        Uploads = uploads,
                        StaysDraft = draft,
                        HasToken = !string.IsNullOrEmpty(settings.Token),
                    }
                );
            default:
                throw new PySignException(PySignFailure.InvalidSettings, $"Store.Kind is {settings.Kind}, which is not known.");
        }

        RegistryConnection Connect()
        {
            var allowStorage = connections.Network.StorageRedirects.Decide(true);
            return connections.Open(root, Credential(settings), allowStorage, settings.Token, log, maxFileBytes);
        }
    }

    /// <summary>The release of a tag at GitLab, with a job's token.</summary>
    public static GitLabReleasePage GitLabRelease(
        this RegistryConnections connections,
        Uri project,
        string token,
        string tag,
        SafeLog log
    ) =>
        new(
            connections.Open(project, ServiceCredential.InHeader("JOB-TOKEN", token), false, token, log, RegistryConnection.MaxFileBytes),
            project,
            tag
        );

    /// <summary>The attestations of a repository of GitHub.</summary>
    public static GitHubAttestationStore Attestations(this RegistryConnections connections, Uri repository, string token, SafeLog log) =>
        new(
            connections.Open(repository, ServiceCredential.Bearer(token), allowStorage: true, token, log, RegistryConnection.MaxFileBytes),
            repository
        );

    private static string Name(string? value, string setting) =>
        string.IsNullOrEmpty(value) ? throw new PySignException(PySignFailure.InvalidSettings, $"{setting} is not set.") : value;

    private static ServiceCredential? Credential(SignatureStoreSettings settings)
    {
        if (string.IsNullOrEmpty(settings.Token))
        {
            return null;
        }

        if (settings.Kind == StoreKind.GitHubRelease)
        {
            return ServiceCredential.Bearer(settings.Token);
        }

        return settings.TokenKind switch
        {
            StoreTokenKind.JobToken => ServiceCredential.InHeader("JOB-TOKEN", settings.Token),
            StoreTokenKind.PrivateToken => ServiceCredential.InHeader("PRIVATE-TOKEN", settings.Token),
            StoreTokenKind.DeployToken => ServiceCredential.InHeader("DEPLOY-TOKEN", settings.Token),
            StoreTokenKind.BearerToken => ServiceCredential.Bearer(settings.Token),
            StoreTokenKind.Password when !string.IsNullOrEmpty(settings.UserName) => ServiceCredential.Basic(
                settings.UserName,
                settings.Token
            ),
            StoreTokenKind.Password => throw new PySignException(
                PySignFailure.InvalidSettings,
                "Store.TokenKind is Password and Store.UserName is not set."
            ),
            _ => throw new PySignException(PySignFailure.InvalidSettings, $"Store.TokenKind is {settings.TokenKind}, which is not known."),
        };
    }
}
