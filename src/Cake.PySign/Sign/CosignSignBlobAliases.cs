using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sign;

/// <summary>Signs files with Sigstore, as cosign's <c>sign-blob</c> does, without cosign. Runs on Cake 7 or newer with .NET 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
[CakeNamespaceImport("PySign.Sigstore.Errors")]
public static class CosignSignBlobAliases
{
    /// <summary>
    /// Signs files with the identity of the CI job, or with a key: a bundle <c>{file}.sigstore.json</c>, and cosign's <c>{file}.sig</c> and
    /// <c>{file}.crt</c>, beside each. Certificate and log entries are permanently public.
    /// </summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">Which identity signs, and which services it uses.</param>
    /// <returns>One result per file, in the order given. Each signature was verified before it was written.</returns>
    /// <exception cref="BlobSigningException">Some files are signed and some are not; each one is named.</exception>
    /// <exception cref="PySignException">Nothing was signed.</exception>
    /// <example>
    /// <code>
    /// var signed = await CosignSignBlob(GetFiles("./dist/*.whl") + GetFiles("./dist/*.tar.gz"), new CosignSignBlobSettings());
    /// foreach (var blob in signed)
    /// {
    ///     Information("{0} is entry {1} of {2}", blob.Path, blob.LogEntries[0].Index, blob.LogEntries[0].Log);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static Task<IReadOnlyList<SignedBlob>> CosignSignBlob(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        CosignSignBlobSettings settings
    ) => context.CosignSignBlob(files, settings, CancellationToken.None);

    /// <summary>Signs files with the identity of the CI job until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">Which identity signs, and which services it uses.</param>
    /// <param name="cancellationToken">Ends the signing; what is finished by then stays, and a log entry that is under way may still be
    /// made.</param>
    /// <returns>One result per file, in the order given. Each signature was verified before it was written.</returns>
    /// <exception cref="BlobSigningException">Some files are signed and some are not; each one is named.</exception>
    /// <exception cref="PySignException">Nothing was signed.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
    /// {
    ///     await CosignSignBlob(
    ///         GetFiles("./dist/*.whl"),
    ///         new CosignSignBlobSettings
    ///         {
    ///             Signing = { SigningConfig = "./signing_config.json" },
    ///             Trust = { TrustedRoot = "./trusted_root.json" },
    ///             WriteSignature = false,
    ///             WriteCertificate = false,
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static async Task<IReadOnlyList<SignedBlob>> CosignSignBlob(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        CosignSignBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await BlobSigner.For(context).SignAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
