using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Packaging.Distributions;

/// <summary>Which names, and which contents under a name that is often harmless, make a file suspect.</summary>
internal static partial class SuspectRules
{
    // A key file is a few kilobytes; a file that is larger under such a name is something else.
    private const int MaxKeyBytes = 1024 * 1024;

    // Git LFS specification: a pointer begins with its version's line, names an object and a size, and is shorter than 1024 bytes.
    private const int MinPointerBytes = 60;
    private const int MaxPointerBytes = 1024;

    private static readonly string[] _cacheFolders =
    [
        ".pip-cache",
        "pip-cache",
        ".cache",
        "__pycache__",
        ".venv",
        ".tox",
        ".nox",
        "node_modules",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".git",
        ".hg",
        ".svn",
    ];

    private static readonly string[] _credentialFiles =
    [
        ".env",
        ".envrc",
        ".pypirc",
        ".netrc",
        "_netrc",
        ".git-credentials",
        ".npmrc",
        ".htpasswd",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
    ];

    private static readonly string[] _keyStores = [".p12", ".pfx", ".ppk", ".kdbx", ".jks", ".keystore"];

    private static readonly string[] _keyFiles = [".pem", ".key", ".crt", ".cer"];

    private static readonly string[] _testFolders = ["test", "tests", "testing", "test_data", "testdata"];

    private static readonly string[] _harmlessEnds = [".example", ".sample", ".template", ".dist", ".test"];

    // The second and third are the program's earlier names, which it reads to this day.
    private static readonly string[] _pointerVersions =
    [
        "version https://git-lfs.github.com/spec/v1",
        "version https://hawser.github.com/spec/v1",
        "version http://git-media.io/v/2",
    ];

    public static SuspectFile? Judge(string name, long length, Stream content)
    {
        var folders = name.Split('/').SkipLast(1).ToList();
        var file = name[(name.LastIndexOf('/') + 1)..].ToLowerInvariant();
        var forTests = folders.Any(part => _testFolders.Contains(part, StringComparer.OrdinalIgnoreCase));
        if (folders.FirstOrDefault(part => _cacheFolders.Contains(part, StringComparer.Ordinal)) is { } cache)
            return new SuspectFile(name, SuspectKind.Cache, $"{cache} is a cache", forTests);
        if (file == "pyvenv.cfg")
            return new SuspectFile(name, SuspectKind.Cache, "a virtual environment", forTests);
        if (PipCache().IsMatch(name))
            return new SuspectFile(name, SuspectKind.Cache, "pip's cache", forTests);
        if (length is >= MinPointerBytes and < MaxPointerBytes)
        {
            var bytes = new byte[length];
            var read = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Array.Resize(ref bytes, read);
            if (IsPointer(Encoding.Latin1.GetString(bytes)))
                return new SuspectFile(name, SuspectKind.LargeFilePointer, "a pointer of Git LFS, not the file", forTests);
            content = new MemoryStream(bytes);
        }

        return Secret(file, folders, length, content) is { } why ? new SuspectFile(name, SuspectKind.Secret, why, forTests) : null;
    }

    // A checkout that makes line ends those of DOS does so with pointers too.
    private static bool IsPointer(string text) =>
        _pointerVersions.Any(version =>
            text.StartsWith(version + "\n", StringComparison.Ordinal) || text.StartsWith(version + "\r\n", StringComparison.Ordinal)
        );

    private static string? Secret(string file, List<string> folders, long length, Stream content)
    {
        if (
            _credentialFiles.Contains(file, StringComparer.Ordinal)
            || (
                file.StartsWith(".env.", StringComparison.Ordinal)
                && !_harmlessEnds.Any(end => file.EndsWith(end, StringComparison.Ordinal))
            )
        )
            return "a file of credentials by its name";
        if (folders.Contains(".ssh", StringComparer.Ordinal))
            return "from an .ssh folder";
        if (_keyStores.Any(end => file.EndsWith(end, StringComparison.Ordinal)))
            return "a key store by its name";
        if (length > MaxKeyBytes || !_keyFiles.Any(end => file.EndsWith(end, StringComparison.Ordinal)))
            return null;
        var bytes = new byte[length];
        var text = Encoding.Latin1.GetString(bytes, 0, content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (PrivateKey().IsMatch(text))
            return "a private key";

        // Certificates and public keys are made to be handed out; a .pem that shows neither is not trusted.
        return file.EndsWith(".pem", StringComparison.Ordinal) && !PublicBlock().IsMatch(text)
            ? "a .pem file without a certificate or public key in it"
            : null;
    }

    // pip stores answers below http/ or http-v2/ in five folders of one hex digit each.
    [GeneratedRegex("(?:^|/)http(?:-v2)?/(?:[0-9a-f]/){5}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PipCache();

    [GeneratedRegex(
        "-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|openssh-key-v1",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex PrivateKey();

    [GeneratedRegex(
        "-----BEGIN (?:(?:X509 |TRUSTED |ATTRIBUTE )?CERTIFICATE(?: REQUEST)?|X509 CRL|(?:[A-Z0-9]+ )*PUBLIC KEY|PKCS7|CMS|DH "
            + "PARAMETERS|EC PARAMETERS)-----",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex PublicBlock();
}

/// <summary>Why a file in a distribution is suspect.</summary>
public enum SuspectKind
{
    /// <summary>A tool left it on the machine that built.</summary>
    Cache,

    /// <summary>A private key, or a file that programs keep credentials in.</summary>
    Secret,

    /// <summary>A pointer of Git LFS: the file itself was not fetched.</summary>
    LargeFilePointer,
}

/// <summary>A file that is hardly meant for the public, or not what it should be.</summary>
/// <param name="Name">The path; of a sdist relative to its root folder.</param>
/// <param name="Kind">What kind of suspicion.</param>
/// <param name="Why">What it looks like.</param>
/// <param name="ForTests">Whether it lies in a folder of tests, where keys without a use elsewhere are common.</param>
public sealed record SuspectFile(string Name, SuspectKind Kind, string Why, bool ForTests);
