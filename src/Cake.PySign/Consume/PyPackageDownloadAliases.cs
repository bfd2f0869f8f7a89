using Cake.Core;
using Cake.Core.Annotations;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Consume;

/// <summary>Fetches a release as an independent consumer would. Runs on Cake 7 or newer with .NET 10; no Python is needed, and nothing that
/// arrives is run.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Consume")]
[CakeNamespaceImport("PySign.Packaging.Distributions")]
public static class PyPackageDownloadAliases
{
    /// <summary>Downloads every file of one version from a simple index, from that registry and no other.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Which version, from where, into which folder.</param>
    /// <returns>Every wheel and sdist of the version, with the digest of what arrived.</returns>
    /// <exception cref="PySignException">The version is not there, the index points elsewhere, or bytes and digest disagree.</exception>
    /// <example>
    /// <code>
    /// var files = await PyPackageDownload(new PyPackageDownloadSettings
    /// {
    ///     Index = { Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi/simple") },
    ///     Name = "hello-pysign",
    ///     Version = "1.0.0",
    ///     OutputDirectory = "./consumer",
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Consumption")]
    public static Task<IReadOnlyList<DownloadedDistribution>> PyPackageDownload(
        this ICakeContext context,
        PyPackageDownloadSettings settings
    ) => context.PyPackageDownload(settings, CancellationToken.None);

    /// <summary>Downloads every file of one version from a simple index until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">Which version, from where, into which folder.</param>
    /// <param name="cancellationToken">Ends every transfer; no half file stays.</param>
    /// <returns>Every wheel and sdist of the version, with the digest of what arrived.</returns>
    /// <exception cref="PySignException">The version is not there, the index points elsewhere, or bytes and digest disagree.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5)))
    /// {
    ///     await PyPackageDownload(
    ///         new PyPackageDownloadSettings
    ///         {
    ///             Index =
    ///             {
    ///                 Url = new Uri("https://gitlab.com/api/v4/projects/42/packages/pypi/simple"),
    ///                 UserName = "gitlab-ci-token",
    ///                 Password = EnvironmentVariable("CI_JOB_TOKEN"),
    ///             },
    ///             Name = "hello-pysign",
    ///             Version = "1.0.0",
    ///             OutputDirectory = "./consumer",
    ///         },
    ///         patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Consumption")]
    public static async Task<IReadOnlyList<DownloadedDistribution>> PyPackageDownload(
        this ICakeContext context,
        PyPackageDownloadSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        using var interruption = new Interruption(cancellationToken);
        var version = await new PackageDownloader(Services.For(context))
            .DownloadAsync(settings, allowStorage: false, interruption.Token)
            .ConfigureAwait(false);
        return version.Files;
    }
}
