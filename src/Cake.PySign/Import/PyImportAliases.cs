using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Import;

/// <summary>Takes distributions that other jobs built. Runs on Cake 7 or newer with .NET 10; Python with <c>twine</c> must be on the
/// machine.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Build")]
[CakeNamespaceImport("Cake.PySign.Import")]
[CakeNamespaceImport("PySign.Packaging.Distributions")]
public static class PyImportAliases
{
    /// <summary>Takes the distributions in a folder of artifacts into <c>dist</c>, after all of them were checked.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="folder">Where the artifacts of the build jobs were put; it is searched with all folders in it.</param>
    /// <returns>The distributions, in <c>dist</c>.</returns>
    /// <exception cref="PyImportException">Something is missing, duplicated, unexpected or broken; nothing was put into
    /// <c>dist</c>.</exception>
    /// <exception cref="PySignException">The folder cannot be used, or another file is in the way.</exception>
    /// <example>
    /// <code>
    /// foreach (var wheel in PyImportDistributions("./wheelhouse"))
    /// {
    ///     Information("{0} {1}", wheel.Path, wheel.Sha256);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Import")]
    public static IReadOnlyList<ImportedDistribution> PyImportDistributions(this ICakeContext context, DirectoryPath folder) =>
        context.PyImportDistributions(
            new PyImportDistributionsSettings { From = { folder ?? throw new ArgumentNullException(nameof(folder)) } }
        );

    /// <summary>Takes distributions as the settings say.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">What to take, and what there must be.</param>
    /// <returns>The distributions, in the output folder.</returns>
    /// <exception cref="PyImportException">Something is missing, duplicated, unexpected or broken; nothing was put into the output
    /// folder.</exception>
    /// <exception cref="PySignException">A setting cannot be used, or another file is in the way.</exception>
    /// <example>
    /// <code>
    /// var release = PyImportDistributions(new PyImportDistributionsSettings
    /// {
    ///     From = { "./artifacts" },
    ///     ExpectWheels = { "cp3{11,12,13}-manylinux_x86_64", "cp3{11,12,13}-win_amd64" },
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Import")]
    public static IReadOnlyList<ImportedDistribution> PyImportDistributions(
        this ICakeContext context,
        PyImportDistributionsSettings settings
    ) => context.PyImportDistributions(settings, CancellationToken.None);

    /// <summary>Takes distributions as the settings say, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">What to take, and what there must be.</param>
    /// <param name="cancellationToken">Ends the import; nothing is put into the output folder then.</param>
    /// <returns>The distributions, in the output folder.</returns>
    /// <exception cref="PyImportException">Something is missing, duplicated, unexpected or broken; nothing was put into the output
    /// folder.</exception>
    /// <exception cref="PySignException">A setting cannot be used, or another file is in the way.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5)))
    /// {
    ///     PyImportDistributions(new PyImportDistributionsSettings { From = { "./artifacts" }, ExpectSdist = false }, patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Import")]
    public static IReadOnlyList<ImportedDistribution> PyImportDistributions(
        this ICakeContext context,
        PyImportDistributionsSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(settings);
        return Interruption.Run(token => new PyImporter(Services.For(context)).ImportAsync(settings, token), cancellationToken);
    }
}
