using Cake.Core;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Stores;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>Opens connections to registries; tests give a handler that reaches an in-memory one.</summary>
internal sealed record RegistryConnections(HttpMessageHandler? Handler, TimeProvider Time)
{
    public const int DefaultParallel = 4;

    private ExtraAuthorities? Authorities { get; init; }

    private NetworkSettings Network { get; init; } = new();

    /// <summary>These connections with the extra CA file and the limits of a call.</summary>
    /// <exception cref="PySignException">The file cannot be used.</exception>
    public RegistryConnections For(NetworkSettings network, ICakeEnvironment environment) =>
        this with
        {
            Network = network,
            Authorities = CaFile.Of(network.CaFile, environment),
        };

    /// <summary>A store that keeps files as they are, of whatever kind.</summary>
    /// <param name="settings">Which, and how to be let in.</param>
    /// <param name="log">Where progress goes.</param>
    /// <param name="maxFileBytes">What a file may have at most.</param>
    /// <param name="uploads">Whether files are sent, not only fetched.</param>
    /// <param name="draft">Whether a GitHub release that is not there is created as a draft.</param>
    public GenericRegistry Store(
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

        RegistryConnection Connect() =>
            Open(root, Credential(settings), Network.AllowStorageRedirects ?? true, settings.Token, log, maxFileBytes);
    }

    /// <summary>The attestations of a repository of GitHub.</summary>
    public GitHubAttestationStore Attestations(Uri repository, string token, SafeLog log) =>
        new(Open(repository, ServiceCredential.Bearer(token), allowStorage: true, token, log, RegistryConnection.MaxFileBytes), repository);

    /// <summary>An index with Basic authentication, or none.</summary>
    public RegistryConnection Basic(
        Uri root,
        string? userName,
        string? password,
        bool allowStorage,
        SafeLog log,
        long maxFileBytes = RegistryConnection.MaxFileBytes
    )
    {
        if (string.IsNullOrEmpty(userName) != string.IsNullOrEmpty(password))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"There is a {(string.IsNullOrEmpty(userName) ? "password without a user name" : "user name without a password")} for "
                    + $"{root}.",
                "Give both, or none for a public registry."
            );
        }

        var credential = string.IsNullOrEmpty(password) ? null : ServiceCredential.Basic(userName!, password);
        return Open(root, credential, allowStorage, password, log, maxFileBytes);
    }

    /// <summary>A handler for a service that is not a registry; null where the usual connections do. The caller disposes it.</summary>
    public HttpMessageHandler? OwnHandler() => Handler is null && Authorities is not null ? ServiceHandler.Create(Authorities) : null;

    private RegistryConnection Open(
        Uri root,
        ServiceCredential? credential,
        bool allowStorage,
        string? secret,
        SafeLog log,
        long maxFileBytes
    )
    {
        log.Redactor.Add(secret);
        var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = Handler,
                Authorities = Authorities,
                Time = Time,
                Redactor = log.Redactor,
            }
        );
        return new RegistryConnection(client, root, credential, allowStorage, log, maxFileBytes)
        {
            TransferTime = Transfer(Network.TransferTimeout),
        };
    }

    private static TimeSpan Transfer(TimeSpan timeout) =>
        timeout > TimeSpan.Zero && timeout <= TimeSpan.FromDays(1)
            ? timeout
            : throw new PySignException(
                PySignFailure.InvalidSettings,
                $"TransferTimeout is {timeout:c}; it must be more than zero and at most one day."
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
