using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sign;

/// <summary>Signs statements about files with Sigstore, as cosign's <c>attest-blob</c> does, without cosign. Runs on Cake 7 or newer with
/// .NET 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
[CakeNamespaceImport("PySign.Sigstore.Errors")]
public static class CosignAttestBlobAliases
{
    /// <summary>
    /// Says something of files and signs it: for each file one in-toto statement in a bundle <c>{file}.{name}.sigstore.json</c> beside it.
    /// Certificate and log entries are permanently public.
    /// </summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">What is said, who says it, and which services are used.</param>
    /// <returns>One result per file, in the order given. Each statement was verified before it was written.</returns>
    /// <exception cref="BlobSigningException">Some files are attested and some are not; each one is named.</exception>
    /// <exception cref="PySignException">Nothing was attested.</exception>
    /// <example>
    /// <code>
    /// await CosignAttestBlob(GetFiles("./dist/*.whl"), new CosignAttestBlobSettings
    /// {
    ///     AttestationName = "provenance",
    ///     PredicateType = "https://slsa.dev/provenance/v1",
    ///     Predicate = "./provenance.json",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static Task<IReadOnlyList<AttestedBlob>> CosignAttestBlob(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        CosignAttestBlobSettings settings
    ) => context.CosignAttestBlob(files, settings, CancellationToken.None);

    /// <summary>Says something of files and signs it until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">What is said, who says it, and which services are used.</param>
    /// <param name="cancellationToken">Ends the signing; what is finished by then stays, and a log entry that is under way may still be
    /// made.</param>
    /// <returns>One result per file, in the order given. Each statement was verified before it was written.</returns>
    /// <exception cref="BlobSigningException">Some files are attested and some are not; each one is named.</exception>
    /// <exception cref="PySignException">Nothing was attested.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
    /// {
    ///     await CosignAttestBlob(
    ///         GetFiles("./dist/*"),
    ///         new CosignAttestBlobSettings
    ///         {
    ///             PredicateType = "https://acme.example/tested/v1",
    ///             PredicateJson = "{\"tests\":\"passed\"}",
    ///             Signing = { Key = "./cosign.key" },
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static async Task<IReadOnlyList<AttestedBlob>> CosignAttestBlob(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        CosignAttestBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await BlobSigner.For(context).AttestAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
