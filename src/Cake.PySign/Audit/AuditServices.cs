using Cake.Core;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Network;
using PySign.Http;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Audit;

/// <summary>What every verb of this room works with: indexes that are asked politely, and a judge of what they serve.</summary>
internal sealed class AuditServices(Services services)
{
    public static Uri PyPi { get; } = new("https://pypi.org/simple");

    public ICakeEnvironment Environment => services.Environment;

    public SafeLog Log => services.Log;

    public TimeProvider Time => services.Time;

    public static AuditServices For(ICakeContext context) => new(Services.For(context));

    /// <summary>An index; the credential is sent to its own origin only.</summary>
    public AuditIndex Index(Uri root, NetworkSettings network, string? userName, string? password, AuditCache? cache = null)
    {
        services.Log.Redactor.Add(password);
        var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = services.Handler,
                Authorities = CaFile.Of(network.CaFile, services.Environment),
                Time = services.Time,
                Redactor = services.Log.Redactor,
            }
        );
        return new AuditIndex(client, root, password is { Length: > 0 } ? ServiceCredential.Basic(userName ?? "", password) : null, cache);
    }

    /// <summary>A judge with the trust of the settings, embedded unless they say otherwise.</summary>
    public async Task<ProvenanceJudge> JudgeAsync(
        TrustSettings trust,
        NetworkSettings network,
        string? issuer,
        CancellationToken cancellationToken
    )
    {
        var chosen = services.Trust(trust, TrustSource.Embedded, network);
        var verifier = new SigstoreVerifier(await chosen.TrustedRootAsync(cancellationToken).ConfigureAwait(false));
        return new ProvenanceJudge(
            verifier,
            new PublisherIssuers(issuer ?? services.Environment.GetEnvironmentVariable(PublisherIssuers.Variable))
        );
    }
}
