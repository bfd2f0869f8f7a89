using System.Security.Cryptography;
using System.Text;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Tests.Forging;
using PySign.Sigstore.Transparency;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;
using Libsodium = NSec.Cryptography;

namespace PySign.Sigstore.Tests.Verification;

/// <summary>Which log a checkpoint is of, and which of its lines is that log's (C2SP signed-note, tlog-checkpoint; rekor
/// pkg/util/signed_note.go).</summary>
public sealed class CheckpointVerificationTests
{
    private const string Host = "log.example";
    private const string WithPort = "log.example:8080";

    private static readonly byte[] _spkiPrefix = Convert.FromHexString("302a300506032b6570032100");
    private static readonly Libsodium.Key _ed25519 = Libsodium.Key.Create(Libsodium.SignatureAlgorithm.Ed25519);
    private static readonly byte[] _raw = _ed25519.PublicKey.Export(Libsodium.KeyBlobFormat.RawPublicKey);
    private static readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static byte[] SpkiOfEd25519 => [.. _spkiPrefix, .. _raw];

    [Theory]
    [InlineData(Host, true)]
    [InlineData(WithPort, true)]
    [InlineData("other.example", false)]
    [InlineData("log.example.", false)]
    [InlineData("LOG.example", false)]
    public void A_second_generation_log_is_called_what_its_address_says(string origin, bool isOfLog)
    {
        foreach (var isEd25519 in (bool[])[true, false])
        {
            var refusal = Refusal(Log(isEd25519), Note(origin, Line(isEd25519, origin, origin)), isV1: false);
            Assert.Equal(isOfLog ? null : VerificationFailure.CheckpointOriginMismatch, refusal);
        }
    }

    [Fact]
    public void A_log_id_over_name_and_key_binds_any_name()
    {
        var bound = Log(true, logId: NoteKeyId("rekor"));
        Assert.Null(Refusal(bound, Note("rekor", Line(true, "rekor", "rekor")), isV1: false));
        Assert.Equal(
            VerificationFailure.CheckpointOriginMismatch,
            Refusal(bound, Note("rekor-2", Line(true, "rekor-2", "rekor-2")), isV1: false)
        );

        // Without an address there is nothing else to go by; an empty address is not a name.
        var unnamed = Log(true, logId: NoteKeyId("rekor"), host: "");
        Assert.Null(Refusal(unnamed, Note("rekor", Line(true, "rekor", "rekor")), isV1: false));
        Assert.Equal(
            VerificationFailure.CheckpointOriginMismatch,
            Refusal(Log(true, host: ""), Note("rekor", Line(true, "rekor", "rekor")), isV1: false)
        );
        Assert.Equal(VerificationFailure.CheckpointMalformed, Refusal(unnamed, Note("", Line(true, "rekor", "")), isV1: false));
    }

    [Theory]
    [InlineData("log.example - 12", "log.example", true)]
    [InlineData("rekor-0 - 0", "rekor-0", true)]
    [InlineData(" - 12", "", false)]
    [InlineData("log.example - ", "log.example", false)]
    [InlineData("log.example - 12a", "log.example", false)]
    [InlineData("log.example - -12", "log.example", false)]
    [InlineData("log.example -12", "log.example", false)]
    [InlineData("log.example", "log.example", false)]
    public void A_first_generation_logs_origin_ends_in_its_trees_number(string origin, string name, bool isOfLog)
    {
        var signedAs = name.Length > 0 ? name : "log.example";
        var refusal = Refusal(Log(false), Note(origin, Line(false, signedAs, origin, isOfLog ? null : [9, 9, 9, 9])), isV1: true);
        Assert.Equal(isOfLog ? null : VerificationFailure.CheckpointOriginMismatch, refusal);
    }

    [Fact]
    public void An_ed25519_key_is_named_by_name_and_key_or_in_the_first_generation_by_the_key_alone()
    {
        const string Origin = Host + " - 12";
        var ofKey = SHA256.HashData(SpkiOfEd25519);
        Assert.Null(Refusal(Log(true), Note(Host, Line(true, Host, Host, NoteKeyId(Host))), isV1: false));
        Assert.Equal(
            VerificationFailure.CheckpointSignatureMissing,
            Refusal(Log(true), Note(Host, Line(true, Host, Host, ofKey)), isV1: false)
        );
        Assert.Null(Refusal(Log(true), Note(Origin, Line(true, Host, Origin, ofKey)), isV1: true));
        Assert.Equal(
            VerificationFailure.CheckpointSignatureMissing,
            Refusal(Log(true), Note(Origin, Line(true, Host, Origin, NoteKeyId(Host))), isV1: true)
        );
    }

    [Theory]
    [InlineData("01020304", true)]
    [InlineData("0102030405060708", true)]
    [InlineData("010203", false)]
    [InlineData("", false)]
    public void A_trusted_root_may_state_the_keys_id(string stated, bool isUsed)
    {
        foreach (var isEd25519 in (bool[])[true, false])
        {
            var log = Log(isEd25519, stated: Convert.FromHexString(stated));
            Assert.Equal(
                isUsed ? null : VerificationFailure.CheckpointSignatureMissing,
                Refusal(log, Note(Host, Line(isEd25519, Host, Host, [1, 2, 3, 4])), isV1: false)
            );
            Assert.Equal(
                isUsed ? VerificationFailure.CheckpointSignatureMissing : null,
                Refusal(log, Note(Host, Line(isEd25519, Host, Host)), isV1: false)
            );
        }
    }

    [Fact]
    public void Lines_of_others_neither_help_nor_harm_and_every_line_of_the_log_must_be_right()
    {
        var good = Line(true, Host, Host);
        var witness = Line(true, "witness.example", "other", NoteKeyId("witness.example"));
        var anotherKey = Line(true, Host, "other", [9, 9, 9, 9]);
        var bad = Line(true, Host, "other");
        Assert.Null(Refusal(Log(true), Note(Host, witness, anotherKey, good, witness), isV1: false));
        Assert.Null(Refusal(Log(true), Note(Host, good, good), isV1: false));
        Assert.Equal(VerificationFailure.CheckpointSignatureMissing, Refusal(Log(true), Note(Host, witness, anotherKey), isV1: false));
        Assert.Equal(VerificationFailure.CheckpointSignatureInvalid, Refusal(Log(true), Note(Host, good, bad), isV1: false));
        Assert.Equal(VerificationFailure.CheckpointSignatureInvalid, Refusal(Log(true), Note(Host, bad, good), isV1: false));
    }

    [Fact]
    public void The_logs_key_under_another_name_is_a_checkpoint_of_another_log()
    {
        const string Pod = "rekor-0 - 12";
        Assert.Equal(VerificationFailure.CheckpointOriginMismatch, Refusal(Log(false), Note(Pod, Line(false, "rekor-1", Pod)), isV1: true));
        Assert.Equal(
            VerificationFailure.CheckpointSignatureMissing,
            Refusal(Log(false), Note(Pod, Line(false, "rekor-1", Pod, [1, 2, 3, 4])), isV1: true)
        );

        var witness = Line(false, "witness.example", Pod, [1, 2, 3, 4]);
        Assert.Equal(
            VerificationFailure.CheckpointOriginMismatch,
            Refusal(Log(false), Note(Pod, witness, Line(false, "rekor-1", Pod)), isV1: true)
        );

        const string Named = Host + " - 12";
        Assert.Equal(
            VerificationFailure.CheckpointSignatureMissing,
            Refusal(Log(false), Note(Named, Line(false, "rekor-1", Named)), isV1: true)
        );
    }

    private static VerificationFailure? Refusal(TrustedLog log, string note, bool isV1)
    {
        try
        {
            CheckpointVerification.Verify(Checkpoint.Parse(note), log, isV1);
            return null;
        }
        catch (VerificationException refusal)
        {
            return Spoken.AssertWhole(refusal).Reason;
        }
    }

    private static TrustedLog Log(bool isEd25519, byte[]? logId = null, string host = Host, byte[]? stated = null)
    {
        var spki = isEd25519 ? SpkiOfEd25519 : _ecdsa.ExportSubjectPublicKeyInfo();
        return new TrustedLog
        {
            BaseUrl = host.Length > 0 ? "https://" + WithPort : "",
            Host = host,
            Authority = host.Length > 0 ? WithPort : "",
            LogId = logId ?? SHA256.HashData(spki),
            Spki = spki,
            Key = VerificationKey.TryRead(spki, out _),
            Hash = HashAlgorithmName.SHA256,
            Window = new ValidityWindow(Forge.Now, null),
            CheckpointKeyId = stated ?? [],
        };
    }

    private static string Text(string origin) => $"{origin}\n2\n{Convert.ToBase64String(new byte[32])}\n";

    private static string Note(string origin, params string[] lines) => $"{Text(origin)}\n{string.Concat(lines)}";

    private static byte[] NoteKeyId(string name) => SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', 1, .. _raw]);

    /// <summary>A signature line over the text of an origin.</summary>
    private static string Line(bool isEd25519, string name, string origin, byte[]? id = null)
    {
        var text = Encoding.UTF8.GetBytes(Text(origin));
        var hint = id ?? (isEd25519 ? NoteKeyId(name) : SHA256.HashData(_ecdsa.ExportSubjectPublicKeyInfo()));
        var signature = isEd25519
            ? Libsodium.SignatureAlgorithm.Ed25519.Sign(_ed25519, text)
            : _ecdsa.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return $"\u2014 {name} {Convert.ToBase64String([.. hint[..4], .. signature])}\n";
    }
}
