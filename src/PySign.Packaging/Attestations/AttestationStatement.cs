using System.Buffers;
using System.Text.Json;
using PySign.Packaging.Distributions;

namespace PySign.Packaging.Attestations;

/// <summary>What an attestation says: an in-toto statement v1 about exactly one distribution, of a type that indexes take (PEP 740,
/// "Attestation types").</summary>
public sealed class AttestationStatement
{
    /// <summary>"This file was published by the signer": its predicate is empty.</summary>
    public const string PublishType = "https://docs.pypi.org/attestations/publish/v1";

    /// <summary>How the file was built (SLSA provenance).</summary>
    public const string ProvenanceType = "https://slsa.dev/provenance/v1";

    private const string Type = "https://in-toto.io/Statement/v1";

    private static readonly SearchValues<char> _lowerHex = SearchValues.Create("0123456789abcdef");

    private AttestationStatement(DistributionFileName subject, string sha256, string predicateType)
    {
        Subject = subject;
        Sha256 = sha256;
        PredicateType = predicateType;
    }

    /// <summary>The distribution's file name.</summary>
    public DistributionFileName Subject { get; }

    /// <summary>The distribution's SHA-256, 64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; }

    /// <summary><see cref="PublishType"/> or <see cref="ProvenanceType"/>.</summary>
    public string PredicateType { get; }

    /// <summary>Reads a statement.</summary>
    /// <param name="utf8Json">The statement's bytes, at most <see cref="Attestation.MaxBytes"/>.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidStatement"/>, <see cref="PackagingFailure.UnsupportedPredicate"/>, or what is wrong with the
    /// subject's name.
    /// </exception>
    public static AttestationStatement Parse(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = AttestationJson.Parse(utf8Json, Attestation.MaxBytes);
            return Read(AttestationJson.Object(document.RootElement, "the statement"));
        }
        catch (PackagingException e) when (e.Reason is PackagingFailure.InvalidAttestation)
        {
            throw Invalid(e.Input, e.Expected, e);
        }
    }

    /// <summary>Writes the statement "this file was published by the signer".</summary>
    /// <param name="file">The distribution's file name.</param>
    /// <param name="sha256">Its SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <returns>The bytes to sign, UTF-8 JSON.</returns>
    /// <exception cref="PackagingException">The digest is malformed.</exception>
    public static byte[] Publish(DistributionFileName file, string sha256)
    {
        ArgumentNullException.ThrowIfNull(file);
        return AttestationJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("_type", Type);
            json.WriteStartArray("subject");
            json.WriteStartObject();
            json.WriteString("name", file.Value);
            json.WriteStartObject("digest");
            json.WriteString("sha256", Digest(sha256));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("predicateType", PublishType);
            json.WriteNull("predicate");
            json.WriteEndObject();
        });
    }

    /// <summary>Refuses the statement when it is about another file. Names are compared as they are parsed, digests letter by
    /// letter.</summary>
    /// <param name="file">The distribution's file name.</param>
    /// <param name="sha256">Its SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <exception cref="PackagingException">With reason <see cref="PackagingFailure.SubjectMismatch"/>.</exception>
    public void EnsureAbout(DistributionFileName file, string sha256)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!Subject.IsEquivalentTo(file))
            throw Other(Subject.Value, $"an attestation about {file.Value}");
        if (Sha256 != sha256)
            throw Other($"sha256 {Sha256}", $"an attestation about the bytes of {file.Value}, sha256 {sha256}");
    }

    private static AttestationStatement Read(JsonElement root)
    {
        if (AttestationJson.Text(root, "_type") is not Type and var other)
            throw Invalid(other, $"_type {Type}");
        var subjects = AttestationJson.Member(root, "subject", JsonValueKind.Array);
        if (subjects.GetArrayLength() != 1)
            throw Invalid($"{subjects.GetArrayLength()} subjects", "exactly one subject");
        var subject = AttestationJson.Object(subjects[0], "subject");
        var type = AttestationJson.Text(root, "predicateType");
        if (type is not (PublishType or ProvenanceType))
            throw new PackagingException(
                PackagingFailure.UnsupportedPredicate,
                type,
                $"{PublishType} or {ProvenanceType}",
                "An index takes no other kind of attestation."
            );
        if (type == PublishType && !IsEmpty(root))
            throw Invalid("a predicate with content", "null or {} as the predicate of a publish attestation");
        return new AttestationStatement(
            DistributionFileName.Parse(AttestationJson.Text(subject, "name")),
            Digest(AttestationJson.Text(AttestationJson.Member(subject, "digest", JsonValueKind.Object), "sha256")),
            type
        );
    }

    private static bool IsEmpty(JsonElement root) =>
        !root.TryGetProperty("predicate", out var predicate)
        || predicate.ValueKind == JsonValueKind.Null
        || (predicate.ValueKind == JsonValueKind.Object && !predicate.EnumerateObject().Any());

    private static string Digest(string sha256) =>
        sha256.Length == 64 && !sha256.AsSpan().ContainsAnyExcept(_lowerHex)
            ? sha256
            : throw Invalid(sha256, "a SHA-256 of 64 lower-case hexadecimal digits");

    private static PackagingException Invalid(string input, string expected, Exception? inner = null) =>
        new(PackagingFailure.InvalidStatement, input, expected, "Have the distribution attested again.", inner);

    private static PackagingException Other(string input, string expected) =>
        new(
            PackagingFailure.SubjectMismatch,
            input,
            expected,
            "Do not use the file, unless you know why it was changed after it was attested; then attest it again."
        );
}
