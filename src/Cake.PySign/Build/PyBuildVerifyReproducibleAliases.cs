using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Build;

/// <summary>Holds a project to building the same bytes again.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Build")]
[CakeNamespaceImport("PySign.Packaging.Distributions")]
public static class PyBuildVerifyReproducibleAliases
{
    /// <summary>Builds a project twice, from different folders and in different surroundings, and compares the bytes.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py). It is copied, never written to.</param>
    /// <returns>The distributions, each built twice with the same bytes. They are not kept.</returns>
    /// <exception cref="PySignException"><see cref="PySignFailure.NotReproducible"/>: the builds differ; the message names file, member and
    /// what differs in it.</exception>
    /// <example>
    /// <code>
    /// foreach (var same in PyBuildVerifyReproducible("./samples/hello-pysign"))
    /// {
    ///     Information("{0} {1}", same.FileName, same.Sha256);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Build")]
    public static IReadOnlyList<ReproducedDistribution> PyBuildVerifyReproducible(
        this ICakeContext context,
        DirectoryPath projectDirectory
    ) => context.PyBuildVerifyReproducible(projectDirectory, new PyBuildSettings());

    /// <summary>Builds a project twice as the settings say, from different folders and in different surroundings, and compares the
    /// bytes.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py). It is copied, never written to.</param>
    /// <param name="settings">How it is built. The output folder is left alone, and no content check runs.</param>
    /// <returns>The distributions, each built twice with the same bytes. They are not kept.</returns>
    /// <exception cref="PySignException"><see cref="PySignFailure.NotReproducible"/>: the builds differ; the message names file, member and
    /// what differs in it.</exception>
    /// <example>
    /// <code>
    /// PyBuildVerifyReproducible("./samples/hello-pysign", new PyBuildSettings { Version = "1.2.3", Isolation = BuildIsolation.None });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Build")]
    public static IReadOnlyList<ReproducedDistribution> PyBuildVerifyReproducible(
        this ICakeContext context,
        DirectoryPath projectDirectory,
        PyBuildSettings settings
    ) => context.PyBuildVerifyReproducible(projectDirectory, settings, CancellationToken.None);

    /// <summary>Builds a project twice as the settings say and compares the bytes, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py). It is copied, never written to.</param>
    /// <param name="settings">How it is built. The output folder is left alone, and no content check runs.</param>
    /// <param name="cancellationToken">Ends the builds and every process they started.</param>
    /// <returns>The distributions, each built twice with the same bytes. They are not kept.</returns>
    /// <exception cref="PySignException"><see cref="PySignFailure.NotReproducible"/>: the builds differ; the message names file, member and
    /// what differs in it.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10)))
    /// {
    ///     PyBuildVerifyReproducible("./samples/hello-pysign", new PyBuildSettings(), patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Build")]
    public static IReadOnlyList<ReproducedDistribution> PyBuildVerifyReproducible(
        this ICakeContext context,
        DirectoryPath projectDirectory,
        PyBuildSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(projectDirectory);
        ArgumentNullException.ThrowIfNull(settings);
        return Interruption.Run(
            token => new ReproducibilityVerifier(Services.For(context)).VerifyAsync(projectDirectory, settings, token),
            cancellationToken
        );
    }
}
