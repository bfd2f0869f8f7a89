using PySign.Sigstore.Bundles;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Trust;
using static PySign.Sigstore.Errors.VerificationFailure;

namespace PySign.Sigstore.Verification;

/// <summary>
/// Step 2: the path from the signing certificate to a certificate authority of the trusted root (RFC 5280 6.1), every certificate and the
/// authority's window valid at every trusted time. The authority's own chain was checked when the root was read.
/// </summary>
internal static class CertificateStep
{
    /// <summary>Refuses chains that bring their own root, unless such old bundles are accepted.</summary>
    /// <returns>How many of the bundle's certificates may be used: all but a root.</returns>
    public static int CountUsable(Bundle bundle, Certificate leaf, bool acceptOldBundles)
    {
        var certificates = bundle.VerificationMaterial.Certificates;
        if (IsRoot(leaf))
        {
            throw RootAt("one that claims to have signed", null);
        }

        var before = leaf;
        for (var i = 1; i < certificates.Count; i++)
        {
            var certificate = Certificate.Parse(certificates[i]);
            var isLast = i + 1 == certificates.Count;
            if (!IsRoot(certificate))
            {
                before = certificate;
                continue;
            }

            // protobuf-specs sigstore_bundle.proto, x509_certificate_chain: leaf, intermediates, root, each issued by the next.
            if (!isLast || !before.Issuer.Span.SequenceEqual(certificate.Subject.Span))
            {
                throw RootAt("one in the wrong place", null);
            }

            return acceptOldBundles ? i : throw RootAt("one at the end of the chain", OldBundle(bundle.Version));
        }

        return certificates.Count;
    }

    private static bool IsRoot(Certificate certificate) => certificate.IsSelfIssued && certificate.Constraints.IsAuthority;

    private static string OldBundle(BundleVersion version) =>
        $"The bundle is not damaged: it is one of the old format {(version == BundleVersion.V01 ? "0.1" : "0.2")} as npm, older "
        + "sigstore-js "
        + "and slsa-github-generator 1.7 wrote it, with the root at the end of its chain. If it is what you expect, accept old bundles "
        + "(VerifierOptions.AcceptOldBundles; AcceptOldBundles in VerifyBlobSettings; old-bundles = \"accept\" in pysign-policy.toml): its "
        + "root then "
        + "counts for nothing. Otherwise have the artifact signed again.";

    private static VerificationException RootAt(string actual, string? advice)
    {
        const string Expected = "no root certificate in the bundle: trust comes from the trusted root alone";
        return advice is null
            ? Refusal.Bundle(RootCertificateInBundle, Expected, actual)
            : new VerificationException(RootCertificateInBundle, VerificationStep.Parse, Expected, actual, advice);
    }

    /// <param name="intermediates">The leaf and what came with it, to build the path from; never trusted.</param>
    /// <param name="usable">How many of them may be used.</param>
    /// <param name="leaf">The signing certificate.</param>
    /// <param name="times">When it must have been valid.</param>
    /// <param name="root">Whom to believe.</param>
    /// <returns>The certificate that issued the leaf.</returns>
    public static Certificate Run(
        IReadOnlyList<ReadOnlyMemory<byte>> intermediates,
        int usable,
        Certificate leaf,
        IReadOnlyList<VerifiedTime> times,
        TrustedRoot root
    )
    {
        PathValidation.CheckCriticalExtensions(leaf);
        CheckLeafTimes(leaf, times);

        // Several authorities may bear one name, as after a renewal: one that fits in everything will do. Those that were trusted at the
        // time come first, for they will do; of the refusals, "not this key's signature" says least.
        VerificationException? refusal = null;
        foreach (var trustedThen in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var authority in root.CertificateAuthorities)
            {
                var path = TrustedAt(authority, times) == trustedThen ? FindPath(intermediates, usable, leaf, authority) : null;
                if (path is null)
                {
                    continue;
                }

                try
                {
                    CheckPath(path, authority, times);
                    return path[1];
                }
                catch (VerificationException e)
                {
                    refusal = refusal is null or { Reason: CertificateSignatureInvalid } ? e : refusal;
                }
            }
        }

        throw refusal
            ?? root.WhyUnusable("certificateAuthorities", [])
            ?? Refusal.Certificate(
                CertificateAuthorityUnknown,
                "a certificate issued by an authority of the trusted root",
                "one issued by another authority"
            );
    }

    private static void CheckLeafTimes(Certificate leaf, IReadOnlyList<VerifiedTime> times)
    {
        foreach (var time in times)
        {
            if (!leaf.IsValidAt(time.Time))
            {
                throw Refusal.Certificate(
                    CertificateNotValidAtTime,
                    $"a signature made while the certificate was valid, {leaf.NotBefore:u} to {leaf.NotAfter:u}",
                    $"{time.Time:u} ({time.Source})"
                );
            }
        }
    }

    private static bool TrustedAt(TrustedAuthority authority, IReadOnlyList<VerifiedTime> times)
    {
        foreach (var time in times)
        {
            if (!authority.Window.Contains(time.Time))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Leaf, intermediates of the bundle if they are needed, and the part of the authority's chain above; null if names do not
    /// meet.</summary>
    private static List<Certificate>? FindPath(
        IReadOnlyList<ReadOnlyMemory<byte>> intermediates,
        int usable,
        Certificate leaf,
        TrustedAuthority authority
    )
    {
        List<Certificate> path = [leaf];
        for (var next = 1; ; next++)
        {
            var at = Array.FindIndex(authority.Chain, certificate => certificate.Subject.Span.SequenceEqual(path[^1].Issuer.Span));
            if (at >= 0)
            {
                path.AddRange(authority.Chain.AsSpan(at));
                return path;
            }

            if (next >= usable)
            {
                return null;
            }

            path.Add(Certificate.Parse(intermediates[next]));
        }
    }

    private static void CheckPath(List<Certificate> path, TrustedAuthority authority, IReadOnlyList<VerifiedTime> times)
    {
        var below = 0;
        for (var i = 0; i + 1 < path.Count; i++)
        {
            var inAuthority = Array.IndexOf(authority.Chain, path[i]) >= 0;
            PathValidation.CheckLink(path[i], path[i + 1], below, Oids.CodeSigning, checkSignature: !inAuthority);
            below += path[i + 1].IsSelfIssued ? 0 : 1;
        }

        foreach (var time in times)
        {
            if (!authority.Window.Contains(time.Time))
            {
                throw Refusal.Certificate(
                    OutsideAuthorityWindow,
                    $"a signature made while the authority is trusted, {authority.Window}",
                    $"{time.Time:u} ({time.Source})"
                );
            }

            for (var i = 1; i < path.Count; i++)
            {
                if (!path[i].IsValidAt(time.Time))
                {
                    throw Refusal.Certificate(
                        AuthorityCertificateNotValidAtTime,
                        $"authorities valid when the signature was made, {path[i].NotBefore:u} to {path[i].NotAfter:u}",
                        $"{time.Time:u} ({time.Source})"
                    );
                }
            }
        }
    }
}
