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
    /// <param name="root">Its address.</param>
    /// <param name="network">How it is reached.</param>
    /// <param name="entry">User and password; <see langword="null"/> reads anonymously.</param>
    /// <param name="cache">What is kept between runs.</param>
    public AuditIndex Index(Uri root, NetworkSettings network, IndexSettings? entry, AuditCache? cache = null)
    {
        services.Log.Redactor.Add(entry?.Password);
        var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = services.Handler,
                Authorities = CaFile.Of(network.CaFile, services.Environment),
                Time = services.Time,
                Redactor = services.Log.Redactor,
            }
        );
        var credential = entry?.Password is { Length: > 0 } password ? ServiceCredential.Basic(entry.UserName ?? "", password) : null;
        return new AuditIndex(client, root, credential, cache);
    }

    /// <summary>Stops where an index lets only those in whom it knows: what it holds is not known then, which is not a
    /// finding about it.</summary>
    /// <exception cref="PySignException">It answered 401 or 403.</exception>
    public static void RequireLetIn<T>(IndexAnswer<T> answer)
        where T : class
    {
        if (answer.Reason == AuditReason.Forbidden)
        {
            throw new PySignException(PySignFailure.Unauthorized, answer.Detail!, "Set Index.UserName and Index.Password.");
        }
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
