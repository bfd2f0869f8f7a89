using Cake.Core;
using Cake.PySign.Processes;

namespace Cake.PySign.Signing;

/// <summary>Says who signed, where it is logged, and how anybody can check it.</summary>
internal static class SigningReport
{
    public static void Write(SafeLog log, IReadOnlyList<SignedBlob> blobs, CosignSignBlobSettings settings, ICakeEnvironment environment)
    {
        var trustedRoot = settings.TrustedRoot?.MakeAbsolute(environment);
        foreach (var blob in blobs)
        {
            log.Information($"Signed {blob.File.GetFilename()}  sha256 {blob.Sha256}");
            foreach (var entry in blob.LogEntries)
            {
                log.Information($"  log entry {entry.Index} in {entry.Log}");
            }
        }

        var first = blobs[0];
        log.Information($"Identity {first.Identity}");
        log.Information($"Issuer   {first.Issuer}");
        log.Information("To verify in a Cake script:");
        log.Information($"  await VerifyBlob(new FilePath[] {{ {string.Join(", ", blobs.Select(blob => Literal(blob.File.FullPath)))} }}, new VerifyBlobSettings");
        log.Information($"  {{ CertificateIdentity = {Literal(first.Identity)}, CertificateOidcIssuer = {Literal(first.Issuer)}{Trust(settings, environment)} }});");
        log.Information("To verify with cosign:");
        foreach (var blob in blobs)
        {
            log.Information(
                $"  cosign verify-blob --bundle {Shell(blob.Bundle.FullPath)} --certificate-identity {Shell(blob.Identity)} "
                + $"--certificate-oidc-issuer {Shell(blob.Issuer)}{(trustedRoot is null ? "" : $" --trusted-root {Shell(trustedRoot.FullPath)}")} {Shell(blob.File.FullPath)}");
        }
    }

    private static string Trust(CosignSignBlobSettings settings, ICakeEnvironment environment) =>
        settings.TrustedRoot is { } file ? $", TrustedRoot = {Literal(file.MakeAbsolute(environment).FullPath)}"
        : settings.TufMirror is { } mirror ? $", TufMirror = new Uri({Literal(mirror.AbsoluteUri)}), TufRoot = {Literal(settings.TufRoot!.MakeAbsolute(environment).FullPath)}"
        : settings.Trust is TrustSource.Tuf ? $", Trust = {nameof(TrustSource)}.{nameof(TrustSource.Tuf)}"
        : "";

    private static string Literal(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Shell(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
