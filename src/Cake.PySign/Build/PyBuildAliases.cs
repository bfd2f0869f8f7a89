using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Builds Python projects. Runs on Cake 7 or newer with .NET 10; Python with the <c>build</c> module must be on the
/// machine.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Build")]
[CakeNamespaceImport("PySign.Packaging.Distributions")]
public static class PyBuildAliases
{
    /// <summary>Builds wheel and sdist of a project with <c>python -m build</c> into its <c>dist</c> folder.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py). It is copied, never written to.</param>
    /// <returns>The distributions built, read back from the output folder.</returns>
    /// <exception cref="PySignException">Nothing was built, or not what was asked for.</exception>
    /// <example>
    /// <code>
    /// foreach (var built in PyBuild("./samples/hello-pysign"))
    /// {
    ///     Information("{0} {1} {2}", built.Kind, built.Path, built.Sha256);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Build")]
    public static IReadOnlyList<BuiltDistribution> PyBuild(this ICakeContext context, DirectoryPath projectDirectory) =>
        context.PyBuild(projectDirectory, new PyBuildSettings());

    /// <summary>Builds a project with <c>python -m build</c> as the settings say.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py). It is copied, never written to.</param>
    /// <param name="settings">What to build and how.</param>
    /// <returns>The distributions built, read back from the output folder.</returns>
    /// <exception cref="PySignException">Nothing was built, or not what was asked for.</exception>
    /// <example>
    /// <code>
    /// var built = PyBuild("./samples/hello-pysign", new PyBuildSettings
    /// {
    ///     Version = "1.2.3",
    ///     Homepage = new Uri("https://gitlab.com/acme/hello-pysign"),
    /// });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Build")]
    public static IReadOnlyList<BuiltDistribution> PyBuild(
        this ICakeContext context,
        DirectoryPath projectDirectory,
        PyBuildSettings settings
    ) => context.PyBuild(projectDirectory, settings, CancellationToken.None);

    /// <summary>Builds a project with <c>python -m build</c> as the settings say, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py). It is copied, never written to.</param>
    /// <param name="settings">What to build and how.</param>
    /// <param name="cancellationToken">Ends the build and every process it started.</param>
    /// <returns>The distributions built, read back from the output folder.</returns>
    /// <exception cref="PySignException">Nothing was built, or not what was asked for.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5)))
    /// {
    ///     PyBuild("./samples/hello-pysign", new PyBuildSettings { Isolation = BuildIsolation.None }, patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Build")]
    public static IReadOnlyList<BuiltDistribution> PyBuild(
        this ICakeContext context,
        DirectoryPath projectDirectory,
        PyBuildSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(projectDirectory);
        ArgumentNullException.ThrowIfNull(settings);
        return Interruption
            .Run(token => new PyBuilder(Services.For(context)).BuildAsync(projectDirectory, settings, null, token), cancellationToken)
            .Distributions;
    }
}
