using System.Security.Cryptography.X509Certificates;
using Cake.Core;
using Cake.Core.IO;
using PySign.Http;

namespace Cake.PySign.Common.Network;

/// <summary>
/// Extra authorities for programs that take a CA bundle <em>instead</em> of their own (twine, pip, uv): what they would have trusted and
/// the extra file, in one.
/// </summary>
internal static class ToolCertificates
{
    /// <summary>twine's own variable, and that of requests, which would win over it. So with pip's.</summary>
    public static readonly IReadOnlyList<string> Twine = ["TWINE_CERT", "REQUESTS_CA_BUNDLE"];

    public static readonly IReadOnlyList<string> Pip = ["PIP_CERT", "REQUESTS_CA_BUNDLE"];

    /// <summary>uv asks OpenSSL's variable.</summary>
    public static readonly IReadOnlyList<string> Uv = ["SSL_CERT_FILE"];

    // What the tools fall back to, in requests' order.
    private static readonly string[] _inherited = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"];

    /// <summary>Writes the bundle and gives the variables that name it.</summary>
    /// <param name="extra">None: nothing is written and no variable set.</param>
    /// <param name="folder">The call's temporary folder.</param>
    /// <param name="names">The variables that the tool reads, the strongest first.</param>
    /// <param name="environment">Whose variables the tool would have seen.</param>
    public static IReadOnlyDictionary<string, string?> Variables(
        ExtraAuthorities? extra,
        DirectoryPath folder,
        IReadOnlyList<string> names,
        ICakeEnvironment environment
    )
    {
        if (extra is null)
        {
            return new Dictionary<string, string?>(StringComparer.Ordinal);
        }

        var own = names
            .Concat(_inherited)
            .Distinct(StringComparer.Ordinal)
            .FirstOrDefault(name => environment.GetEnvironmentVariable(name) is { Length: > 0 });
        var bundle = folder.CombineWithFilePath($"{names[0].ToLowerInvariant()}.pem").FullPath;
        AtomicFile.Write(
            bundle,
            (own is null ? SystemRoots() : Bundle(own, environment.GetEnvironmentVariable(own)!)) + "\n" + Pem(extra.Certificates)
        );
        return names.ToDictionary(name => name, _ => (string?)bundle, StringComparer.Ordinal);
    }

    /// <summary>The variables of a child with those of the bundle.</summary>
    public static IReadOnlyDictionary<string, string?> Into(
        IReadOnlyDictionary<string, string?> variables,
        ExtraAuthorities? extra,
        DirectoryPath folder,
        IReadOnlyList<string> names,
        ICakeEnvironment environment
    ) => extra is null ? variables : variables.Concat(Variables(extra, folder, names, environment)).ToDictionary(StringComparer.Ordinal);

    private static string Bundle(string variable, string path)
    {
        try
        {
            return Pem(ExtraAuthorities.Load(path).Certificates);
        }
        catch (CaFileException e)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{variable} names no CA bundle that the extra CA file could be added to. {e.Message}",
                $"Let {variable} name a PEM file, or unset it.",
                e
            );
        }
    }

    private static string SystemRoots()
    {
        var roots = new HashSet<X509Certificate2>();
        foreach (var location in new[] { StoreLocation.LocalMachine, StoreLocation.CurrentUser })
        {
            using var store = new X509Store(StoreName.Root, location);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            }
            catch (System.Security.Cryptography.CryptographicException)
            {
                continue; // Not every user has one.
            }

            roots.UnionWith(store.Certificates);
        }

        return Pem(roots);
    }

    private static string Pem(IEnumerable<X509Certificate2> certificates) =>
        string.Join('\n', certificates.Select(static certificate => certificate.ExportCertificatePem()));
}
