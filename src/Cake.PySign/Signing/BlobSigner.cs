using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Ci;
using Cake.PySign.Processes;
using PySign.Sigstore.Http;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Signing;

/// <summary>Signs files as one identity with one certificate. Either every file gets its signature files, or none does.</summary>
internal sealed class BlobSigner(ICakeEnvironment environment, SafeLog log, HttpMessageHandler? handler, TimeProvider time)
{
    private static readonly string[] _signatureSuffixes = [".sigstore.json", ".sigstore", ".sig", ".crt"];

    public static BlobSigner For(ICakeContext context) => new(context.Environment, SafeLog.For(context), null, TimeProvider.System);

    public async Task<IReadOnlyList<SignedBlob>> SignAsync(IEnumerable<FilePath> files, CosignSignBlobSettings settings, CancellationToken cancellationToken)
    {
        log.Redactor.Add(settings.Token);
        var paths = FileList.Require(files, environment, "sign");
        RequireArtifacts(paths);
        using var trust = ChosenTrust.From(
            new TrustChoice(settings.TrustedRoot, settings.Trust, settings.TufMirror, settings.TufRoot, settings.TufCache, settings.TufOffline), environment, log, handler, time);
        IReadOnlyList<SignedArtifact> signed;
        try
        {
            signed = await SignAsync(paths, settings, trust, cancellationToken).ConfigureAwait(false);
        }
        catch (SigningException e)
        {
            throw new PySignException(PySignFailure.SigningFailed, $"Nothing was signed ({e.Reason}): {e.Message}", innerException: e);
        }

        var blobs = paths.Zip(signed, (path, artifact) => SignatureFiles.Write(path, artifact, settings)).ToList();
        SigningReport.Write(log, blobs, settings, environment);
        return blobs;
    }

    private async Task<IReadOnlyList<SignedArtifact>> SignAsync(
        IReadOnlyList<FilePath> paths,
        CosignSignBlobSettings settings,
        ChosenTrust trust,
        CancellationToken cancellationToken)
    {
        var services = await ChosenServices.FromAsync(settings, environment, trust, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        var root = await trust.TrustedRootAsync(cancellationToken).ConfigureAwait(false);
        var identity = new SigningIdentity(environment, log, new ChildProcessRunner(log, environment, time), handler, time);
        var token = await identity.GetAsync(settings, services, root, cancellationToken).ConfigureAwait(false);
        log.Information($"Signing {paths.Count} file(s) as {token.ExpectedIdentity} ({token.ExpectedIssuer}); certificate and log entries are public for ever");
        using var context = new SigningContext(services, root, new ServiceClientOptions { Handler = handler, Time = time, Redactor = log.Redactor });
        var signer = await context.CreateSignerAsync(token, cancellationToken).ConfigureAwait(false);
        await using (signer.ConfigureAwait(false))
        {
            var signed = new SignedArtifact[paths.Count];
            await Parallel.ForEachAsync(
                Enumerable.Range(0, paths.Count),
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism(settings), CancellationToken = cancellationToken },
                async (i, stop) => signed[i] = await signer.SignAsync(Artifact.FromFile(paths[i].FullPath), stop).ConfigureAwait(false)).ConfigureAwait(false);
            return signed;
        }
    }

    private static int Parallelism(CosignSignBlobSettings settings) => settings.MaxParallel > 0
        ? settings.MaxParallel
        : throw new PySignException(PySignFailure.InvalidSettings, $"MaxParallel is {settings.MaxParallel}; it must be 1 or more.");

    private static void RequireArtifacts(IReadOnlyList<FilePath> paths)
    {
        if (paths.FirstOrDefault(path => _signatureSuffixes.Any(suffix => path.FullPath.EndsWith(suffix, StringComparison.Ordinal))) is { } signature)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"'{signature}' is itself a signature file.",
                "A pattern that also matches the results of an earlier run is the usual cause: list wheels and sdists only.");
        }
    }
}
