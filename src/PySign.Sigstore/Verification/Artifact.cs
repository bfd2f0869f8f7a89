using System.Buffers;
using System.Security.Cryptography;
using PySign.Formats;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;

namespace PySign.Sigstore.Verification;

/// <summary>What is to be verified: a file, bytes, a stream, or only a digest. Files and streams are hashed as they are read, never
/// held.</summary>
public sealed class Artifact
{
    private const int BufferBytes = 128 << 10;

    private readonly Func<Stream>? _open;
    private readonly bool _once;
    private readonly Lock _gate = new();
    private ReadOnlyMemory<byte>? _bytes;
    private byte[]? _sha256;
    private (HashAlgorithmName Hash, byte[] Digest)? _known;
    private bool _consumed;
    private bool _given;

    private Artifact(string name, Func<Stream>? open = null, bool once = false)
    {
        Name = name;
        _open = open;
        _once = once;
    }

    /// <summary>What messages call the artifact: the file's name, or what kind of source it is.</summary>
    public string Name { get; }

    /// <summary>A file, opened again for each verification.</summary>
    /// <param name="path">The file's path.</param>
    public static Artifact FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new Artifact(
            Path.GetFileName(path),
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan)
        );
    }

    /// <summary>A file whose SHA-256 was computed before: it is opened only for a key that signs another digest. Whoever gives a digest
    /// answers for it.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="sha256">Its digest.</param>
    public static Artifact FromFile(string path, Sha256Digest sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        var file = FromFile(path);
        file._sha256 = sha256.ToBytes();
        file._given = true;
        return file;
    }

    /// <summary>Bytes in memory.</summary>
    /// <param name="bytes">The artifact; not copied.</param>
    public static Artifact FromBytes(ReadOnlyMemory<byte> bytes) => new("bytes") { _bytes = bytes };

    /// <summary>A stream, read once from where it stands to its end and left open.</summary>
    /// <param name="stream">A readable stream.</param>
    public static Artifact FromStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new Artifact("stream", () => stream, once: true);
    }

    /// <summary>A digest whose artifact is elsewhere. Signatures by keys that use another hash cannot be verified with it.</summary>
    /// <param name="sha256">The digest.</param>
    public static Artifact FromSha256(Sha256Digest sha256)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return new Artifact("sha256:" + sha256.Hex) { _sha256 = sha256.ToBytes() };
    }

    /// <summary>The first file that a statement names by its SHA-256, for a caller that asks whether the statement is signed and compares
    /// all its subjects afterwards.</summary>
    /// <param name="statement">The statement.</param>
    /// <exception cref="VerificationException">No subject has a SHA-256 in lower case.</exception>
    public static Artifact FromFirstSubject(InTotoStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return FromSha256(
            statement.FirstSha256
                ?? throw new VerificationException(
                    VerificationFailure.StatementMalformed,
                    VerificationStep.Signature,
                    "a subject with a SHA-256 digest of 64 lower-case hexadecimal digits",
                    "none",
                    "Have the statement made again, with the SHA-256 of each file that it is about."
                )
        );
    }

    /// <summary>An artifact that was read before, for which the digests are at hand that its signature needs.</summary>
    internal static Artifact FromDigests(string name, HashAlgorithmName hash, in ArtifactDigests digests) =>
        new(name) { _sha256 = digests.Sha256, _known = (hash, digests.Signed) };

    /// <summary>Whether there is nothing but a SHA-256 digest.</summary>
    internal bool IsDigestOnly => _open is null && _bytes is null;

    /// <summary>The SHA-256 of the artifact; a stream is read to its end.</summary>
    internal byte[] Sha256(CancellationToken cancellationToken = default) =>
        Compute(HashAlgorithmName.SHA256, default, cancellationToken).Sha256;

    /// <summary>Computes everything that a verification needs in one pass.</summary>
    /// <param name="hash">The hash that the signature is over, in addition to SHA-256.</param>
    /// <param name="challengePrefix">When not empty, SHA-512 of these bytes and the artifact is computed too (Ed25519).</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    internal ArtifactDigests Compute(HashAlgorithmName hash, ReadOnlyMemory<byte> challengePrefix, CancellationToken cancellationToken)
    {
        if (_bytes is { } bytes)
        {
            return FromMemory(bytes.Span, hash, challengePrefix.Span);
        }

        lock (_gate)
        {
            return Known(hash, challengePrefix) ?? ReadNow(hash, challengePrefix.Span, cancellationToken);
        }
    }

    /// <summary>The digests of an artifact that was read before, or that was never more than a digest.</summary>
    private ArtifactDigests? Known(HashAlgorithmName hash, ReadOnlyMemory<byte> challengePrefix)
    {
        if (!challengePrefix.IsEmpty)
        {
            return null;
        }

        if (_sha256 is not null && hash == HashAlgorithmName.SHA256 && (_open is null || _once || _given))
        {
            return new ArtifactDigests(_sha256, _sha256, []);
        }

        return _known is { } known && known.Hash == hash ? new ArtifactDigests(_sha256!, known.Digest, []) : null;
    }

    private ArtifactDigests ReadNow(HashAlgorithmName hash, ReadOnlySpan<byte> challengePrefix, CancellationToken cancellationToken)
    {
        if (_open is null || _consumed)
        {
            throw new VerificationException(
                VerificationFailure.ArtifactBytesNeeded,
                VerificationStep.Artifact,
                "the artifact's bytes, because the key does not sign SHA-256 digests",
                _open is null ? "a SHA-256 digest alone" : "a stream that was read before",
                "Give the artifact as a file."
            );
        }

        _consumed = _once;
        try
        {
            if (_once)
            {
                var digests = FromReading(_open(), hash, challengePrefix, cancellationToken);
                _sha256 = digests.Sha256;
                return digests;
            }

            using var stream = _open();
            return FromReading(stream, hash, challengePrefix, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerificationException(
                VerificationFailure.ArtifactUnreadable,
                VerificationStep.Artifact,
                $"a readable artifact {Name}",
                e.Message.TrimEnd('.'),
                "Check the path and the permissions.",
                e
            );
        }
    }

    private static ArtifactDigests FromMemory(ReadOnlySpan<byte> bytes, HashAlgorithmName hash, ReadOnlySpan<byte> challengePrefix)
    {
        var sha256 = SHA256.HashData(bytes);
        var other = sha256;
        if (hash != HashAlgorithmName.SHA256)
        {
            Span<byte> digest = stackalloc byte[64];
            other = Digests.Hash(hash, bytes, digest).ToArray();
        }

        byte[] challenge = [];
        if (!challengePrefix.IsEmpty)
        {
            using var prefixed = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            prefixed.AppendData(challengePrefix);
            prefixed.AppendData(bytes);
            challenge = prefixed.GetHashAndReset();
        }

        return new ArtifactDigests(sha256, other, challenge);
    }

    private static ArtifactDigests FromReading(
        Stream stream,
        HashAlgorithmName hash,
        ReadOnlySpan<byte> challengePrefix,
        CancellationToken cancellationToken
    )
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var other = hash == HashAlgorithmName.SHA256 ? null : IncrementalHash.CreateHash(hash);
        using var challenge = challengePrefix.IsEmpty ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        challenge?.AppendData(challengePrefix);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sha256.AppendData(buffer, 0, read);
                other?.AppendData(buffer, 0, read);
                challenge?.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var digest = sha256.GetHashAndReset();
        return new ArtifactDigests(digest, other?.GetHashAndReset() ?? digest, challenge?.GetHashAndReset() ?? []);
    }
}

/// <summary>The digests of an artifact, all from one reading.</summary>
internal readonly record struct ArtifactDigests(byte[] Sha256, byte[] Signed, byte[] Challenge);
