using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PySign.Formats;

/// <summary>
/// A SHA-256. Two are equal when their bytes are; as text it is 64 hexadecimal digits in lower case, which is also how it converts to a
/// <see cref="string"/>. Formats differ in which case they allow: <see cref="TryParse"/> takes both (indexes, lock files, registries),
/// <see cref="TryParseLower"/> lower case alone (in-toto statements, attestations and the ledger, where another case is another text).
/// </summary>
[JsonConverter(typeof(Sha256DigestJson))]
public sealed class Sha256Digest : IEquatable<Sha256Digest>
{
    /// <summary>How many bytes a SHA-256 has.</summary>
    public const int Bytes = 32;

    private const int Digits = 2 * Bytes;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private Sha256Digest(ReadOnlySpan<byte> hash)
    {
        _first = BinaryPrimitives.ReadUInt64BigEndian(hash);
        _second = BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
        _third = BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
        _fourth = BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
    }

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public string Hex
    {
        get
        {
            Span<byte> hash = stackalloc byte[Bytes];
            CopyTo(hash);
            return Convert.ToHexStringLower(hash);
        }
    }

    /// <summary>The SHA-256 of bytes.</summary>
    /// <param name="data">The bytes.</param>
    public static Sha256Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(data, hash);
        return new Sha256Digest(hash);
    }

    /// <summary>The SHA-256 of what is left of a stream.</summary>
    /// <param name="stream">The stream; it is read to its end and stays open.</param>
    public static Sha256Digest Of(Stream stream)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(stream, hash);
        return new Sha256Digest(hash);
    }

    /// <summary>A SHA-256 that was computed elsewhere.</summary>
    /// <param name="hash">Its 32 bytes.</param>
    /// <exception cref="ArgumentException">There are more or fewer.</exception>
    public static Sha256Digest FromBytes(ReadOnlySpan<byte> hash) =>
        hash.Length == Bytes
            ? new Sha256Digest(hash)
            : throw new ArgumentException($"A SHA-256 has {Bytes} bytes; these are {hash.Length}.", nameof(hash));

    /// <summary>Reads 64 hexadecimal digits, in either case.</summary>
    /// <param name="hex">The digits.</param>
    /// <exception cref="FormatException">They are not a SHA-256.</exception>
    public static Sha256Digest Parse(string hex) =>
        TryParse(hex, out var digest) ? digest : throw new FormatException($"A SHA-256 has {Digits} hexadecimal digits: \"{hex}\".");

    /// <summary>Reads 64 hexadecimal digits, in either case.</summary>
    /// <param name="hex">The digits.</param>
    /// <param name="digest">The digest; null when they are not one.</param>
    public static bool TryParse([NotNullWhen(true)] string? hex, [NotNullWhen(true)] out Sha256Digest? digest)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        var isOne = hex?.Length == Digits && Convert.FromHexString(hex, hash, out _, out _) == System.Buffers.OperationStatus.Done;
        digest = isOne ? new Sha256Digest(hash) : null;
        return isOne;
    }

    /// <summary>Reads 64 hexadecimal digits in lower case (in-toto attestation framework, DigestSet).</summary>
    /// <param name="hex">The digits.</param>
    /// <param name="digest">The digest; null when they are not one.</param>
    public static bool TryParseLower([NotNullWhen(true)] string? hex, [NotNullWhen(true)] out Sha256Digest? digest)
    {
        if (hex?.AsSpan().ContainsAnyInRange('A', 'F') == true)
        {
            digest = null;
            return false;
        }

        return TryParse(hex, out digest);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToBytes()
    {
        var hash = new byte[Bytes];
        CopyTo(hash);
        return hash;
    }

    /// <summary>Writes the 32 bytes.</summary>
    /// <param name="destination">Where to; at least 32 bytes.</param>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _first);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _second);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _third);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _fourth);
    }

    /// <summary>Whether the bytes are the same.</summary>
    /// <param name="other">The other digest.</param>
    public bool Equals(Sha256Digest? other) =>
        other is not null && _first == other._first && _second == other._second && _third == other._third && _fourth == other._fourth;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Sha256Digest);

    /// <inheritdoc/>
    // Files from outside name digests of their choice: of one part alone they could choose thousands that are alike for a set.
    public override int GetHashCode() => HashCode.Combine(_first, _second, _third, _fourth);

    /// <summary><see cref="Hex"/>.</summary>
    public override string ToString() => Hex;

    /// <summary>Whether the bytes are the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Sha256Digest? left, Sha256Digest? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether the bytes differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Sha256Digest? left, Sha256Digest? right) => !(left == right);

    /// <summary><see cref="Hex"/>; null for null.</summary>
    /// <param name="digest">The digest.</param>
    [return: NotNullIfNotNull(nameof(digest))]
    public static implicit operator string?(Sha256Digest? digest) => digest?.Hex;
}

/// <summary>JSON text of 64 lower-case hexadecimal digits; everything else is refused.</summary>
internal sealed class Sha256DigestJson : JsonConverter<Sha256Digest>
{
    public override Sha256Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Sha256Digest.TryParseLower(text, out var digest)
            ? digest
            : throw new JsonException($"a SHA-256 of 64 lower-case hexadecimal digits is expected, not '{text}'");
    }

    public override void Write(Utf8JsonWriter writer, Sha256Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Hex);
}
