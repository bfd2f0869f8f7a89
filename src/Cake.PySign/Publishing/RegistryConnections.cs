using Cake.PySign.Processes;
using PySign.Sigstore.Http;

namespace Cake.PySign.Publishing;

/// <summary>Opens connections to registries; tests give a handler that reaches an in-memory one.</summary>
internal sealed record RegistryConnections(HttpMessageHandler? Handler, TimeProvider Time)
{
    public static RegistryConnections Real { get; } = new(null, TimeProvider.System);

    /// <summary>A generic package registry with a token in GitLab's header.</summary>
    public GenericRegistry Generic(GenericRegistrySettings settings, SafeLog log)
    {
        var root = ServiceAddress.Require(settings.RegistryUrl, nameof(settings.RegistryUrl));
        GenericNames.RequirePackage(settings.PackageName, settings.PackageVersion);
        var credential = string.IsNullOrEmpty(settings.Token) ? null : ServiceCredential.InHeader(Header(settings.TokenKind), settings.Token);
        return new GenericRegistry(Open(root, credential, settings.AllowStorageRedirects, settings.Token, log), root, settings.PackageName!, settings.PackageVersion!);
    }

    /// <summary>An index with Basic authentication, or none.</summary>
    public RegistryConnection Basic(Uri root, string? userName, string? password, bool allowStorage, SafeLog log)
    {
        if (string.IsNullOrEmpty(userName) != string.IsNullOrEmpty(password))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"There is a {(string.IsNullOrEmpty(userName) ? "password without a user name" : "user name without a password")} for {root}.",
                "Give both, or none for a public registry.");
        }

        var credential = string.IsNullOrEmpty(password) ? null : ServiceCredential.Basic(userName!, password);
        return Open(root, credential, allowStorage, password, log);
    }

    private RegistryConnection Open(Uri root, ServiceCredential? credential, bool allowStorage, string? secret, SafeLog log)
    {
        log.Redactor.Add(secret);
        var client = new ServiceClient(new ServiceClientOptions { Handler = Handler, Time = Time, Redactor = log.Redactor });
        return new RegistryConnection(client, root, credential, allowStorage);
    }

    private static string Header(RegistryTokenKind kind) => kind switch
    {
        RegistryTokenKind.JobToken => "JOB-TOKEN",
        RegistryTokenKind.PrivateToken => "PRIVATE-TOKEN",
        RegistryTokenKind.DeployToken => "DEPLOY-TOKEN",
        _ => throw new PySignException(PySignFailure.InvalidSettings, $"TokenKind is {kind}, which is not known."),
    };
}
