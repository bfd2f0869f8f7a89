using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Common;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Statements;
using PySign.Formats;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>Verifies that files are exactly those that were signed as one release.</summary>
internal sealed class ReleaseStatementVerifier(Services services)
{
    private const string Step = "ReleaseStatement";

    public static ReleaseStatementVerifier For(ICakeContext context) => new(Services.For(context));

    public Task<VerifiedReleaseStatement> VerifyAsync(
        IEnumerable<FilePath> files,
        VerifyReleaseStatementSettings settings,
        CancellationToken cancellationToken
    )
    {
        var paths = FileList.Require(files, services.Environment, "verify");
        var release = ReleaseFiles.Read(paths);
        var bundle =
            settings.Bundle?.MakeAbsolute(services.Environment)
            ?? (settings.BundleDirectory?.MakeAbsolute(services.Environment) ?? ReleaseFiles.Folder(paths)).CombineWithFilePath(
                ReleaseStatement.FileName(release.Name, release.Version)
            );
        return VerifyAsync(bundle, release, settings, cancellationToken);
    }

    /// <param name="path">The statement's bundle.</param>
    /// <param name="found">What is there: project, version and every file.</param>
    /// <param name="settings">Who must have signed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobVerificationException">The statement is missing or refused, or it names other files.</exception>
    public async Task<VerifiedReleaseStatement> VerifyAsync(
        FilePath path,
        ReleaseStatement found,
        VerificationSettings settings,
        CancellationToken cancellationToken
    )
    {
        var (policy, key) = BlobVerifier.Signer(settings, services.Environment);
        if (!File.Exists(path.FullPath))
        {
            throw Missing(path);
        }

        var verifier = await BlobVerifier.VerifierAsync(settings, services, cancellationToken).ConfigureAwait(false);
        var statement = await ReadAsync(path, found, Verify).ConfigureAwait(false);
        if (Differences(path, statement.FileDigests, found.Files).ToList() is { Count: > 0 } failures)
        {
            throw Refused(failures);
        }

        services.Log.Information(
            $"Verified {path.GetFilename()}  {statement.PackageUrl} is these {statement.FileDigests.Count} file(s) and no others"
        );
        return statement;

        Task<VerifiedArtifact> Verify(Bundle bundle, Artifact artifact) =>
            key is null
                ? verifier.VerifyAsync(bundle, artifact, policy!, cancellationToken)
                : Task.Run(() => verifier.Verify(bundle, artifact, key), cancellationToken);
    }

    /// <summary>The statement, once its signature holds and it is about this version.</summary>
    private static async Task<VerifiedReleaseStatement> ReadAsync(
        FilePath path,
        ReleaseStatement found,
        Func<Bundle, Artifact, Task<VerifiedArtifact>> verify
    )
    {
        try
        {
            return await ReleaseStatementCheck.RunAsync(path, verify, found.Name, found.Version).ConfigureAwait(false);
        }
        catch (VerificationException e)
        {
            throw Refused([BlobProblem.Of(path, e)]);
        }
        catch (StatementException e)
        {
            throw Refused([
                new BlobProblem(
                    path,
                    Step,
                    BlobFailure.StatementRefused,
                    e.Expected,
                    e.Found,
                    "It does not say which files this release consists of. Do not publish or use it."
                ),
            ]);
        }
    }

    private static BlobVerificationException Missing(FilePath path) =>
        Refused([
            new BlobProblem(
                path,
                Step,
                BlobFailure.BundleMissing,
                "the signed statement about the release",
                "nothing there",
                "Sign it, or fetch it: without it nobody knows whether a file is missing."
            ),
        ]);

    private static IEnumerable<BlobProblem> Differences(
        FilePath path,
        IReadOnlyDictionary<string, Sha256Digest> signed,
        IReadOnlyDictionary<string, Sha256Digest> found
    )
    {
        foreach (var (name, sha256) in signed)
        {
            if (!found.TryGetValue(name, out var actual))
            {
                yield return Problem(name, BlobFailure.FileMissing, $"a file with SHA-256 {sha256}", "none");
            }
            else if (actual != sha256)
            {
                yield return Problem(name, BlobFailure.FileChanged, $"SHA-256 {sha256}", actual);
            }
        }

        foreach (var name in found.Keys.Where(name => !signed.ContainsKey(name)))
        {
            yield return Problem(
                name,
                BlobFailure.FileUnexpected,
                "only files that the statement names",
                $"one with SHA-256 {found[name]}"
            );
        }

        BlobProblem Problem(string name, BlobFailure reason, string expected, string actual) =>
            new(
                path.GetDirectory().CombineWithFilePath(name),
                Step,
                reason,
                expected,
                actual,
                "The set of files is not the one that was signed. Find out who changed it."
            );
    }

    private static BlobVerificationException Refused(IReadOnlyList<BlobProblem> failures) => new(failures, 0);
}
