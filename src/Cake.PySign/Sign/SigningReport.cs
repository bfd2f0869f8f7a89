using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Logging;
using Cake.PySign.Common.Statements;

namespace Cake.PySign.Sign;

/// <summary>What whoever verifies must be given in addition to file and bundle.</summary>
internal sealed class Verifying(SigningRequest request, ICakeEnvironment environment, bool withKey)
{
    /// <summary>Where the key's public half is expected: cosign generate-key-pair puts cosign.pub beside cosign.key.</summary>
    public FilePath? PublicKey { get; } =
        withKey ? (request.Signing.Signer.PublicKey ?? request.Signing.Key!.ChangeExtension(".pub")).MakeAbsolute(environment) : null;

    public bool Unlogged { get; } = withKey && !request.Signing.UploadToLog;

    public FilePath? TrustedRoot { get; } = request.Trust.TrustedRoot?.MakeAbsolute(environment);

    public Uri? TufMirror => request.Trust.TufMirror;

    public FilePath? TufRoot { get; } = request.Trust.TufRoot?.MakeAbsolute(environment);

    public TrustSource Trust => request.Trust.Source == TrustSource.Auto ? TrustSource.Tuf : request.Trust.Source;
}

/// <summary>Says of each file where it is logged, and of all who signed them and how anybody can check it.</summary>
internal static class SigningReport
{
    private const int MaxListed = 3;

    /// <summary>What is said of a file as soon as it is signed.</summary>
    public static string Line(SignedBlob blob) => WithEntries($"Signed {blob.FileName}  sha256 {blob.Sha256}", blob.LogEntries);

    /// <summary>The same of one that is attested.</summary>
    public static string Line(AttestedBlob blob) => WithEntries($"Attested {blob.FileName}  sha256 {blob.Sha256}", blob.LogEntries);

    public static void Write(SafeLog log, IReadOnlyList<SignedBlob> blobs, Verifying verifying)
    {
        var first = blobs[0];
        WriteSigner(log, first.Identity, first.Issuer, verifying);
        WriteAlias(log, blobs.Select(static blob => blob.Path), first.Identity, first.Issuer, verifying, "");
        log.Information(ToVerify(blobs.Count));
        log.Information(
            $"  cosign verify-blob --bundle {Shell(first.Bundle.FullPath)} {Signer(first.Identity, first.Issuer, verifying)} "
                + $"{Shell(first.Path.FullPath)}"
        );
    }

    public static void Write(SafeLog log, IReadOnlyList<AttestedBlob> blobs, string name, Verifying verifying)
    {
        var first = blobs[0];
        WriteSigner(log, first.Identity, first.Issuer, verifying);
        log.Information($"Says     {first.PredicateType}");
        WriteAlias(
            log,
            blobs.Select(static blob => blob.Path),
            first.Identity,
            first.Issuer,
            verifying,
            $", AttestationName = {Literal(name)}, PredicateType = {Literal(first.PredicateType)}"
        );
        log.Information(ToVerify(blobs.Count));
        log.Information(
            $"  cosign verify-blob-attestation --bundle {Shell(first.Bundle.FullPath)} --type {Shell(first.PredicateType)} "
                + $"{Signer(first.Identity, first.Issuer, verifying)} {Shell(first.Path.FullPath)}"
        );
    }

    /// <param name="log">Where to.</param>
    /// <param name="statement">What was signed.</param>
    /// <param name="verifying">What whoever verifies must be given.</param>
    /// <param name="brief">Whether the files of the same session said who signs.</param>
    public static void Write(SafeLog log, SignedReleaseStatement statement, Verifying verifying, bool brief)
    {
        log.Information(
            WithEntries(
                $"Stated {statement.Bundle.GetFilename()}  {statement.PackageUrl} is {statement.FileDigests.Count} file(s) and no others",
                statement.LogEntries
            )
        );
        if (brief)
        {
            return;
        }

        WriteSigner(log, statement.Identity, statement.Issuer, verifying);
        log.Information("To verify it with cosign, for each of the files:");
        log.Information(
            $"  cosign verify-blob-attestation --bundle {Shell(statement.Bundle.FullPath)} --type {Shell(ReleaseStatement.PredicateType)} "
                + $"{Signer(statement.Identity, statement.Issuer, verifying)} {Shell(statement.FileDigests.Keys.First())}"
        );
    }

    // One line a file: of fifty files, more would hide what matters.
    private static string WithEntries(string what, IReadOnlyList<SignedLogEntry> entries)
    {
        var logged = string.Join(", ", entries.Select(static entry => $"{entry.Index} in {entry.Log}"));
        return logged.Length == 0 ? what : $"{what}  log entry {logged}";
    }

    private static string ToVerify(int files) =>
        files == 1 ? "To verify with cosign:" : $"To verify with cosign, each of the {files} files as the first:";

    private static void WriteSigner(SafeLog log, string identity, string issuer, Verifying verifying)
    {
        if (verifying.PublicKey is { } key)
        {
            log.Information($"Key      verifies with the public key, which the calls below expect in {key.GetFilename()}");
            return;
        }

        log.Information($"Identity {identity}");
        log.Information($"Issuer   {issuer}");
    }

    private static void WriteAlias(
        SafeLog log,
        IEnumerable<FilePath> files,
        string identity,
        string issuer,
        Verifying verifying,
        string more
    )
    {
        var who = verifying.PublicKey is { } key
            ? $"PublicKey = {Literal(key.FullPath)}{(verifying.Unlogged ? ", AcceptUnlogged = true" : "")}"
            : $"CertificateIdentity = {Literal(identity)}, CertificateOidcIssuer = {Literal(issuer)}";
        log.Information("To verify in a Cake script:");
        log.Information($"  await VerifyBlob(new FilePath[] {{ {Listed(files)} }}, new " + "VerifyBlobSettings");
        log.Information($"  {{ {who}{more}{Trust(verifying)} }});");
    }

    private static string Listed(IEnumerable<FilePath> files)
    {
        var all = files.Select(static file => Literal(file.FullPath)).ToList();
        return string.Join(", ", all.Take(MaxListed)) + (all.Count > MaxListed ? $" /* and {all.Count - MaxListed} more */" : "");
    }

    private static string Signer(string identity, string issuer, Verifying verifying) =>
        (
            verifying.PublicKey is { } key
                ? $"--key {Shell(key.FullPath)}{(verifying.Unlogged ? " --insecure-ignore-tlog=true" : "")}"
                : $"--certificate-identity {Shell(identity)} --certificate-oidc-issuer {Shell(issuer)}"
        ) + (verifying.TrustedRoot is null || verifying.Unlogged ? "" : $" --trusted-root {Shell(verifying.TrustedRoot.FullPath)}");

    private static string Trust(Verifying verifying) =>
        verifying.TrustedRoot is { } file ? $", Trust = {{ TrustedRoot = {Literal(file.FullPath)} }}"
        : verifying.TufMirror is { } mirror
            ? $", Trust = {{ TufMirror = new Uri({Literal(mirror.AbsoluteUri)}), TufRoot = {Literal(verifying.TufRoot!.FullPath)} }}"
        : verifying.Trust is TrustSource.Tuf ? $", Trust = {{ Source = {nameof(TrustSource)}.{nameof(TrustSource.Tuf)} }}"
        : "";

    private static string Literal(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Shell(string text) => ShellText.Quoted(text);
}
