using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>Puts files into a GitLab generic package registry. Runs on Cake 7 or newer with .NET 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Publish")]
public static class GenericUploadAliases
{
    /// <summary>Uploads files, and reads each back. What the registry already holds with the same bytes is success, other bytes are an
    /// error.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">Which package, and with which token.</param>
    /// <returns>One receipt per file, in the order given.</returns>
    /// <exception cref="PySignException">Nothing was uploaded, or not everything, or other bytes are already there.</exception>
    /// <example>
    /// <code>
    /// await GenericUpload(GetFiles("./dist/*.sigstore.json"), new GenericUploadSettings
    /// {
    ///     Store =
    ///     {
    ///         Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic"),
    ///         Name = "hello-pysign",
    ///         Version = "1.0.0",
    ///         Token = EnvironmentVariable("CI_JOB_TOKEN"),
    ///     },
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Publishing")]
    public static Task<IReadOnlyList<UploadReceipt>> GenericUpload(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        GenericUploadSettings settings
    ) => context.GenericUpload(files, settings, CancellationToken.None);

    /// <summary>Uploads files, and reads each back, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="files">Files that exist; an empty list is an error.</param>
    /// <param name="settings">Which package, and with which token.</param>
    /// <param name="cancellationToken">Ends every transfer. What was uploaded stays; a rerun goes on.</param>
    /// <returns>One receipt per file, in the order given.</returns>
    /// <exception cref="PySignException">Nothing was uploaded, or not everything, or other bytes are already there.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10)))
    /// {
    ///     var receipts = await GenericUpload(
    ///         GetFiles("./dist/*.sig"),
    ///         new GenericUploadSettings
    ///         {
    ///             Store =
    ///             {
    ///                 Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic"),
    ///                 Name = "hello-pysign",
    ///                 Version = "1.0.0",
    ///                 Token = EnvironmentVariable("DEPLOY_TOKEN"),
    ///                 TokenKind = StoreTokenKind.DeployToken,
    ///             },
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Publishing")]
    public static async Task<IReadOnlyList<UploadReceipt>> GenericUpload(
        this ICakeContext context,
        IEnumerable<FilePath> files,
        GenericUploadSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new GenericUploader(Services.For(context)).UploadAsync(files, settings, interruption.Token).ConfigureAwait(false);
    }
}
