using System.Security.Cryptography;
using PySign.Sigstore.Cryptography;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Formats;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Signing;

/// <summary>
/// A private key of one's own to sign with instead of a certificate: ECDSA on P-256, P-384 or P-521, or RSA of 2048 to 4096 bits, from
/// PEM or where it is kept. Never shown, and never written anywhere.
/// </summary>
/// <example>
/// <code>
/// using var key = PrivateKey.Load("cosign.key", Environment.GetEnvironmentVariable("COSIGN_PASSWORD"));
/// await using var signer = new SigningContext(services, root).CreateSigner(key);
/// </code>
/// </example>
public sealed class PrivateKey : IDisposable
{
    private const string Supported = "P-256, P-384, P-521 and RSA of 2048 to 4096 bits are supported";

    private readonly IKeyHolder _holder;
    private readonly VerificationKey _public;

    private PrivateKey(AsymmetricAlgorithm key)
    {
        _holder = new KeyInMemory(key);
        _public = VerificationKey.TryRead(key.ExportSubjectPublicKeyInfo(), out var problem) ?? throw Invalid($"{problem}; {Supported}");
    }

    private PrivateKey(VerificationKey known, IKeyHolder holder) => (_public, _holder) = (known, holder);

    /// <summary>The public key, PEM, with an end of line at the end: what verifiers need.</summary>
    public string PublicKeyPem => PemEncoding.WriteString("PUBLIC KEY", _public.Spki.Span) + "\n";

    /// <summary>What bundles call the key: base64 of the SHA-256 of its SubjectPublicKeyInfo.</summary>
    public string Hint => Convert.ToBase64String(SHA256.HashData(_public.Spki.Span));

    internal VerificationKey Public => _public;

    /// <summary>
    /// A key that lives elsewhere: in a hardware module, or in a cloud's key service. It is known by its public half, and each signature
    /// that comes back is verified with that before it is used.
    /// </summary>
    /// <param name="publicKeyPem">The public key, PEM.</param>
    /// <param name="sign">Has a digest signed, and gives back the signature: ECDSA in DER or as r and s behind each other, RSA with PKCS #1
    /// v1.5 padding. Called once at a time.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.KeyInvalid"/>: it is not a public key of a supported
    /// kind.</exception>
    public static PrivateKey Elsewhere(string publicKeyPem, Func<DigestToSign, CancellationToken, Task<ReadOnlyMemory<byte>>> sign)
    {
        ArgumentNullException.ThrowIfNull(publicKeyPem);
        ArgumentNullException.ThrowIfNull(sign);
        VerificationKey known;
        try
        {
            known = ManagedKey.ParsePem(publicKeyPem).Key;
        }
        catch (VerificationException e)
        {
            throw Invalid($"its public key is not one: expected {e.Expected}; found {e.Actual}", e);
        }

        return known.SignsWholeMessage
            ? throw Invalid($"Ed25519 signs messages, not digests; {Supported}")
            : new PrivateKey(known, new KeyElsewhere(known, sign));
    }

    /// <summary>Reads a key file.</summary>
    /// <param name="path">A PEM file, at most 128 Ki characters.</param>
    /// <param name="password">What an encrypted key is opened with; null for none.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.KeyInvalid"/> or
    /// <see cref="SigningFailure.KeyPassword"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PrivateKey Load(string path, string? password = null)
    {
        try
        {
            return ParsePem(System.Text.Encoding.UTF8.GetString(BoundedFile.Read(path, Limits.PemChars, VerificationStep.Parse)), password);
        }
        catch (VerificationException e)
        {
            throw Invalid("the file is too large for a key", e);
        }
    }

    /// <summary>
    /// Reads one PEM block: <c>PRIVATE KEY</c> or <c>ENCRYPTED PRIVATE KEY</c> (PKCS#8, PBES2), or cosign's own <c>ENCRYPTED SIGSTORE
    /// PRIVATE KEY</c> and <c>ENCRYPTED COSIGN PRIVATE KEY</c>.
    /// </summary>
    /// <param name="pem">The text.</param>
    /// <param name="password">What an encrypted key is opened with, which may be empty; null for none.</param>
    /// <exception cref="SigningException">With reason <see cref="SigningFailure.KeyInvalid"/> or
    /// <see cref="SigningFailure.KeyPassword"/>.</exception>
    public static PrivateKey ParsePem(string pem, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(pem);
        if (
            pem.Length > Limits.PemChars
            || !PemEncoding.TryFind(pem, out var fields)
            || !string.IsNullOrWhiteSpace(pem[fields.Location.End..])
        )
        {
            throw Invalid("one PEM block was expected");
        }

        var label = pem[fields.Label];
        var content = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            switch (label)
            {
                case "PRIVATE KEY":
                    return Import(content);
                case "ENCRYPTED PRIVATE KEY":
                    EncryptedKeyInfo.Check(content);
                    return Import(content, Required(password));
                case "ENCRYPTED SIGSTORE PRIVATE KEY" or "ENCRYPTED COSIGN PRIVATE KEY":
                    return ImportCosign(content, Required(password));
                default:
                    throw Invalid(
                        $"it is a PEM block {ProtoJson.Shorten(label)}, not PRIVATE KEY (PKCS#8) or an encrypted one; openssl "
                            + "pkcs8 -topk8 converts"
                    );
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Destroys the key.</summary>
    public void Dispose()
    {
        _holder.Dispose();
        _public.Dispose();
    }

    internal Task<byte[]> SignAsync(DigestToSign digest, CancellationToken cancellationToken) =>
        _holder.SignAsync(digest, cancellationToken);

    internal static SigningException Invalid(string what, Exception? inner = null) =>
        new(SigningFailure.KeyInvalid, "", "The private key cannot be used: " + what, "Give a PEM private key.", inner);

    private static PrivateKey ImportCosign(byte[] json, string password)
    {
        var opened = CosignKeyFile.Open(json, password) ?? throw WrongPassword(null);
        try
        {
            return Import(opened);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }

    private static string Required(string? password) =>
        password
        ?? throw new SigningException(
            SigningFailure.KeyPassword,
            "",
            "The private key is encrypted, and no password is given",
            "Give the password, also where it is empty."
        );

    private static SigningException WrongPassword(Exception? inner) =>
        new(
            SigningFailure.KeyPassword,
            "",
            "The private key cannot be opened: the password is wrong, or the file is damaged",
            "Check the password.",
            inner
        );

    /// <summary>PKCS#8, opened or closed. Which kind of key is inside a closed one shows only by opening it.</summary>
    private static PrivateKey Import(ReadOnlySpan<byte> pkcs8, string? password = null)
    {
        CryptographicException? problem = null;
        foreach (var create in new Func<AsymmetricAlgorithm>[] { static () => ECDsa.Create(), static () => RSA.Create() })
        {
            var key = create();
            try
            {
                if (password is null)
                {
                    key.ImportPkcs8PrivateKey(pkcs8, out _);
                }
                else
                {
                    key.ImportEncryptedPkcs8PrivateKey(password, pkcs8, out _);
                }

                return new PrivateKey(key);
            }
            catch (CryptographicException e)
            {
                key.Dispose();
                problem = e;
            }
            catch (SigningException)
            {
                key.Dispose();
                throw;
            }
        }

        // What the framework says of a key never shows any of it, but neither does it help: it speaks of the kind that was tried last.
        throw password is null ? Invalid($"it is damaged or of another kind; {Supported}", problem) : WrongPassword(problem);
    }
}
