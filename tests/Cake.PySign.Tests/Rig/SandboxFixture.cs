using Cake.PySign.Sandbox;
using Cake.PySign.Tests.Rig;

[assembly: AssemblyFixture(typeof(SandboxFixture))]

namespace Cake.PySign.Tests.Rig;

/// <summary>One sandbox process for all tests that only add to its logs; it is started when the first of them asks.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private readonly CakeRig _rig = new();
    private readonly Lazy<Task<PySignSandbox>> _sandbox;

    public SandboxFixture()
        : this(isPrivate: false) { }

    internal SandboxFixture(bool isPrivate) =>
        _sandbox = new(() =>
            _rig.Context.StartPySignSandbox(
                new StartPySignSandboxSettings
                {
                    StateDirectory = _rig.Folder.Folder("state"),
                    StartTimeout = TimeSpan.FromMinutes(2),
                    PrivateInstance = isPrivate,
                }
            )
        );

    public Task<PySignSandbox> Sandbox => _sandbox.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_sandbox.IsValueCreated)
        {
            await (await _sandbox.Value).DisposeAsync();
        }

        _rig.Dispose();
    }
}
