using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Sign;

/// <summary>Signs which files a release consists of, so that nobody can add or hide one unnoticed. Runs on Cake 7 or newer with .NET
/// 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Sign")]
public static class SignReleaseStatementAliases
{
    /// <summary>
    /// Signs one statement about a whole release: these files, with these digests, are this version of the project, and no others. It is
    /// written as <c>{name}-{version}.release.sigstore.json</c> beside the files. Certificate and log entries are permanently public.
    /// </summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Every wheel and source distribution of one version; an empty list is an error.</param>
    /// <param name="settings">Who signs, and which services are used.</param>
    /// <returns>The statement. It was verified before it was written.</returns>
    /// <exception cref="PySignException">Nothing was signed: the files are not of one version of one project, or a service
    /// failed.</exception>
    /// <example>
    /// <code>
    /// var distributions = GetFiles("./dist/*.whl") + GetFiles("./dist/*.tar.gz");
    /// await CosignSignBlob(distributions, new CosignSignBlobSettings());
    /// var statement = await SignReleaseStatement(distributions, new SignReleaseStatementSettings());
    /// Information("{0} names {1} files of {2}", statement.Bundle, statement.FileDigests.Count, statement.PackageUrl);
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static Task<SignedReleaseStatement> SignReleaseStatement(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        SignReleaseStatementSettings settings
    ) => context.SignReleaseStatement(files, settings, CancellationToken.None);

    /// <summary>Signs one statement about a whole release until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Every wheel and source distribution of one version; an empty list is an error.</param>
    /// <param name="settings">Who signs, and which services are used.</param>
    /// <param name="cancellationToken">Ends the signing; a log entry that is under way may still be made.</param>
    /// <returns>The statement. It was verified before it was written.</returns>
    /// <exception cref="PySignException">Nothing was signed: the files are not of one version of one project, or a service
    /// failed.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)))
    /// {
    ///     await SignReleaseStatement(
    ///         GetFiles("./dist/*.whl"),
    ///         new SignReleaseStatementSettings { OutputDirectory = "./signatures", Signing = { Key = "./cosign.key" } },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Signing")]
    public static async Task<SignedReleaseStatement> SignReleaseStatement(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        SignReleaseStatementSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await ReleaseStatementSigner.For(context).SignAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
