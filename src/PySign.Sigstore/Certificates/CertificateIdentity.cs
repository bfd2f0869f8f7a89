using System.Buffers;
using System.Formats.Asn1;
using System.Text;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Certificates;

/// <summary>The form in which a certificate names its holder.</summary>
public enum IdentityKind
{
    /// <summary>A URI: CI workloads, SPIFFE ids.</summary>
    Uri,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A user name in a domain (otherName 1.3.6.1.4.1.57264.1.7).</summary>
    OtherName,
}

/// <summary>Whom a signing certificate was issued to, and what its authority says about the build.</summary>
public sealed record CertificateIdentity
{
    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    private const string GitHubReleasesSuffix = ".releases.github.com";

    private static readonly SearchValues<char> _hostLabel = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private readonly string?[] _extensions;

    private CertificateIdentity(string subject, IdentityKind kind, string issuer, string?[] extensions)
    {
        SubjectAlternativeName = subject;
        Kind = kind;
        Issuer = issuer;
        _extensions = extensions;
    }

    /// <summary>The certificate's one subject alternative name.</summary>
    public string SubjectAlternativeName { get; }

    /// <summary>The kind of that name.</summary>
    public IdentityKind Kind { get; }

    /// <summary>The OIDC issuer that vouched for the identity; empty in GitHub's own attestations of releases alone.</summary>
    public string Issuer { get; }

    /// <summary>When the certificate begins to be valid.</summary>
    public DateTimeOffset NotBefore { get; private init; }

    /// <summary>When the certificate ceases to be valid.</summary>
    public DateTimeOffset NotAfter { get; private init; }

    /// <summary>The serial number, lower-case hexadecimal.</summary>
    public string SerialNumber { get; private init; } = "";

    /// <summary>The value of an extension; null if the certificate does not have it.</summary>
    /// <param name="extension">Which extension.</param>
    public string? this[FulcioExtension extension] => (uint)extension < (uint)_extensions.Length ? _extensions[(int)extension] : null;

    /// <summary>Reads who a certificate was issued to.</summary>
    /// <exception cref="VerificationException">It names nobody, several, or in a form that is not known.</exception>
    internal static CertificateIdentity Read(Certificate certificate)
    {
        try
        {
            var extensions = ReadExtensions(certificate);
            var (subject, kind) = ReadName(certificate);
            return new CertificateIdentity(subject, kind, ReadIssuer(extensions, subject), extensions)
            {
                NotBefore = certificate.NotBefore,
                NotAfter = certificate.NotAfter,
                SerialNumber = Convert.ToHexStringLower(certificate.SerialNumber.Span),
            };
        }
        catch (Exception e) when (e is AsnContentException or DecoderFallbackException)
        {
            throw Fail(VerificationFailure.CertificateMalformed, "readable identity extensions", e.Message.TrimEnd('.'));
        }
    }

    private static string?[] ReadExtensions(Certificate certificate)
    {
        var values = new string?[(int)FulcioExtension.TokenSubject + 1];
        foreach (var extension in certificate.Extensions)
        {
            var oid = extension.Oid.Span;
            if (oid.Length != Oids.Fulcio.Length + 1 || !oid.StartsWith(Oids.Fulcio) || oid[^1] >= values.Length || oid[^1] is 0 or 7)
            {
                continue;
            }

            // 1 to 6 are bare text, the later ones a DER UTF8String (fulcio docs/oid-info.md).
            if (oid[^1] <= 6)
            {
                values[oid[^1]] = _strictUtf8.GetString(extension.Value.Span);
                continue;
            }

            var reader = new DerReader(extension.Value);
            values[oid[^1]] = reader.Text(UniversalTagNumber.UTF8String);
            reader.End();
        }

        return values;
    }

    private static string ReadIssuer(string?[] extensions, string subject)
    {
        var old = extensions[(int)FulcioExtension.IssuerV1];
        var current = extensions[(int)FulcioExtension.Issuer];
        if (old is not null && current is not null && old != current)
        {
            throw Fail(VerificationFailure.IssuerInvalid, "one issuer", $"\"{current}\" and \"{old}\"");
        }

        if ((current ?? old) is { Length: > 0 } issuer)
        {
            return issuer;
        }

        // GitHub attests immutable releases itself: its service's name stands in the certificate, and nobody vouches for it but GitHub's
        // own authority (docs.github.com, "Verifying the integrity of a release").
        return IsGitHubReleases(subject) && current is null && old is null
            ? ""
            : throw Fail(VerificationFailure.IssuerInvalid, "an issuer in the certificate", "none");
    }

    /// <summary>Whom GitHub's own attestations of releases name as their signer: <c>dotcom</c>, or the tenant of a GHE.com
    /// enterprise.</summary>
    internal static string GitHubReleases(string tenant) => "https://" + tenant + GitHubReleasesSuffix;

    private static bool IsGitHubReleases(string subject)
    {
        const string Scheme = "https://";
        return subject.Length > Scheme.Length + GitHubReleasesSuffix.Length
            && subject.StartsWith(Scheme, StringComparison.Ordinal)
            && subject.EndsWith(GitHubReleasesSuffix, StringComparison.Ordinal)
            && !subject.AsSpan(Scheme.Length, subject.Length - Scheme.Length - GitHubReleasesSuffix.Length).ContainsAnyExcept(_hostLabel);
    }

    private static (string Name, IdentityKind Kind) ReadName(Certificate certificate)
    {
        var extension =
            certificate.Find(Oids.SubjectAltName)
            ?? throw Fail(VerificationFailure.SubjectAlternativeNameInvalid, "a subject alternative name", "none");
        var reader = new DerReader(extension.Value);
        var names = reader.Sequence();
        reader.End();
        var name = ReadOne(ref names);
        if (names.HasData)
        {
            throw Fail(VerificationFailure.SubjectAlternativeNameInvalid, "exactly one subject alternative name", "several");
        }

        return name.Name.Length > 0 && !name.Name.Contains('\0', StringComparison.Ordinal)
            ? name
            : throw Fail(
                VerificationFailure.SubjectAlternativeNameInvalid,
                "a subject alternative name with text",
                "an empty one, or one with NUL"
            );
    }

    private static (string Name, IdentityKind Kind) ReadOne(ref DerReader names)
    {
        if (names.NextIsContext(6, constructed: false))
        {
            return (Ascii(names.ContextPrimitive(6).Span), IdentityKind.Uri);
        }

        if (names.NextIsContext(1, constructed: false))
        {
            return (Ascii(names.ContextPrimitive(1).Span), IdentityKind.Email);
        }

        if (names.NextIsContext(0))
        {
            var other = names.Context(0);
            var oid = other.Oid().Span;
            if (oid.Length == Oids.Fulcio.Length + 1 && oid.StartsWith(Oids.Fulcio) && oid[^1] == 7)
            {
                var value = other.Context(0);
                other.End();
                var text = value.Text(UniversalTagNumber.UTF8String);
                value.End();
                return (text, IdentityKind.OtherName);
            }
        }

        throw Fail(
            VerificationFailure.SubjectAlternativeNameInvalid,
            "a URI, an e-mail address or a Fulcio user name",
            "another kind of name"
        );
    }

    private static string Ascii(ReadOnlySpan<byte> bytes) =>
        System.Text.Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : throw new AsnContentException("a name is not ASCII");

    private static VerificationException Fail(VerificationFailure reason, string expected, string actual) =>
        new(
            reason,
            VerificationStep.Identity,
            expected,
            actual,
            "The certificate is not one that Fulcio issues for signing; do not use the artifact."
        );
}
