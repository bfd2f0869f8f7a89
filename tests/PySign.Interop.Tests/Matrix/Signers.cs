using System.Text.Json;
using PySign.Formats;
using PySign.Interop.Tests.Peers;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Interop.Tests.Matrix;

/// <summary>Our signer and those that others wrote. Each signs one file as a cell says, and writes a bundle or says why not.</summary>
internal static class Signers
{
    public const string PredicateType = "https://docs.pypi.org/attestations/publish/v1";

    public static readonly string[] Names = ["ours", "cosign 2", "cosign 3", "sigstore-go", "npm"];

    /// <returns>Whether the bundle was written, and if not the signer's words.</returns>
    public static Task<Verdict> Sign(SigstoreInstance instance, MatrixCell cell, string file, string bundle) =>
        cell.Signer switch
        {
            "ours" => Ours(instance, cell, file, bundle),
            "cosign 2" => Cosign2(instance, cell, file, bundle),
            "cosign 3" => Cosign3(instance, cell, file, bundle),
            "sigstore-go" => SigstoreGo(instance, cell, file, bundle),
            "npm" => Npm(instance, cell, file, bundle),
            _ => throw new ArgumentOutOfRangeException(nameof(cell), cell.Signer, "no signer of that name"),
        };

    private static async Task<Verdict> Ours(SigstoreInstance instance, MatrixCell cell, string file, string bundle)
    {
        var stop = TestContext.Current.CancellationToken;
        try
        {
            var services = SigningConfig.Load(instance.SigningConfig(cell)).Select(DateTimeOffset.UtcNow);
            using var context = new SigningContext(services, TrustedRoot.Load(instance.TrustedRoot));
            await using var signer = await context.CreateSignerAsync(IdentityToken.Parse(await instance.MintToken()), stop);
            var signed = cell.Statement
                ? await signer.SignStatementAsync(StatementAbout(file), stop)
                : await signer.SignAsync(Artifact.FromFile(file), stop);
            await File.WriteAllTextAsync(bundle, signed.Bundle.ToJson(), stop);
            return Verdict.Yes;
        }
        catch (SigningException refusal)
        {
            return Verdict.No($"{refusal.Reason}: {refusal.Message}");
        }
    }

    private static async Task<Verdict> Cosign2(SigstoreInstance instance, MatrixCell cell, string file, string bundle) =>
        (
            await Peer.Cosign2.Run(
                [
                    .. Command(instance, cell),
                    "--identity-token",
                    await instance.MintToken(),
                    "--fulcio-url",
                    instance.Fulcio,
                    "--rekor-url",
                    instance.Rekor(cell),
                    .. cell.Timestamp ? ["--timestamp-server-url", instance.TimestampAuthority] : Array.Empty<string>(),
                    "--new-bundle-format",
                    "--bundle",
                    bundle,
                    "--yes",
                    file,
                ],
                instance.Cosign2Trust
            )
        ).Verdict;

    private static async Task<Verdict> Cosign3(SigstoreInstance instance, MatrixCell cell, string file, string bundle) =>
        (
            await Peer.Cosign3.Run([
                .. Command(instance, cell),
                "--identity-token",
                await instance.MintToken(),
                "--signing-config",
                instance.SigningConfig(cell),
                "--trusted-root",
                instance.TrustedRoot,
                "--bundle",
                bundle,
                "--yes",
                file,
            ])
        ).Verdict;

    private static async Task<Verdict> SigstoreGo(SigstoreInstance instance, MatrixCell cell, string file, string bundle)
    {
        var content = file;
        if (cell.Statement)
        {
            content = Path.Combine(instance.Folder, $"{Guid.NewGuid():N}.json");
            await File.WriteAllBytesAsync(content, StatementAbout(file).Utf8Json.ToArray());
        }

        var result = await Peer.SigstoreGoSigning.Run([
            "-id-token",
            await instance.MintToken(),
            "-signing-config",
            instance.SigningConfig(cell),
            "-trusted-root",
            instance.TrustedRoot,
            "-rekor",
            .. cell.Timestamp ? ["-tsa"] : Array.Empty<string>(),
            .. cell.Statement ? ["-in-toto"] : Array.Empty<string>(),
            content,
        ]);

        // It tells what it does on lines of their own; the bundle is the line that is an object.
        await File.WriteAllTextAsync(bundle, result.Output.Split('\n').LastOrDefault(static line => line.StartsWith('{'), ""));
        return result.Verdict;
    }

    private static string[] Command(SigstoreInstance instance, MatrixCell cell)
    {
        if (!cell.Statement)
        {
            return ["sign-blob"];
        }

        var predicate = Path.Combine(instance.Folder, $"{Guid.NewGuid():N}.json");
        File.WriteAllText(predicate, "{}");
        return ["attest-blob", "--predicate", predicate, "--type", PredicateType];
    }

    private static async Task<Verdict> Npm(SigstoreInstance instance, MatrixCell cell, string file, string bundle)
    {
        var order = Path.Combine(instance.Folder, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(
            order,
            JsonSerializer.Serialize(
                new
                {
                    fulcio = instance.Fulcio,
                    rekor = instance.Rekor(cell),
                    rekorVersion = cell.RekorVersion,
                    entryType = cell.Intoto ? "intoto" : "dsse",
                    tsa = cell.Timestamp ? instance.TimestampAuthority : null,
                    token = await instance.MintToken(),
                    artifact = file,
                    statement = cell.Statement ? Convert.ToBase64String(StatementAbout(file).Utf8Json.Span) : null,
                    bundle,
                }
            )
        );
        return (await NpmSigstore.Require().Run("sign.mjs", [order])).Verdict;
    }

    private static InTotoStatement StatementAbout(string file) =>
        InTotoStatement.Create(
            [new StatementSubject(Path.GetFileName(file), Sha256Digest.Of(File.ReadAllBytes(file)))],
            PredicateType,
            "{}"u8.ToArray()
        );
}
