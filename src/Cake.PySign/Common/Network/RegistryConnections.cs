using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Stores;
using Cake.PySign.Publish;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>Opens connections to registries; tests give a handler that reaches an in-memory one.</summary>
internal sealed record RegistryConnections(HttpMessageHandler? Handler, TimeProvider Time)
{
    public static RegistryConnections Real { get; } = new(null, TimeProvider.System);

    private ExtraAuthorities? Authorities { get; init; }

    /// <summary>These connections with the extra CA file of a call.</summary>
    /// <exception cref="PySignException">The file cannot be used.</exception>
    public RegistryConnections Trusting(FilePath? caFile, ICakeEnvironment environment) =>
        this with
        {
            Authorities = CaFile.Of(caFile, environment),
        };

    /// <summary>A registry that keeps files as they are, of whatever kind.</summary>
    public GenericRegistry Generic(GenericRegistrySettings settings, SafeLog log, long maxFileBytes = RegistryConnection.MaxFileBytes)
    {
        var root = ServiceAddress.Require(settings.RegistryUrl, nameof(settings.RegistryUrl));
        var package = Name(settings.PackageName, nameof(settings.PackageName));
        var version = Name(settings.PackageVersion, nameof(settings.PackageVersion));
        switch (settings.Kind)
        {
            case RegistryKind.GitLab:
                GenericNames.RequireGitLabPackage(package, version);
                return new GitLabGenericRegistry(Connect(), root, package, GenericNames.Mapped(version));
            case RegistryKind.Http:
                GenericNames.RequireSegment("package name", package);
                GenericNames.RequireSegment("package version", version);
                return new PutRegistry(Connect(), ServiceAddress.Below(root, package, version));
            case RegistryKind.GitHubRelease:
                GenericNames.RequireTag(version);
                return new GitHubReleaseRegistry(
                    Connect(),
                    new GitHubReleaseTarget(root, package, version)
                    {
                        Uploads = settings is GenericUploadSettings,
                        StaysDraft = settings is GenericUploadSettings { Draft: true },
                        HasToken = !string.IsNullOrEmpty(settings.Token),
                    }
                );
            default:
                throw new PySignException(PySignFailure.InvalidSettings, $"Kind is {settings.Kind}, which is not known.");
        }

        RegistryConnection Connect() => Open(root, Credential(settings), settings.AllowStorageRedirects, settings.Token, log, maxFileBytes);
    }

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

    /// <summary>A handler for a service that is no registry; null where the usual connections do. The caller disposes it.</summary>
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
        return new RegistryConnection(client, root, credential, allowStorage, log, maxFileBytes);
    }

    private static string Name(string? value, string setting) =>
        string.IsNullOrEmpty(value)
            ? throw new PySignException(PySignFailure.InvalidSettings, $"{setting} of the generic package is not set.")
            : value;

    private static ServiceCredential? Credential(GenericRegistrySettings settings)
    {
        if (string.IsNullOrEmpty(settings.Token))
        {
            return null;
        }

        if (settings.Kind == RegistryKind.GitHubRelease)
        {
            return ServiceCredential.Bearer(settings.Token);
        }

        return settings.TokenKind switch
        {
            RegistryTokenKind.JobToken => ServiceCredential.InHeader("JOB-TOKEN", settings.Token),
            RegistryTokenKind.PrivateToken => ServiceCredential.InHeader("PRIVATE-TOKEN", settings.Token),
            RegistryTokenKind.DeployToken => ServiceCredential.InHeader("DEPLOY-TOKEN", settings.Token),
            RegistryTokenKind.BearerToken => ServiceCredential.Bearer(settings.Token),
            RegistryTokenKind.Password when !string.IsNullOrEmpty(settings.UserName) => ServiceCredential.Basic(
                settings.UserName,
                settings.Token
            ),
            RegistryTokenKind.Password => throw new PySignException(
                PySignFailure.InvalidSettings,
                "TokenKind is Password and UserName is not set."
            ),
            _ => throw new PySignException(PySignFailure.InvalidSettings, $"TokenKind is {settings.TokenKind}, which is not known."),
        };
    }
}
