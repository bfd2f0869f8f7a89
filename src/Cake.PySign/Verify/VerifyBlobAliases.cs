using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Verify;

/// <summary>Verifies Sigstore signatures. Runs on Cake 7 or newer with .NET 10; nothing is fetched and no other program is run.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
[CakeNamespaceImport("Cake.PySign.Verify")]
[CakeNamespaceImport("PySign.Sigstore.Errors")]
public static class VerifyBlobAliases
{
    /// <summary>Verifies files against their Sigstore bundles: who signed, and that it stands in a transparency log.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">Whose signature is accepted.</param>
    /// <returns>One result per file, in the order given. It exists only if every file was verified.</returns>
    /// <exception cref="BlobVerificationException">At least one file was refused; every one is named.</exception>
    /// <exception cref="PySignException">The settings cannot be used, or there is nothing to verify.</exception>
    /// <example>
    /// <code>
    /// var verified = await VerifyBlob(GetFiles("./dist/*.whl"), new VerifyBlobSettings
    /// {
    ///     CertificateIdentity = "https://gitlab.com/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0",
    ///     CertificateOidcIssuer = "https://gitlab.com",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Verification")]
    public static Task<IReadOnlyList<VerifiedBlob>> VerifyBlob(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        VerifyBlobSettings settings
    ) => context.VerifyBlob(files, settings, CancellationToken.None);

    /// <summary>Verifies files against their Sigstore bundles until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">Whose signature is accepted.</param>
    /// <param name="cancellationToken">Ends the verification; nothing counts as verified then.</param>
    /// <returns>One result per file, in the order given. It exists only if every file was verified.</returns>
    /// <exception cref="BlobVerificationException">At least one file was refused; every one is named.</exception>
    /// <exception cref="PySignException">The settings cannot be used, or there is nothing to verify.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
    /// {
    ///     await VerifyBlob(
    ///         GetFiles("./dist/*.tar.gz"),
    ///         new VerifyBlobSettings
    ///         {
    ///             CertificateIdentityPattern = "https://gitlab\\.com/acme/hello-pysign//\\.gitlab-ci\\.yml@refs/tags/v[0-9.]+",
    ///             CertificateOidcIssuer = "https://gitlab.com",
    ///             Trust = { TrustedRoot = "./trusted_root.json" },
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Verification")]
    public static async Task<IReadOnlyList<VerifiedBlob>> VerifyBlob(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        VerifyBlobSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await BlobVerifier.For(context).VerifyAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
