using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Verify;

/// <summary>Verifies the attestations that PyPI keeps beside distributions (PEP 740). Runs on Cake 7 or newer with .NET 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
[CakeNamespaceImport("Cake.PySign.Verify")]
[CakeNamespaceImport("PySign.Sigstore.Errors")]
public static class PyPiVerifyAttestationsAliases
{
    /// <summary>Verifies that a publisher attested distributions: with the attestations beside them, or with what an index
    /// serves.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Wheels and sdists that exist; an empty list is an error.</param>
    /// <param name="settings">Whose attestations are accepted, where they come from, and with which trust.</param>
    /// <returns>One result for each attestation, in the order of the files; every file has at least one.</returns>
    /// <exception cref="BlobVerificationException">At least one file was refused; each one is named with the check that failed.</exception>
    /// <exception cref="PySignException">Nothing could be verified.</exception>
    /// <example>
    /// <code>
    /// await PyPiVerifyAttestations(GetFiles("./downloads/*.whl"), new PyPiVerifyAttestationsSettings
    /// {
    ///     Publisher = TrustedPublisher.GitHub("acme/demo", "release.yml"),
    ///     Integrity = { Url = new Uri("https://pypi.org/integrity") },
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Verification")]
    public static Task<IReadOnlyList<VerifiedAttestation>> PyPiVerifyAttestations(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        PyPiVerifyAttestationsSettings settings
    ) => context.PyPiVerifyAttestations(files, settings, CancellationToken.None);

    /// <summary>Verifies that a publisher attested distributions, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Wheels and sdists that exist; an empty list is an error.</param>
    /// <param name="settings">Whose attestations are accepted, where they come from, and with which trust.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>One result for each attestation, in the order of the files; every file has at least one.</returns>
    /// <exception cref="BlobVerificationException">At least one file was refused; each one is named with the check that failed.</exception>
    /// <exception cref="PySignException">Nothing could be verified.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
    /// {
    ///     await PyPiVerifyAttestations(
    ///         GetFiles("./dist/*.whl"),
    ///         new PyPiVerifyAttestationsSettings { Publisher = TrustedPublisher.GitLab("acme/demo", ".gitlab-ci.yml") },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Verification")]
    public static async Task<IReadOnlyList<VerifiedAttestation>> PyPiVerifyAttestations(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        PyPiVerifyAttestationsSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await DistributionAttestations.For(context).VerifyAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
