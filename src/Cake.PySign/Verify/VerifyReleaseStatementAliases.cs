using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Verify;

/// <summary>Verifies which files a release consists of. Runs on Cake 7 or newer with .NET 10; nothing is fetched and no other program is
/// run.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
[CakeNamespaceImport("Cake.PySign.Verify")]
[CakeNamespaceImport("PySign.Sigstore.Errors")]
public static class VerifyReleaseStatementAliases
{
    /// <summary>
    /// Verifies that files are exactly those that were signed as one release: none too many, none missing, none changed. It does not
    /// replace <c>VerifyBlob</c>, which verifies each file's own signature.
    /// </summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Every wheel and source distribution of one version; an empty list is an error.</param>
    /// <param name="settings">Whose signature is accepted. <see cref="VerifyReleaseStatementSettings.Bundle"/> or
    /// <see cref="VerifyReleaseStatementSettings.BundleDirectory"/> say where the statement is; it is looked for beside the files.</param>
    /// <returns>The statement. It exists only if everything was verified.</returns>
    /// <exception cref="BlobVerificationException">The statement is missing or refused, or it names other files; every difference is
    /// named.</exception>
    /// <exception cref="PySignException">The settings cannot be used, or the files are not of one version of one project.</exception>
    /// <example>
    /// <code>
    /// var distributions = GetFiles("./dist/*.whl") + GetFiles("./dist/*.tar.gz");
    /// var statement = await VerifyReleaseStatement(distributions, new VerifyReleaseStatementSettings
    /// {
    ///     CertificateIdentity = "https://gitlab.com/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v1.0.0",
    ///     CertificateOidcIssuer = "https://gitlab.com",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Verification")]
    public static Task<VerifiedReleaseStatement> VerifyReleaseStatement(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        VerifyReleaseStatementSettings settings
    ) => context.VerifyReleaseStatement(files, settings, CancellationToken.None);

    /// <summary>Verifies that files are exactly those that were signed as one release, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Every wheel and source distribution of one version; an empty list is an error.</param>
    /// <param name="settings">Whose signature is accepted. <see cref="VerifyReleaseStatementSettings.Bundle"/> or
    /// <see cref="VerifyReleaseStatementSettings.BundleDirectory"/> say where the statement is; it is looked for beside the files.</param>
    /// <param name="cancellationToken">Ends the verification; nothing counts as verified then.</param>
    /// <returns>The statement. It exists only if everything was verified.</returns>
    /// <exception cref="BlobVerificationException">The statement is missing or refused, or it names other files; every difference is
    /// named.</exception>
    /// <exception cref="PySignException">The settings cannot be used, or the files are not of one version of one project.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1)))
    /// {
    ///     var settings = new VerifyReleaseStatementSettings { PublicKey = "./cosign.pub", BundleDirectory = "./signatures" };
    ///     await VerifyReleaseStatement(GetFiles("./dist/*.whl"), settings, patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Verification")]
    public static async Task<VerifiedReleaseStatement> VerifyReleaseStatement(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        VerifyReleaseStatementSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await ReleaseStatementVerifier.For(context).VerifyAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
