using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.PySign.Common.Calls;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Test;

/// <summary>Runs a project's tests against its built wheel. Runs on Cake 7 or newer with .NET 10; Python 3.6 or newer must be on the
/// machine.</summary>
[CakeAliasCategory("PySign")]
[CakeNamespaceImport("System.Threading")]
[CakeNamespaceImport("Cake.PySign")]
[CakeNamespaceImport("Cake.PySign.Test")]
public static class PyTestAliases
{
    /// <summary>Tests the wheel in <c>dist</c> of the project in the working directory, each interpreter in a virtual environment of its
    /// own.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="settings">What to test, on which interpreters and how.</param>
    /// <returns>The results, interpreter by interpreter; all have passed.</returns>
    /// <exception cref="PyTestException">Tests failed, none ran, or an interpreter could not be set up.</exception>
    /// <exception cref="PySignException">There is nothing to test, or nothing to test it with.</exception>
    /// <example>
    /// <code>
    /// PyTest(new PyTestSettings { Interpreters = { "3.9", "3.13" } });
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Test")]
    public static PyTestResult PyTest(this ICakeContext context, PyTestSettings settings)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.PyTest(context.Environment.WorkingDirectory, settings);
    }

    /// <summary>Tests the wheel of a project on every interpreter that is found or named, in parallel.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py) and the tests. It is never written to.</param>
    /// <param name="settings">What to test, on which interpreters and how.</param>
    /// <returns>The results, interpreter by interpreter; all have passed.</returns>
    /// <exception cref="PyTestException">Tests failed, none ran, or an interpreter could not be set up.</exception>
    /// <exception cref="PySignException">There is nothing to test, or nothing to test it with.</exception>
    /// <example>
    /// <code>
    /// PyBuild("./samples/hello-pysign");
    /// var tested = PyTest("./samples/hello-pysign", new PyTestSettings { NoIndex = true });
    /// foreach (var run in tested.Runs)
    /// {
    ///     Information("{0} {1}: {2} tests", run.Interpreter.Implementation, run.Interpreter.Version, run.TestCount);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Test")]
    public static PyTestResult PyTest(this ICakeContext context, DirectoryPath projectDirectory, PyTestSettings settings) =>
        context.PyTest(projectDirectory, settings, CancellationToken.None);

    /// <summary>Tests the wheel of a project on every interpreter that is found or named, until it is canceled.</summary>
    /// <param name="context">The Cake context.</param>
    /// <param name="projectDirectory">The folder with pyproject.toml (or setup.py) and the tests. It is never written to.</param>
    /// <param name="settings">What to test, on which interpreters and how.</param>
    /// <param name="cancellationToken">Ends the tests and every process they started.</param>
    /// <returns>The results, interpreter by interpreter; all have passed.</returns>
    /// <exception cref="PyTestException">Tests failed, none ran, or an interpreter could not be set up.</exception>
    /// <exception cref="PySignException">There is nothing to test, or nothing to test it with.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    /// <example>
    /// <code>
    /// using (var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10)))
    /// {
    ///     var settings = new PyTestSettings { Framework = TestFramework.Pytest, Requirements = { "pytest>=8" } };
    ///     PyTest("./samples/hello-pysign", settings, patience.Token);
    /// }
    /// </code>
    /// </example>
    [CakeMethodAlias]
    [CakeAliasCategory("Test")]
    public static PyTestResult PyTest(
        this ICakeContext context,
        DirectoryPath projectDirectory,
        PyTestSettings settings,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(projectDirectory);
        ArgumentNullException.ThrowIfNull(settings);
        return Interruption.Run(
            token => new PyTester(Services.For(context)).TestAsync(projectDirectory, settings, token),
            cancellationToken
        );
    }
}
