using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>Publishes distributions with twine. Runs on Cake 7 or newer with .NET 10; Python with <c>twine</c> must be on the
/// machine.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Verify")]
[CakeNamespaceImport("Cake.PySign.Publish")]
public static class TwineUploadAliases
{
    /// <summary>Publishes exactly the distributions given, and reads each back. What the registry already holds with the same bytes is
    /// success.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Wheels and sdists that exist; a pattern's result is fine, an empty list is an error.</param>
    /// <param name="settings">Where to publish, and as whom.</param>
    /// <returns>One receipt per file, in the order given.</returns>
    /// <exception cref="PySignException">Nothing was published, or not everything, or other bytes are already there.</exception>
    /// <example>
    /// <code>
    /// await TwineUpload(GetFiles("./dist/*.whl") + GetFiles("./dist/*.tar.gz"), new TwineUploadSettings
    /// {
    ///     RepositoryUrl = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi"),
    ///     Index = { UserName = "gitlab-ci-token", Password = EnvironmentVariable("CI_JOB_TOKEN") },
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Publishing")]
    public static Task<IReadOnlyList<UploadReceipt>> TwineUpload(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        TwineUploadSettings settings
    ) => context.TwineUpload(files, settings, CancellationToken.None);

    /// <summary>Publishes exactly the distributions given, and reads each back, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Wheels and sdists that exist; an empty list is an error.</param>
    /// <param name="settings">Where to publish, and as whom.</param>
    /// <param name="cancellationToken">Ends twine and every transfer. What was published stays; a rerun goes on.</param>
    /// <returns>One receipt per file, in the order given.</returns>
    /// <exception cref="PySignException">Nothing was published, or not everything, or other bytes are already there.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10)))
    /// {
    ///     var receipts = await TwineUpload(
    ///         GetFiles("./dist/*.whl"),
    ///         new TwineUploadSettings { RepositoryUrl = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi") },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Publishing")]
    public static async Task<IReadOnlyList<UploadReceipt>> TwineUpload(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        TwineUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await TwineUploader.For(context).UploadAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
