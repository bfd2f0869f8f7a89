using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sign;

/// <summary>Makes the attestations that PyPI keeps beside distributions (PEP 740). Runs on Cake 7 or newer with .NET
/// 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
[CakeNamespaceImport("PySign.Sigstore.Errors")]
public static class PyPiAttestAliases
{
    /// <summary>
    /// Attests distributions as their publisher: beside each file a <c>{file}.publish.attestation</c> that <c>TwineUpload</c>, or twine's
    /// <c>--attestations</c>, takes to the index. Certificate and log entries are permanently public.
    /// </summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Wheels and sdists that exist; an empty list is an error.</param>
    /// <param name="settings">Who attests, and which services are used.</param>
    /// <returns>One result per file, in the order given. Each attestation was verified before it was written.</returns>
    /// <exception cref="BlobSigningException">Some files are attested and some are not; each one is named.</exception>
    /// <exception cref="PySignException">Nothing was attested.</exception>
    /// <example>
    /// <code>
    /// await PyPiAttest(GetFiles("./dist/*.whl") + GetFiles("./dist/*.tar.gz"), new PyPiAttestSettings { KeepValid = true });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static Task<IReadOnlyList<AttestedDistribution>> PyPiAttest(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        PyPiAttestSettings settings
    ) => context.PyPiAttest(files, settings, CancellationToken.None);

    /// <summary>Attests distributions as their publisher, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Wheels and sdists that exist; an empty list is an error.</param>
    /// <param name="settings">Who attests, and which services are used.</param>
    /// <param name="cancellationToken">Ends it; what is finished by then stays, and a log entry that is under way may still be
    /// made.</param>
    /// <returns>One result per file, in the order given. Each attestation was verified before it was written.</returns>
    /// <exception cref="BlobSigningException">Some files are attested and some are not; each one is named.</exception>
    /// <exception cref="PySignException">Nothing was attested.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
    /// {
    ///     await PyPiAttest(GetFiles("./dist/*.whl"), new PyPiAttestSettings(), patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static async Task<IReadOnlyList<AttestedDistribution>> PyPiAttest(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        PyPiAttestSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await Attester.For(context).AttestAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
