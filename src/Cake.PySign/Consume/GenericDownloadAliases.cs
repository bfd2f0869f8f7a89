using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Consume;

/// <summary>Fetches files from a GitLab generic package registry. Runs on Cake 7 or newer with .NET 10.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Consume")]
[CakeNamespaceImport("Cake.PySign.Publish")]
public static class GenericDownloadAliases
{
    /// <summary>Downloads files by name, for example the signatures of a release. A file that is not there is an error.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="fileNames">The names; an empty list is an error.</param>
    /// <param name="settings">Which package, and where to put the files.</param>
    /// <returns>One result per file, in the order given, with the digest of what arrived.</returns>
    /// <exception cref="PySignException">A file is missing, or the registry refused.</exception>
    /// <example>
    /// <code>
    /// await GenericDownload(new[] { "hello_pysign-1.0.0.tar.gz.sigstore.json" }, new GenericDownloadSettings
    /// {
    ///     Store =
    ///     {
    ///         Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic"),
    ///         Name = "hello-pysign",
    ///         Version = "1.0.0",
    ///     },
    ///     OutputDirectory = "./consumer",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Consumption")]
    public static Task<IReadOnlyList<DownloadedFile>> GenericDownload(
        this ICakeContext context,
        IEnumerable<string> fileNames,
        GenericDownloadSettings settings
    ) => context.GenericDownload(fileNames, settings, CancellationToken.None);

    /// <summary>Downloads files by name until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="fileNames">The names; an empty list is an error.</param>
    /// <param name="settings">Which package, and where to put the files.</param>
    /// <param name="cancellationToken">Ends every transfer; no half file stays.</param>
    /// <returns>One result per file, in the order given, with the digest of what arrived.</returns>
    /// <exception cref="PySignException">A file is missing, or the registry refused.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5)))
    /// {
    ///     var files = await GenericDownload(
    ///         new[] { "hello_pysign-1.0.0.tar.gz.sig", "hello_pysign-1.0.0.tar.gz.crt" },
    ///         new GenericDownloadSettings
    ///         {
    ///             Store =
    ///             {
    ///                 Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/generic"),
    ///                 Name = "hello-pysign",
    ///                 Version = "1.0.0",
    ///             },
    ///             OutputDirectory = "./consumer",
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Consumption")]
    public static async Task<IReadOnlyList<DownloadedFile>> GenericDownload(
        this ICakeContext context,
        IEnumerable<string> fileNames,
        GenericDownloadSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(fileNames);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        return await new GenericDownloader(Services.For(context))
            .DownloadAsync(fileNames, settings, interruption.Token)
            .ConfigureAwait(false);
    }
}
