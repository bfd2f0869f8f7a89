namespace PySign.Http.Tests;

/// <summary>A client on a clock that a test moves, and the request that most tests make.</summary>
internal sealed class ServiceClientRig
{
    private static readonly Uri _endpoint = new("https://log.example/api?secret-query=1");

    public ManualTime Time { get; } = new();

    public static ServiceRequest Get() =>
        new()
        {
            Service = "Log",
            Method = HttpMethod.Get,
            Uri = _endpoint,
        };

    public async Task<ServiceResponse> RunAsync(ScriptedHandler handler, ServiceRequest request)
    {
        using var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = handler,
                Time = Time,
                Jitter = () => 1,
            }
        );
        return await DriveAsync(client.SendAsync(request, TestContext.Current.CancellationToken));
    }

    /// <summary>Everything here is synchronous but the waits: when nothing is done, the clock moves to the next.</summary>
    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            Time.AdvanceToNextTimer();
            await Task.Yield();
        }

        return await task;
    }
}
