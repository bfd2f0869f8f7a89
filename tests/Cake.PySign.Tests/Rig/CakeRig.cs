using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.IO;
using Cake.Core.Tooling;
using NSubstitute;

namespace Cake.PySign.Tests.Rig;

/// <summary>A Cake context in a temporary folder: real file system, faked environment, log and process runner.</summary>
internal sealed class CakeRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CakeRig(IProcessRunner? processes = null, (string Name, string Value)[]? arguments = null)
    {
        Environment = new FakeCakeEnvironment(_folder.Path);
        var files = new FileSystem();
        var globber = new Globber(files, Environment);
        var configuration = new CakeConfiguration(new Dictionary<string, string>());
        var tools = new ToolLocator(
            Environment,
            new ToolRepository(Environment),
            new ToolResolutionStrategy(files, Environment, globber, configuration, Log)
        );
        Context = new CakeContext(
            files,
            Environment,
            globber,
            Log,
            new CakeArguments((arguments ?? []).ToLookup(one => one.Name, one => one.Value)),
            processes ?? Substitute.For<IProcessRunner>(),
            Substitute.For<IRegistry>(),
            tools,
            new CakeDataService(),
            configuration,
            Substitute.For<IToolInstaller>(),
            Substitute.For<IServiceProvider>()
        );
    }

    public ICakeContext Context { get; }

    public FakeCakeEnvironment Environment { get; }

    public RecordingLog Log { get; } = new();

    public TemporaryFolder Folder => _folder;

    public void Dispose() => _folder.Dispose();
}
