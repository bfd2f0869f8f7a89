using System.Text;
using System.Text.Json;

namespace PySign.Packaging.Attestations;

/// <summary>
/// One attestation object, version 1 (PEP 740): a certificate, transparency log entries and a signed statement about one distribution. One
/// that exists has the right shape; nothing in it is believed before somebody has verified it. Two are equal when they say and prove the
/// same, however their JSON is spaced.
/// </summary>
public sealed class Attestation : IEquatable<Attestation>
{
    /// <summary>The most that is read: real ones have less than 20 KiB.</summary>
    public const int MaxBytes = 1 << 20;

    private const int MaxEntries = 16;

    private Attestation(
        ReadOnlyMemory<byte> certificate,
        IReadOnlyList<ReadOnlyMemory<byte>> entries,
        IReadOnlyList<ReadOnlyMemory<byte>> timestamps,
        ReadOnlyMemory<byte> statement,
        ReadOnlyMemory<byte> signature
    )
    {
        Certificate = certificate;
        TransparencyEntries = entries;
        Timestamps = timestamps;
        Statement = statement;
        Signature = signature;
    }

    /// <summary>The signing certificate, DER.</summary>
    public ReadOnlyMemory<byte> Certificate { get; }

    /// <summary>The transparency log entries, each one UTF-8 JSON in the form in which a Sigstore bundle has them; at least one.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TransparencyEntries { get; }

    /// <summary>RFC 3161 timestamp responses, DER; usually none (the key is proposed, not yet in the published specification).</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Timestamps { get; }

    /// <summary>The statement's bytes, exactly as they were signed.</summary>
    public ReadOnlyMemory<byte> Statement { get; }

    /// <summary>The signature over the statement's DSSE pre-authentication encoding.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Puts an attestation together.</summary>
    /// <param name="certificate">The signing certificate, DER.</param>
    /// <param name="transparencyEntries">The log entries, UTF-8 JSON objects; at least one.</param>
    /// <param name="timestamps">Timestamp responses, DER; usually none.</param>
    /// <param name="statement">The statement's bytes.</param>
    /// <param name="signature">The signature.</param>
    /// <exception cref="PackagingException">A part is missing or malformed.</exception>
    public static Attestation Create(
        ReadOnlyMemory<byte> certificate,
        IReadOnlyList<ReadOnlyMemory<byte>> transparencyEntries,
        IReadOnlyList<ReadOnlyMemory<byte>> timestamps,
        ReadOnlyMemory<byte> statement,
        ReadOnlyMemory<byte> signature
    )
    {
        ArgumentNullException.ThrowIfNull(transparencyEntries);
        ArgumentNullException.ThrowIfNull(timestamps);

        // Read again, so that what is made obeys the rules of what is read.
        return Parse(new Attestation(certificate, transparencyEntries, timestamps, statement, signature).ToUtf8());
    }

    /// <summary>Reads an attestation object.</summary>
    /// <param name="utf8Json">The document, at most <see cref="MaxBytes"/>.</param>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidAttestation"/>, <see cref="PackagingFailure.UnsupportedAttestationVersion"/> or
    /// <see cref="PackagingFailure.AttestationTooLarge"/>.
    /// </exception>
    public static Attestation Parse(ReadOnlyMemory<byte> utf8Json)
    {
        using var document = AttestationJson.Parse(utf8Json, MaxBytes);
        return Read(document.RootElement);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PackagingException">It is not an attestation object.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Attestation Load(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[MaxBytes + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Parse(buffer.AsMemory(0, length));
    }

    /// <summary>What the attestation says, not yet believed.</summary>
    /// <exception cref="PackagingException">The statement is not one that indexes take.</exception>
    public AttestationStatement ReadStatement() => AttestationStatement.Parse(Statement);

    /// <summary>The attestation as JSON, without spaces and without a final line end.</summary>
    public string ToJson() => Encoding.UTF8.GetString(ToUtf8());

    /// <inheritdoc/>
    public bool Equals(Attestation? other) =>
        other is not null
        && Certificate.Span.SequenceEqual(other.Certificate.Span)
        && Statement.Span.SequenceEqual(other.Statement.Span)
        && Signature.Span.SequenceEqual(other.Signature.Span)
        && Same(Timestamps, other.Timestamps, static (a, b) => a.Span.SequenceEqual(b.Span))
        && Same(TransparencyEntries, other.TransparencyEntries, SameJson);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Attestation);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Signature.Span);
        return hash.ToHashCode();
    }

    internal static Attestation Read(JsonElement element)
    {
        var root = AttestationJson.Object(element, "the attestation");
        AttestationJson.Version(root, "an attestation object");
        var material = AttestationJson.Member(root, "verification_material", JsonValueKind.Object);
        var entries = AttestationJson.Items(
            AttestationJson.Member(material, "transparency_entries", JsonValueKind.Array),
            "transparency_entries",
            MaxEntries
        );
        if (entries.Count == 0)
            throw AttestationJson.Invalid("transparency_entries: none", "at least one transparency log entry");
        var timestamps = AttestationJson.OptionalItems(material, "timestamps", MaxEntries);
        var envelope = AttestationJson.Member(root, "envelope", JsonValueKind.Object);
        return new Attestation(
            AttestationJson.Base64(AttestationJson.Member(material, "certificate", JsonValueKind.String), "certificate"),
            [.. entries.Select(entry => AttestationJson.Raw(AttestationJson.Object(entry, "transparency_entries[]")))],
            [.. timestamps.Select(timestamp => (ReadOnlyMemory<byte>)AttestationJson.Base64(timestamp, "timestamps[]"))],
            AttestationJson.Base64(AttestationJson.Member(envelope, "statement", JsonValueKind.String), "statement"),
            AttestationJson.Base64(AttestationJson.Member(envelope, "signature", JsonValueKind.String), "signature")
        );
    }

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteStartObject("verification_material");
        json.WriteBase64String("certificate", Certificate.Span);
        json.WriteStartArray("transparency_entries");
        foreach (var entry in TransparencyEntries)
            WriteEntry(json, entry);
        json.WriteEndArray();
        if (Timestamps.Count > 0)
        {
            json.WriteStartArray("timestamps");
            foreach (var timestamp in Timestamps)
                json.WriteBase64StringValue(timestamp.Span);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteStartObject("envelope");
        json.WriteBase64String("statement", Statement.Span);
        json.WriteBase64String("signature", Signature.Span);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, ReadOnlyMemory<byte> entry)
    {
        using var document = AttestationJson.Parse(entry, MaxBytes);
        document.RootElement.WriteTo(json);
    }

    private byte[] ToUtf8() => AttestationJson.Write(WriteTo);

    private static bool Same(
        IReadOnlyList<ReadOnlyMemory<byte>> a,
        IReadOnlyList<ReadOnlyMemory<byte>> b,
        Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>, bool> same
    ) => a.Count == b.Count && a.Zip(b).All(pair => same(pair.First, pair.Second));

    private static bool SameJson(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b)
    {
        using var first = AttestationJson.Parse(a, MaxBytes);
        using var second = AttestationJson.Parse(b, MaxBytes);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }
}
