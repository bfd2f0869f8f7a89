namespace PySign.Sigstore.Tests.Signing;

/// <summary>Tests that each have a sandbox of their own.</summary>
public abstract class SigningAgainstSandbox : IAsyncLifetime
{
    private SandboxRig? _rig;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected SandboxRig Rig => _rig ?? throw new InvalidOperationException("Not started yet.");

    public async ValueTask InitializeAsync() => _rig = await SandboxRig.StartAsync();

    public ValueTask DisposeAsync()
    {
        _rig?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
