using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace PySign.Benchmarks;

/// <summary>What the addin needs of Cake and no more: the machine's own environment, and a log that drops everything.</summary>
internal sealed class BareContext : ICakeContext
{
    public ICakeEnvironment Environment { get; } = new CakeEnvironment(new CakePlatform(), new CakeRuntime());

    public ICakeLog Log { get; } = new NullLog();

    public IFileSystem FileSystem => throw Unused();

    public IGlobber Globber => throw Unused();

    public ICakeArguments Arguments { get; } = new CakeArguments(Enumerable.Empty<string>().ToLookup(name => name));

    public IProcessRunner ProcessRunner => throw Unused();

    public IRegistry Registry => throw Unused();

    public IToolLocator Tools => throw Unused();

    public ICakeDataResolver Data => throw Unused();

    public ICakeConfiguration Configuration => throw Unused();

    public IToolInstaller ToolInstaller => throw Unused();

    public IServiceProvider ServiceProvider => throw Unused();

    private static InvalidOperationException Unused() => new("The addin does not use this part of Cake.");
}
