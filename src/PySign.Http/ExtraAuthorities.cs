using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PySign.Http;

/// <summary>Certificates of private authorities that are believed in addition to the system's. The whole file is read and judged before
/// anything is called.</summary>
public sealed class ExtraAuthorities
{
    private const int MaxBytes = 4 << 20;

    private ExtraAuthorities(string path, X509Certificate2Collection certificates) => (Path, Certificates) = (path, certificates);

    /// <summary>The file that they were read from.</summary>
    public string Path { get; }

    /// <summary>The certificates, in the order of the file.</summary>
    public X509Certificate2Collection Certificates { get; }

    /// <exception cref="CaFileException">It is missing, is not PEM, holds no certificate, or holds a private key.</exception>
    public static ExtraAuthorities Load(string path)
    {
        var text = Read(path);
        var certificates = new X509Certificate2Collection();
        for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var fields); rest = rest[fields.Location.End..])
        {
            var label = rest[fields.Label];
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                throw new CaFileException(
                    $"The extra CA file '{path}' holds a private key, which belongs nowhere near it: give the certificates alone."
                );
            }

            if (label is "CERTIFICATE")
            {
                certificates.Add(Certificate(path, rest[fields.Base64Data].ToString(), certificates.Count + 1));
            }
        }

        // A marker without a whole block around it: cut off, or damaged. What lies behind it would be left out without a word.
        var begun = text.AsSpan().Count("-----BEGIN CERTIFICATE-----");
        if (begun == 0)
        {
            throw new CaFileException($"The extra CA file '{path}' holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).");
        }

        if (certificates.Count != begun)
        {
            throw new CaFileException(
                $"The extra CA file '{path}' is damaged: {begun} certificates begin in it, {certificates.Count} are whole."
            );
        }

        return new ExtraAuthorities(path, certificates);
    }

    private static string Read(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                throw new CaFileException($"There is no extra CA file at '{path}'.", isMissing: true);
            }

            return new FileInfo(path).Length > MaxBytes
                ? throw new CaFileException($"The extra CA file '{path}' is larger than {MaxBytes >> 20} MiB.")
                : File.ReadAllText(path, Encoding.UTF8);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CaFileException($"The extra CA file '{path}' cannot be read: {e.Message}", inner: e);
        }
    }

    private static X509Certificate2 Certificate(string path, string base64, int number)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new CaFileException($"Certificate {number} in the extra CA file '{path}' cannot be read: {e.Message}", inner: e);
        }
    }
}

/// <summary>An extra CA file cannot be used; nothing was called. The message names the file.</summary>
public sealed class CaFileException(string message, bool isMissing = false, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Whether there is no such file, rather than one that cannot be read as certificates.</summary>
    public bool IsMissing { get; } = isMissing;
}
