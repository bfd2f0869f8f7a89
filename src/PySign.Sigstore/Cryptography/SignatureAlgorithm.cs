using System.Formats.Asn1;
using System.Security.Cryptography;
using PySign.Sigstore.Formats;

namespace PySign.Sigstore.Cryptography;

internal enum SignatureScheme
{
    Ecdsa,
    RsaPkcs1,
    RsaPss,
    Ed25519,
}

/// <summary>How a certificate, a CMS signer or a note is signed. Hashes older than SHA-2 do not exist here.</summary>
internal readonly record struct SignatureAlgorithm(SignatureScheme Scheme, HashAlgorithmName Hash)
{
    /// <summary>Reads an AlgorithmIdentifier; its parameters must be exactly those that its standard prescribes.</summary>
    /// <exception cref="AsnContentException">It is not one that is known.</exception>
    public static SignatureAlgorithm Read(ReadOnlyMemory<byte> encoded, HashAlgorithmName? digest = null)
    {
        var reader = new DerReader(encoded);
        var sequence = reader.Sequence();
        reader.End();
        var oid = sequence.Oid().Span;
        if (HashOfEcdsa(oid) is { } ecdsa)
        {
            return Bare(sequence, SignatureScheme.Ecdsa, ecdsa);
        }

        if (HashOfRsa(oid) is { } rsa)
        {
            return WithNull(sequence, rsa);
        }

        if (oid.SequenceEqual(Oids.Ed25519))
        {
            return Bare(sequence, SignatureScheme.Ed25519, HashAlgorithmName.SHA512);
        }

        if (oid.SequenceEqual(Oids.RsaPss))
        {
            return Pss(sequence);
        }

        // CMS lets the signature algorithm be the key's, the hash then being the signer's digest algorithm (RFC 5652 5.3).
        if (digest is { } hash && oid.SequenceEqual(Oids.RsaEncryption))
        {
            return WithNull(sequence, hash);
        }

        throw new AsnContentException($"the signature algorithm {Oids.Dotted(oid)} is not supported");
    }

    private static HashAlgorithmName? HashOfEcdsa(ReadOnlySpan<byte> oid) =>
        oid.SequenceEqual(Oids.EcdsaSha256) ? HashAlgorithmName.SHA256
        : oid.SequenceEqual(Oids.EcdsaSha384) ? HashAlgorithmName.SHA384
        : oid.SequenceEqual(Oids.EcdsaSha512) ? HashAlgorithmName.SHA512
        : null;

    private static HashAlgorithmName? HashOfRsa(ReadOnlySpan<byte> oid) =>
        oid.SequenceEqual(Oids.RsaSha256) ? HashAlgorithmName.SHA256
        : oid.SequenceEqual(Oids.RsaSha384) ? HashAlgorithmName.SHA384
        : oid.SequenceEqual(Oids.RsaSha512) ? HashAlgorithmName.SHA512
        : null;

    /// <summary>Reads the AlgorithmIdentifier of a SHA-2 hash, with NULL or absent parameters.</summary>
    public static HashAlgorithmName ReadHash(DerReader sequence)
    {
        var hash = HashOf(sequence.Oid().Span);
        if (sequence.HasData)
        {
            Null(ref sequence);
        }

        sequence.End();
        return hash;
    }

    private static HashAlgorithmName HashOf(ReadOnlySpan<byte> oid)
    {
        if (oid.SequenceEqual(Oids.Sha256))
        {
            return HashAlgorithmName.SHA256;
        }

        if (oid.SequenceEqual(Oids.Sha384))
        {
            return HashAlgorithmName.SHA384;
        }

        return oid.SequenceEqual(Oids.Sha512)
            ? HashAlgorithmName.SHA512
            : throw new AsnContentException($"the hash algorithm {Oids.Dotted(oid)} is not supported");
    }

    private static SignatureAlgorithm Bare(DerReader parameters, SignatureScheme scheme, HashAlgorithmName hash)
    {
        parameters.End();
        return new(scheme, hash);
    }

    private static SignatureAlgorithm WithNull(DerReader parameters, HashAlgorithmName hash)
    {
        Null(ref parameters);
        parameters.End();
        return new(SignatureScheme.RsaPkcs1, hash);
    }

    private static SignatureAlgorithm Pss(DerReader parameters)
    {
        // RFC 4055 3.1; the defaults are SHA-1, so hash, mask and salt length must all be said.
        var pss = parameters.Sequence();
        parameters.End();
        var hashField = pss.Context(0);
        var hash = ReadHash(hashField.Sequence());
        hashField.End();
        var maskField = pss.Context(1);
        var mask = maskField.Sequence();
        maskField.End();
        if (!mask.Oid().Span.SequenceEqual(Oids.Mgf1) || ReadHash(mask.Sequence()) != hash)
        {
            throw new AsnContentException("RSASSA-PSS must use MGF1 with its own hash");
        }

        var saltField = pss.Context(2);
        if (saltField.SmallInteger() != Digests.LengthOf(hash))
        {
            throw new AsnContentException("RSASSA-PSS must use a salt as long as its hash");
        }

        saltField.End();
        pss.End();
        return new(SignatureScheme.RsaPss, hash);
    }

    private static void Null(ref DerReader reader)
    {
        if (!reader.Content(Asn1Tag.Null).IsEmpty)
        {
            throw new AsnContentException("NULL has no content");
        }
    }
}
