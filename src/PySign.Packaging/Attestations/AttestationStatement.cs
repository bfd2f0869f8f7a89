using System.Text.Json;
using PySign.Formats;
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

    private AttestationStatement(DistributionFileName subject, Sha256Digest sha256, string predicateType)
    {
        Subject = subject;
        Sha256 = sha256;
        PredicateType = predicateType;
    }

    /// <summary>The distribution's file name.</summary>
    public DistributionFileName Subject { get; }

    /// <summary>The distribution's SHA-256.</summary>
    public Sha256Digest Sha256 { get; }

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
        if (utf8Json.Length > Attestation.MaxBytes)
            throw AttestationJson.TooLarge($"{utf8Json.Length} bytes", $"at most {Attestation.MaxBytes} bytes");
        try
        {
            return Read(InTotoStatement.Parse(utf8Json));
        }
        catch (StatementException e)
        {
            throw Invalid(e.Found, $"an in-toto statement with {e.Expected}", e);
        }
    }

    /// <summary>Writes the statement "this file was published by the signer".</summary>
    /// <param name="file">The distribution's file name.</param>
    /// <param name="sha256">Its SHA-256.</param>
    /// <returns>The statement to sign.</returns>
    public static InTotoStatement Publish(DistributionFileName file, Sha256Digest sha256)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(sha256);
        return InTotoStatement.Create([new StatementSubject(file.Value, sha256)], PublishType, "null"u8.ToArray());
    }

    /// <summary>Refuses the statement when it is about another file. Names are compared as they are parsed, digests as bytes.</summary>
    /// <param name="file">The distribution's file name.</param>
    /// <param name="sha256">Its SHA-256.</param>
    /// <exception cref="PackagingException">With reason <see cref="PackagingFailure.SubjectMismatch"/>.</exception>
    public void EnsureAbout(DistributionFileName file, Sha256Digest sha256)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!Subject.IsEquivalentTo(file))
            throw Other(Subject.Value, $"an attestation about {file.Value}");
        if (Sha256 != sha256)
            throw Other($"sha256 {Sha256}", $"an attestation about the bytes of {file.Value}, sha256 {sha256}");
    }

    private static AttestationStatement Read(InTotoStatement statement)
    {
        if (statement.Type != InTotoStatement.TypeV1)
            throw Invalid(statement.Type, $"_type {InTotoStatement.TypeV1}");
        if (statement.Subjects is not [var subject])
            throw Invalid($"{statement.Subjects.Count} subjects", "exactly one subject");
        if (statement.PredicateType is not (PublishType or ProvenanceType))
            throw new PackagingException(
                PackagingFailure.UnsupportedPredicate,
                statement.PredicateType,
                $"{PublishType} or {ProvenanceType}",
                "An index takes no other kind of attestation."
            );
        if (statement.PredicateType == PublishType && !IsEmpty(statement.Predicate))
            throw Invalid("a predicate with content", "null or {} as the predicate of a publish attestation");
        return new AttestationStatement(
            DistributionFileName.Parse(subject.Name ?? throw Invalid("no name", "the name of a distribution as the subject's")),
            subject.Sha256 ?? throw Invalid(subject.Text("sha256") ?? "none", "a SHA-256 of 64 lower-case hexadecimal digits"),
            statement.PredicateType
        );
    }

    private static bool IsEmpty(JsonElement? predicate) =>
        predicate is not { } content
        || content.ValueKind == JsonValueKind.Null
        || (content.ValueKind == JsonValueKind.Object && !content.EnumerateObject().Any());

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
