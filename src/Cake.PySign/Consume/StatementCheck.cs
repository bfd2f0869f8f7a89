using Cake.Core.IO;
using Cake.PySign.Common.Indexes;
using Cake.PySign.Common.Statements;
using Cake.PySign.Common.Stores;
using Cake.PySign.Verify;
using PySign.Formats;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Consume;

/// <summary>
/// Whether the index serves exactly the files that were signed as this version. The signatures of the files cannot tell: a file that is
/// hidden together with its signature leaves no trace in what is left.
/// </summary>
internal sealed class StatementCheck(GenericRegistry registry, SigstoreVerifier verifier, SignerThreshold signers)
{
    private const string Advice = "Do not use this release. Ask the project which files it consists of.";

    /// <summary>The verified statement, or null with what is wrong added to <paramref name="problems"/>.</summary>
    public async Task<VerifiedReleaseStatement?> RunAsync(
        ProjectName name,
        PythonVersion version,
        DirectoryPath folder,
        IReadOnlyList<DownloadedDistribution> downloads,
        List<ReleaseProblem> problems,
        CancellationToken cancellationToken
    )
    {
        var fileName = ReleaseStatement.FileName(name, version);
        if (await RegistryFile.FetchAsync(registry, fileName, folder, cancellationToken).ConfigureAwait(false) is not { } path)
        {
            problems.Add(
                new ReleaseProblem(
                    fileName,
                    ReleaseFailure.StatementMissing,
                    $"There is no {fileName} at {registry.Root}, so that nobody can tell whether a file is hidden or added.",
                    "Ask the project for it. For a release that was made without one, the policy can say statement = \"none\"."
                )
            );
            return null;
        }

        try
        {
            var statement = await ReleaseStatementCheck
                .RunAsync(path, (bundle, artifact) => VerifyAsync(bundle, artifact, path, cancellationToken), name, version)
                .ConfigureAwait(false);
            problems.AddRange(ReleaseSet.Compare(downloads, statement.FileDigests, "the signed statement"));
            return statement;
        }
        catch (VerificationException e)
        {
            problems.Add(Refused(fileName, $"{e.Step} ({e.Reason}): expected {e.Expected}, found {e.Actual}."));
            return null;
        }
        catch (StatementException e)
        {
            problems.Add(Refused(fileName, $"Expected {e.Expected}, found {e.Found}."));
            return null;
        }
    }

    private static ReleaseProblem Refused(string fileName, string explanation) =>
        new(fileName, ReleaseFailure.StatementRefused, explanation, Advice);

    /// <summary>A second signer counts for the very same statement only: one about other files may be as well signed.</summary>
    private async Task<VerifiedArtifact> VerifyAsync(Bundle bundle, Artifact artifact, FilePath path, CancellationToken cancellationToken)
    {
        var bundles = await Countersignature
            .WithAsync(registry, bundle, path.GetFilename().FullPath, path.GetDirectory(), signers.Threshold, cancellationToken)
            .ConfigureAwait(false);
        var same = bundles.Where(one =>
            one.DsseEnvelope is { } envelope && envelope.Payload.Span.SequenceEqual(bundle.DsseEnvelope!.Payload.Span)
        );
        return verifier.VerifyThreshold([.. same], artifact, signers, cancellationToken)[0].Verified;
    }
}
