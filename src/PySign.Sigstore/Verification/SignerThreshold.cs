using System.Globalization;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Verification;

/// <summary>Somebody who may sign: an identity, or the holder of a key.</summary>
public sealed class TrustedSigner
{
    private TrustedSigner(string name, VerificationPolicy? policy, ManagedKey? key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Policy = policy;
        Key = key;
    }

    /// <summary>What messages call the signer.</summary>
    public string Name { get; }

    internal VerificationPolicy? Policy { get; }

    internal ManagedKey? Key { get; }

    /// <summary>A signer with a certificate.</summary>
    /// <param name="name">What messages call the signer.</param>
    /// <param name="policy">Whom the certificate must name.</param>
    public static TrustedSigner WithIdentity(string name, VerificationPolicy policy) =>
        new(name, policy ?? throw new ArgumentNullException(nameof(policy)), null);

    /// <summary>A signer with a key.</summary>
    /// <param name="name">What messages call the signer.</param>
    /// <param name="key">The public key.</param>
    public static TrustedSigner WithKey(string name, ManagedKey key) =>
        new(name, null, key ?? throw new ArgumentNullException(nameof(key)));
}

/// <summary>
/// How many of which signers must have signed. Identities and keys can stand side by side. Nobody counts twice: two bundles of one signer
/// are one, and so are two names for one identity or key.
/// </summary>
public sealed class SignerThreshold
{
    /// <summary>Says who may sign and how many must.</summary>
    /// <param name="signers">The signers, each with a name of its own.</param>
    /// <param name="threshold">How many of them; from 1 to their number.</param>
    /// <exception cref="ArgumentException">The threshold cannot be reached, or a name or key stands twice.</exception>
    public SignerThreshold(IReadOnlyList<TrustedSigner> signers, int threshold)
    {
        ArgumentNullException.ThrowIfNull(signers);
        if (threshold < 1 || threshold > signers.Count)
        {
            throw new ArgumentException($"A threshold of {threshold} cannot be reached by {signers.Count} signers.", nameof(threshold));
        }

        RequireOnce(signers.Select(static signer => signer.Name), "name");
        RequireOnce(signers.Select(static signer => signer.Key?.Hint).OfType<string>(), "key");
        Signers = [.. signers];
        Threshold = threshold;
    }

    /// <summary>Who may sign.</summary>
    public IReadOnlyList<TrustedSigner> Signers { get; }

    /// <summary>How many of them must have signed.</summary>
    public int Threshold { get; }

    private static void RequireOnce(IEnumerable<string> values, string what)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (values.FirstOrDefault(value => !seen.Add(value)) is { } twice)
        {
            throw new ArgumentException($"The signers' {what} {twice} appears twice: each signer counts once.", nameof(values));
        }
    }
}

/// <summary>What one signer has proven.</summary>
/// <param name="Signer">The signer.</param>
/// <param name="Bundle">The signer's bundle.</param>
/// <param name="Verified">What was found in it.</param>
public sealed record SignerProof(TrustedSigner Signer, Bundle Bundle, VerifiedArtifact Verified);

/// <summary>Counts signers: which of them are proven by which bundle, each once.</summary>
internal static class SignerCount
{
    /// <param name="threshold">Who must have signed.</param>
    /// <param name="bundles">What was found beside the artifact.</param>
    /// <param name="verify">Verifies one bundle for one signer.</param>
    /// <returns>One proof for each signer that has signed, at least as many as the threshold asks for.</returns>
    /// <exception cref="VerificationException">With reason <see cref="VerificationFailure.ThresholdNotReached"/>; when one signer is enough
    /// and one bundle is there, with the bundle's own reason.</exception>
    public static IReadOnlyList<SignerProof> Require(
        SignerThreshold threshold,
        IReadOnlyList<Bundle> bundles,
        Func<Bundle, TrustedSigner, VerifiedArtifact> verify
    )
    {
        List<SignerProof> proofs = [];
        List<(TrustedSigner Signer, VerificationException Refusal)> refusals = [];
        foreach (var signer in threshold.Signers)
        {
            foreach (var bundle in bundles)
            {
                try
                {
                    proofs.Add(new SignerProof(signer, bundle, verify(bundle, signer)));
                }
                catch (VerificationException e)
                {
                    refusals.Add((signer, e));
                }
            }
        }

        var counted = Match(threshold.Signers, proofs);
        if (counted.Count >= threshold.Threshold)
        {
            return counted;
        }

        throw refusals is [var only] && threshold.Threshold == 1 ? only.Refusal : NotReached(threshold, bundles.Count, counted, refusals);
    }

    /// <summary>Gives as many signers as possible a proof by somebody whom no other signer has been given.</summary>
    private static List<SignerProof> Match(IReadOnlyList<TrustedSigner> signers, List<SignerProof> proofs)
    {
        var takenBy = new Dictionary<string, SignerProof>(StringComparer.Ordinal);
        foreach (var signer in signers)
        {
            TryGive(signer, []);
        }

        return [.. signers.Select(signer => takenBy.Values.FirstOrDefault(proof => proof.Signer == signer)).OfType<SignerProof>()];

        bool TryGive(TrustedSigner signer, HashSet<string> tried)
        {
            foreach (var proof in proofs.Where(proof => proof.Signer == signer))
            {
                var who = WhoSigned(proof);
                if (tried.Add(who) && (!takenBy.TryGetValue(who, out var other) || TryGive(other.Signer, tried)))
                {
                    takenBy[who] = proof;
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Who a proof shows to have signed, as the certificate or key says; names in a policy do not make two of one.</summary>
    private static string WhoSigned(SignerProof proof) =>
        proof.Signer.Key is { } key ? "key " + key.Hint : $"identity {proof.Verified.Identity}\n{proof.Verified.Issuer}";

    private static VerificationException NotReached(
        SignerThreshold threshold,
        int bundles,
        List<SignerProof> counted,
        List<(TrustedSigner Signer, VerificationException Refusal)> refusals
    )
    {
        var missing = threshold
            .Signers.Where(signer => !counted.Exists(proof => proof.Signer == signer))
            .Select(signer =>
            {
                var why = refusals.Where(refusal => refusal.Signer == signer).Select(static refusal => refusal.Refusal);
                var reason = why.MaxBy(static e => e.Step)?.Reason.ToString() ?? "the same signer as another name";
                return $"{signer.Name} ({(bundles == 0 ? "no signature" : reason)})";
            });
        return new VerificationException(
            VerificationFailure.ThresholdNotReached,
            VerificationStep.Identity,
            $"signatures of {threshold.Threshold} of {threshold.Signers.Count} signers",
            $"{Counted(counted.Select(static proof => proof.Signer.Name).ToList())}; not {string.Join(", ", missing)}",
            "Do not use the artifact before the signers that are missing have signed it."
        );
    }

    private static string Counted(List<string> names) =>
        names.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{names.Count} ({string.Join(", ", names)})") : "none";
}
