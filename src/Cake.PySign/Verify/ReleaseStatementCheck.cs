using Cake.Core.IO;
using Cake.PySign.Common.Statements;
using PySign.Formats;
using PySign.Packaging.Names;
using PySign.Packaging.Versions;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Verification;

namespace Cake.PySign.Verify;

/// <summary>Whether a bundle holds a true statement about one version of one project. Which files are there is for the caller to compare
/// with it.</summary>
internal static class ReleaseStatementCheck
{
    /// <param name="path">The bundle.</param>
    /// <param name="verify">Verifies a bundle for an artifact by the signer that is accepted.</param>
    /// <param name="name">The project it must be about.</param>
    /// <param name="version">The version it must be about.</param>
    /// <exception cref="VerificationException">It is not a bundle, or its signature does not hold.</exception>
    /// <exception cref="StatementException">It is signed, but it says something else than what is asked for.</exception>
    public static async Task<VerifiedReleaseStatement> RunAsync(
        FilePath path,
        Func<Bundle, Artifact, Task<VerifiedArtifact>> verify,
        ProjectName name,
        PythonVersion version
    )
    {
        var bundle = Bundle.Load(path.FullPath);
        if (bundle.DsseEnvelope is not { } envelope)
        {
            throw new StatementException("a signed statement", "a signature of a file");
        }

        // First that it is signed, for a file that it names itself; then what it says, from the bytes that were verified.
        var proof = await verify(bundle, Artifact.FromFirstSubject(envelope.ReadStatement())).ConfigureAwait(false);
        var statement = ReleaseStatement.Read(proof.Statement!);
        return statement.Name.Equals(name) && statement.Version.Equals(version)
            ? new VerifiedReleaseStatement
            {
                Bundle = path,
                PackageUrl = statement.Subject,
                FileDigests = statement.Files,
                Identity = proof.Identity,
                Issuer = proof.Issuer,
                LogEntries = SignedLogEntry.From(proof),
            }
            : throw new StatementException($"a statement about {PackageUrl.Of(name, version)}", $"one about {statement.Subject}");
    }
}
