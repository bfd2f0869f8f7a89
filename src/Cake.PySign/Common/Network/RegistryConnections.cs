using Cake.Core;
using Cake.PySign.Common.Logging;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>Opens connections to registries; tests give a handler that reaches an in-memory one.</summary>
internal sealed record RegistryConnections(HttpMessageHandler? Handler, TimeProvider Time)
{
    public const int DefaultParallel = 4;

    /// <summary>How many files are under way at a time.</summary>
    public static ParallelOptions Parallel(NetworkSettings network, CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = network.Parallel(DefaultParallel), CancellationToken = cancellationToken };

    private ExtraAuthorities? Authorities { get; init; }

    public NetworkSettings Network { get; init; } = new();

    /// <summary>These connections with the extra CA file and the limits of a call.</summary>
    /// <exception cref="PySignException">The file cannot be used.</exception>
    public RegistryConnections For(NetworkSettings network, ICakeEnvironment environment) =>
        this with
        {
            Network = network,
            Authorities = CaFile.Of(network.CaFile, environment),
        };

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

    /// <summary>A registry with a credential of its own kind, and with what of it must not be shown.</summary>
    public RegistryConnection Open(
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
                Retrying = log.Information,
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
}
