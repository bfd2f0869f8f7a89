using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Trust;
using PySign.Http;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Audit;

/// <summary>What every verb of this room works with: indexes that are asked politely, and a judge of what they serve.</summary>
internal sealed class AuditServices(ICakeEnvironment environment, SafeLog log, RegistryConnections connections)
{
    public static Uri PyPi { get; } = new("https://pypi.org/simple");

    public ICakeEnvironment Environment => environment;

    public SafeLog Log => log;

    public TimeProvider Time => connections.Time;

    public static AuditServices For(ICakeContext context) => new(context.Environment, SafeLog.For(context), RegistryConnections.Real);

    /// <summary>An index; the credential is sent to its own origin only.</summary>
    public AuditIndex Index(Uri root, NetworkSettings network, string? userName, string? password, AuditCache? cache = null)
    {
        log.Redactor.Add(password);
        var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = connections.Handler,
                Authorities = CaFile.Of(network.CaFile, environment),
                Time = connections.Time,
                Redactor = log.Redactor,
            }
        );
        return new AuditIndex(client, root, password is { Length: > 0 } ? ServiceCredential.Basic(userName ?? "", password) : null, cache);
    }

    /// <summary>A judge with the trust of the settings, embedded unless they say otherwise.</summary>
    public async Task<ProvenanceJudge> JudgeAsync(
        TrustSettings trust,
        FilePath? caFile,
        string? issuer,
        CancellationToken cancellationToken
    )
    {
        using var chosen = ChosenTrust.From(trust, TrustSource.Embedded, caFile, environment, log, connections.Handler, connections.Time);
        var verifier = new SigstoreVerifier(await chosen.TrustedRootAsync(cancellationToken).ConfigureAwait(false));
        return new ProvenanceJudge(verifier, new PublisherIssuers(issuer ?? environment.GetEnvironmentVariable(PublisherIssuers.Variable)));
    }
}
