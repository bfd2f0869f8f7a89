using Cake.PySign.Tests.Package;

[assembly: AssemblyFixture(typeof(PackedOnce))]

namespace Cake.PySign.Tests.Package;

/// <summary>The packed addin, packed for the first class of tests that wants it and then for all.</summary>
public sealed class PackedOnce : IAsyncDisposable
{
    private readonly Lazy<Task<PackedAddin>> _addin = new(PackAsync);

    public Task<PackedAddin> Addin => _addin.Value;

    private static async Task<PackedAddin> PackAsync()
    {
        var addin = new PackedAddin();
        await addin.InitializeAsync();
        return addin;
    }

    public async ValueTask DisposeAsync()
    {
        if (_addin.IsValueCreated)
        {
            await (await _addin.Value).DisposeAsync();
        }
    }
}
