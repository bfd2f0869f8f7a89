using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using PySign.Sigstore.Certificates;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Tests.Forging;

namespace PySign.Sigstore.Tests.Certificates;

/// <summary>The form of a certificate (RFC 5280 4.1, 4.2.1): one field of a good one changed, and it is refused as malformed.</summary>
public sealed class CertificateFormTests
{
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsage = "2.5.29.15";
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const string SubjectKeyIdentifier = "2.5.29.14";

    private static readonly Dictionary<string, Action<Tree>> _malformed = new(StringComparer.Ordinal)
    {
        ["version 1"] = t => t.Tbs[0][0].Content = [0],
        ["version 2"] = t => t.Tbs[0][0].Content = [1],
        ["version 4"] = t => t.Tbs[0][0].Content = [3],
        ["no version"] = t => t.Tbs.Parts.RemoveAt(0),
        ["two versions"] = t => t.Tbs[0].Parts.Add(t.Tbs[0][0]),
        ["another signature algorithm inside"] = t => t.Tbs[2][0].Content = [0x2A, 0x03],
        ["an issuer that is not a name"] = t => t.Tbs[3].Tag = 0x31,
        ["a subject that is not a name"] = t => t.Tbs[5].Tag = 0x31,
        ["one time"] = t => t.Tbs[4].Parts.RemoveAt(1),
        ["three times"] = t => t.Tbs[4].Parts.Add(t.Tbs[4][0]),
        ["no extensions"] = t => t.Tbs.Parts.RemoveAt(7),
        ["more after the extensions"] = t => t.Tbs.Parts.Add(t.Tbs[1]),
        ["more beside the list of extensions"] = t => t.Tbs[7].Parts.Add(t.Tbs[1]),
        ["an extension twice"] = t => t.Extensions.Parts.Add(t.Extensions[0]),
        ["an extension twice, not side by side"] = t => t.Extensions.Parts.Insert(0, t.Extensions[^1]),
        ["more in an extension"] = t => t.Extensions[0].Parts.Add(t.Tbs[1]),
        ["an extension without a value"] = t => t.Extensions[0].Parts.RemoveAt(t.Extensions[0].Parts.Count - 1),
        ["a signature that is not of whole bytes"] = t => t.Whole[2].Content[0] = 1,
        ["an empty signature field"] = t => t.Whole[2].Content = [],
        ["more after the signature"] = t => t.Whole.Parts.Add(t.Tbs[1]),
        ["basic constraints with more behind"] = t => t.Value(BasicConstraints).Content = [0x30, 0x00, 0x05, 0x00],
        ["basic constraints with more inside"] = t => t.Value(BasicConstraints).Content = [0x30, 0x05, 0x02, 0x01, 0x00, 0x05, 0x00],
        ["a negative path length"] = t => t.Value(BasicConstraints).Content = [0x30, 0x03, 0x02, 0x01, 0xFF],
        ["key usage with more behind"] = t => t.Value(KeyUsage).Content = [0x03, 0x02, 0x07, 0x80, 0x05, 0x00],
        ["key usage of three bytes"] = t => t.Value(KeyUsage).Content = [0x03, 0x04, 0x00, 0x80, 0x00, 0x01],
        ["no extended key usage in the list of them"] = t => t.Value(ExtendedKeyUsage).Content = [0x30, 0x00],
        ["extended key usages with more behind"] = t =>
            t.Value(ExtendedKeyUsage).Content = [.. t.Value(ExtendedKeyUsage).Content, 0x05, 0x00],
        ["an extended key usage that is cut off"] = t => t.Value(ExtendedKeyUsage).Content = [0x30, 0x03, 0x06, 0x01, 0x81],
        ["a key identifier with more behind"] = t => t.Value(SubjectKeyIdentifier).Content = [0x04, 0x01, 0x07, 0x05, 0x00],
    };

    public static TheoryData<string> Malformed => [.. _malformed.Keys];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_field_of_another_form_is_refused_as_malformed(string field)
    {
        var tree = new Tree();
        _malformed[field](tree);
        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(tree.Parse));
        Assert.Equal(VerificationFailure.CertificateMalformed, refused.Reason);
        Assert.Equal(VerificationStep.CertificateChain, refused.Step);
    }

    [Fact]
    public void What_the_extensions_allow_is_read()
    {
        var tree = new Tree();
        var constraints = tree.Parse().Constraints;
        Assert.False(constraints.IsAuthority);
        Assert.Null(constraints.PathLength);
        Assert.True(constraints.Allows(Certificate.DigitalSignatureUsage));
        Assert.False(constraints.Allows(Certificate.KeyCertSignUsage));
        Assert.True(constraints.Lists(Oids.CodeSigning));
        Assert.False(constraints.Lists(Oids.TimeStamping));
        Assert.False(constraints.ExtendedKeyUsageIsCritical);
        Assert.Equal(new byte[] { 7, 8, 9 }, constraints.SubjectKeyIdentifier.ToArray());
        Assert.True(constraints.UnknownCritical.IsEmpty);

        tree.Value(BasicConstraints).Content = [0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x03];
        tree.Value(KeyUsage).Content = [0x03, 0x03, 0x07, 0x04, 0x80];
        tree.Value(ExtendedKeyUsage).Content = [.. Forge.Usage(true, "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8").RawData];
        tree.SetCritical(ExtendedKeyUsage);
        constraints = tree.Parse().Constraints;
        Assert.True(constraints.IsAuthority);
        Assert.Equal(3, constraints.PathLength);
        Assert.False(constraints.Allows(Certificate.DigitalSignatureUsage));
        Assert.True(constraints.Allows(Certificate.KeyCertSignUsage));
        Assert.Equal((1 << 5) | (1 << 8), constraints.KeyUsage);
        Assert.True(constraints.Lists(Oids.CodeSigning) && constraints.Lists(Oids.TimeStamping));
        Assert.True(constraints.ExtendedKeyUsageIsCritical);
    }

    [Fact]
    public void A_certificate_without_usages_allows_nothing()
    {
        var tree = new Tree();
        tree.Extensions.Parts.Remove(tree.Find(KeyUsage));
        tree.Extensions.Parts.Remove(tree.Find(ExtendedKeyUsage));
        var constraints = tree.Parse().Constraints;
        Assert.Null(constraints.KeyUsage);
        Assert.Null(constraints.ExtendedKeyUsages);
        Assert.False(constraints.Allows(Certificate.DigitalSignatureUsage));
        Assert.False(constraints.Lists(Oids.CodeSigning));
    }

    [Fact]
    public void A_critical_key_identifier_is_not_understood()
    {
        // RFC 5280 4.2.1.2: it must not be critical.
        var tree = new Tree();
        tree.SetCritical(SubjectKeyIdentifier);
        var certificate = tree.Parse();
        Assert.Equal(SubjectKeyIdentifier, Oids.Dotted(certificate.Constraints.UnknownCritical.Span));
        Assert.True(certificate.Constraints.SubjectKeyIdentifier.IsEmpty);
        var refused = Spoken.AssertWhole(Assert.Throws<VerificationException>(() => PathValidation.CheckCriticalExtensions(certificate)));
        Assert.Equal(VerificationFailure.CertificateCriticalExtensionUnknown, refused.Reason);
    }

    [Fact]
    public void As_many_extensions_as_the_bound_are_read_and_one_more_is_refused()
    {
        var tree = new Tree();
        for (var i = tree.Extensions.Parts.Count; i < Limits.CertificateExtensions; i++)
        {
            tree.Extensions.Parts.Add(Extension((byte)i));
        }

        Assert.Equal(Limits.CertificateExtensions, tree.Parse().Extensions.Length);
        tree.Extensions.Parts.Add(DerTree.Parse([0x30, 0x07, 0x06, 0x03, 0x2A, 0x04, 0x01, 0x04, 0x00]));
        Assert.Equal(VerificationFailure.CertificateMalformed, Spoken.AssertWhole(Assert.Throws<VerificationException>(tree.Parse)).Reason);
    }

    [Fact]
    public void A_promise_is_over_the_certificate_without_the_list_of_promises_whatever_its_length()
    {
        var tree = new Tree();
        var (before, promises, after) = (Extension(3), Extension(4), Extension(5));
        promises[0].Content = Oids.SctList.ToArray();

        // From nothing to where every header around the extensions has grown by its bytes.
        for (var length = 0; length < 600; length++)
        {
            before[1].Content = new byte[length];
            tree.Extensions.Parts.Clear();
            tree.Extensions.Parts.AddRange([before, promises, after]);
            var certificate = tree.Parse();
            tree.Extensions.Parts.Remove(promises);
            Assert.Equal(tree.Tbs.Encode(), certificate.Precertificate.ToArray());
        }
    }

    [Fact]
    public void A_certificate_over_the_bound_is_not_read()
    {
        var refused = Assert.Throws<VerificationException>(() => Certificate.Parse(new byte[Limits.CertificateBytes + 1]));
        Assert.Equal(VerificationFailure.CertificateMalformed, Spoken.AssertWhole(refused).Reason);
        Assert.IsNotType<AsnContentException>(refused.InnerException);
        refused = Assert.Throws<VerificationException>(() => Certificate.Parse(new byte[Limits.CertificateBytes]));
        Assert.IsType<AsnContentException>(refused.InnerException);
    }

    [Fact]
    public void Both_ends_of_the_validity_belong_to_it()
    {
        var certificate = new Tree().Parse();
        Assert.True(certificate.IsValidAt(certificate.NotBefore));
        Assert.True(certificate.IsValidAt(certificate.NotAfter));
        Assert.False(certificate.IsValidAt(certificate.NotBefore.AddTicks(-1)));
        Assert.False(certificate.IsValidAt(certificate.NotAfter.AddTicks(1)));
    }

    [Fact]
    public void A_key_of_a_kind_that_is_not_supported_is_refused_as_that()
    {
        var tree = new Tree();
        tree.Tbs[6][0][0].Content = [0x2A, 0x03];
        var certificate = tree.Parse();
        Assert.Equal(
            VerificationFailure.KeyUnsupported,
            Spoken.AssertWhole(Assert.Throws<VerificationException>(() => certificate.Key)).Reason
        );
    }

    /// <summary>An extension that means nothing, without a value.</summary>
    private static DerTree Extension(byte number) => DerTree.Parse([0x30, 0x07, 0x06, 0x03, 0x2A, 0x03, number, 0x04, 0x00]);

    /// <summary>A good leaf certificate with every extension that decides something.</summary>
    private sealed class Tree
    {
        public DerTree Whole { get; } = DerTree.Parse(Leaf());

        public DerTree Tbs => Whole[0];

        public DerTree Extensions => Tbs[7][0];

        public DerTree Find(string oid) => Extensions.Parts.Single(extension => Oids.Dotted(extension[0].Content) == oid);

        /// <summary>The octet string that an extension's value is wrapped in.</summary>
        public DerTree Value(string oid) => Find(oid)[^1];

        public void SetCritical(string oid) => Find(oid).Parts.Insert(1, DerTree.Parse([0x01, 0x01, 0xFF]));

        public Certificate Parse() => Certificate.Parse(Whole.Encode());

        private static byte[] Leaf()
        {
            var forge = new Forge();
            forge.LeafExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
            forge.LeafExtensions.Add(new X509SubjectKeyIdentifierExtension((byte[])[7, 8, 9], false));
            return forge.Leaf();
        }
    }
}
