using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Certificates;

/// <summary>Whom a certificate names, and what it says of the build (fulcio docs/oid-info.md, docs/certificate-specification.md).</summary>
public sealed class CertificateIdentityTests
{
    private const string Arc = "1.3.6.1.4.1.57264.1";

    [Fact]
    public void Every_extension_is_read_in_its_own_form_and_the_others_are_passed_over()
    {
        var forge = new Forge();
        forge.LeafExtensions.RemoveAll(static e => e.Oid!.Value!.StartsWith(Arc, StringComparison.Ordinal));
        foreach (var extension in Enum.GetValues<FulcioExtension>().Where(static e => e != FulcioExtension.None))
        {
            var text = extension is FulcioExtension.IssuerV1 or FulcioExtension.Issuer ? Forge.Issuer : $"value of {extension}";
            var value = (int)extension <= 6 ? Encoding.UTF8.GetBytes(text) : Forge.Utf8String(text);
            forge.LeafExtensions.Add(new X509Extension($"{Arc}.{(int)extension}", value, false));
        }

        // What is not an extension, not one that is known, or of another arc: none of it is text, and none of it is read.
        foreach (var other in (string[])[Arc + ".0", Arc + ".7", Arc + ".25", Arc + ".8.1", Arc, "1.3.6.1.4.1.57264.2.8"])
        {
            forge.LeafExtensions.Add(new X509Extension(other, [0xFF], false));
        }

        var identity = Read(forge);
        Assert.Equal(Forge.Issuer, identity.Issuer);
        foreach (var extension in Enum.GetValues<FulcioExtension>().Where(static e => e != FulcioExtension.None))
        {
            var text = extension is FulcioExtension.IssuerV1 or FulcioExtension.Issuer ? Forge.Issuer : $"value of {extension}";
            Assert.Equal(text, identity[extension]);
        }

        Assert.All((int[])[-1, 0, 7, 25, 1000], number => Assert.Null(identity[(FulcioExtension)number]));
    }

    [Fact]
    public void Validity_and_serial_number_are_the_certificates()
    {
        var forge = new Forge();
        var certificate = Certificate.Parse(forge.Leaf());
        var identity = CertificateIdentity.Read(certificate);
        Assert.Equal(forge.NotBefore, identity.NotBefore);
        Assert.Equal(forge.NotAfter, identity.NotAfter);
        Assert.Equal(Convert.ToHexStringLower(certificate.SerialNumber.Span), identity.SerialNumber);
    }

    [Theory]
    [InlineData("https://a", "https://a", "https://a")]
    [InlineData("https://a", null, "https://a")]
    [InlineData(null, "https://a", "https://a")]
    [InlineData("https://a", "https://b", null)]
    [InlineData("https://a", "", null)]
    [InlineData("", "https://a", null)]
    [InlineData("", "", null)]
    [InlineData("", null, null)]
    [InlineData(null, "", null)]
    [InlineData(null, null, null)]
    public void Old_and_new_issuer_are_one_and_there_must_be_one(string? old, string? current, string? issuer)
    {
        var forge = WithIssuers(new Forge(), old, current);
        if (issuer is null)
        {
            Assert.Equal(VerificationFailure.IssuerInvalid, Refusal(forge));
        }
        else
        {
            Assert.Equal(issuer, Read(forge).Issuer);
        }
    }

    [Theory]
    [InlineData("https://dotcom.releases.github.com", true)]
    [InlineData("https://acme-1.releases.github.com", true)]
    [InlineData("https://.releases.github.com", false)]
    [InlineData("https://a.b.releases.github.com", false)]
    [InlineData("https://evil/.releases.github.com", false)]
    [InlineData("https://Dotcom.releases.github.com", false)]
    [InlineData("http://dotcom.releases.github.com", false)]
    [InlineData("ftps://dotcom.releases.github.com", false)]
    [InlineData("https://dotcom.releases.github.com.", false)]
    [InlineData("https://dotcom.releases.github.org", false)]
    public void Only_the_service_that_attests_releases_needs_no_issuer(string name, bool isService)
    {
        var forge = WithIssuers(new Forge(), null, null);
        forge.Replace(Names(writer => Uri(writer, name)));
        if (isService)
        {
            Assert.Equal("", Read(forge).Issuer);
            Assert.Equal(VerificationFailure.IssuerInvalid, Refusal(WithIssuers(forge, "", null)));
            Assert.Equal(VerificationFailure.IssuerInvalid, Refusal(WithIssuers(forge, null, "")));
        }
        else
        {
            Assert.Equal(VerificationFailure.IssuerInvalid, Refusal(forge));
        }
    }

    [Fact]
    public void A_name_is_a_uri_an_address_or_a_user_of_a_domain()
    {
        AssertNamed("https://a/b", IdentityKind.Uri, static writer => Uri(writer, "https://a/b"));
        AssertNamed("a@b", IdentityKind.Email, static writer => Primitive(writer, 1, "a@b"u8));
        AssertNamed("alice!b.example", IdentityKind.OtherName, static writer => Other(writer, Arc + ".7", "alice!b.example"));
    }

    public static TheoryData<string> NotNames => [.. _notNames.Keys];

    private static readonly Dictionary<string, (VerificationFailure Reason, Action<AsnWriter> Write)> _notNames = new(
        StringComparer.Ordinal
    )
    {
        ["nothing"] = (VerificationFailure.SubjectAlternativeNameInvalid, static _ => { }),
        ["an empty URI"] = (VerificationFailure.SubjectAlternativeNameInvalid, static writer => Uri(writer, "")),
        ["a URI with NUL"] = (VerificationFailure.SubjectAlternativeNameInvalid, static writer => Uri(writer, "https://a\0.example")),
        ["a host"] = (VerificationFailure.SubjectAlternativeNameInvalid, static writer => Primitive(writer, 2, "a.example"u8)),
        ["an IP address"] = (VerificationFailure.SubjectAlternativeNameInvalid, static writer => Primitive(writer, 7, [127, 0, 0, 1])),
        ["a name of another kind"] = (
            VerificationFailure.SubjectAlternativeNameInvalid,
            static writer => Other(writer, "1.3.6.1.4.1.57264.2.7", "alice")
        ),
        ["an extension as kind of name"] = (
            VerificationFailure.SubjectAlternativeNameInvalid,
            static writer => Other(writer, Arc + ".8", "alice")
        ),
        ["a kind of name below"] = (
            VerificationFailure.SubjectAlternativeNameInvalid,
            static writer => Other(writer, Arc + ".7.1", "alice")
        ),
        ["two URIs"] = (
            VerificationFailure.SubjectAlternativeNameInvalid,
            static writer =>
            {
                Uri(writer, "https://a");
                Uri(writer, "https://a");
            }
        ),
        ["a URI that is not ASCII"] = (VerificationFailure.CertificateMalformed, static writer => Primitive(writer, 6, "https://ä"u8)),
        ["an address that is not ASCII"] = (VerificationFailure.CertificateMalformed, static writer => Primitive(writer, 1, "ä@b"u8)),
        ["a user name with more behind"] = (
            VerificationFailure.CertificateMalformed,
            static writer => Other(writer, Arc + ".7", "alice", static more => more.WriteNull())
        ),
        ["a user name with more inside"] = (
            VerificationFailure.CertificateMalformed,
            static writer => Other(writer, Arc + ".7", "alice", inside: static more => more.WriteNull())
        ),
    };

    [Theory]
    [MemberData(nameof(NotNames))]
    public void Anything_else_is_not_a_name(string what)
    {
        var (reason, write) = _notNames[what];
        var forge = new Forge();
        forge.Replace(Names(write));
        Assert.Equal(reason, Refusal(forge));
    }

    [Fact]
    public void More_behind_the_names_or_a_text_is_malformed()
    {
        var forge = new Forge();
        forge.Replace(new X509Extension("2.5.29.17", [.. Names(static writer => Uri(writer, "https://a")).RawData, 5, 0], true));
        Assert.Equal(VerificationFailure.CertificateMalformed, Refusal(forge));

        forge = new Forge();
        forge.Replace(new X509Extension(Arc + ".14", [.. Forge.Utf8String("refs/tags/v1"), 5, 0], false));
        Assert.Equal(VerificationFailure.CertificateMalformed, Refusal(forge));

        forge = new Forge();
        forge.Replace(new X509Extension(Arc + ".6", [0xFF], false));
        Assert.Equal(VerificationFailure.CertificateMalformed, Refusal(forge));
    }

    private static void AssertNamed(string name, IdentityKind kind, Action<AsnWriter> write)
    {
        var forge = new Forge();
        forge.Replace(Names(write));
        var identity = Read(forge);
        Assert.Equal((name, kind), (identity.SubjectAlternativeName, identity.Kind));
        Assert.Equal(name, forge.Verify(VerificationPolicy.Exact(name, Forge.Issuer)).Identity);
    }

    private static CertificateIdentity Read(Forge forge) => CertificateIdentity.Read(Certificate.Parse(forge.Leaf()));

    private static VerificationFailure Refusal(Forge forge) =>
        Spoken.AssertWhole(Assert.Throws<VerificationException>(() => Read(forge))).Reason;

    private static Forge WithIssuers(Forge forge, string? old, string? current)
    {
        forge.LeafExtensions.RemoveAll(static e => e.Oid!.Value is Arc + ".1" or Arc + ".8");
        if (old is not null)
        {
            forge.LeafExtensions.Add(new X509Extension(Arc + ".1", Encoding.UTF8.GetBytes(old), false));
        }

        if (current is not null)
        {
            forge.LeafExtensions.Add(new X509Extension(Arc + ".8", Forge.Utf8String(current), false));
        }

        return forge;
    }

    private static X509Extension Names(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            write(writer);
        }

        return new X509Extension("2.5.29.17", writer.Encode(), true);
    }

    private static void Uri(AsnWriter writer, string uri) => Primitive(writer, 6, Encoding.ASCII.GetBytes(uri));

    private static void Primitive(AsnWriter writer, int kind, ReadOnlySpan<byte> value) =>
        writer.WriteOctetString(value, new Asn1Tag(TagClass.ContextSpecific, kind));

    private static void Other(AsnWriter writer, string oid, string text, Action<AsnWriter>? behind = null, Action<AsnWriter>? inside = null)
    {
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            writer.WriteObjectIdentifier(oid);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);
                inside?.Invoke(writer);
            }

            behind?.Invoke(writer);
        }
    }
}
