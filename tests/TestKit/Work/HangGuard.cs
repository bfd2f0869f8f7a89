namespace PySign.TestKit;

/// <summary>For work that either ends or would take hours: the time is no verdict on any machine, however loaded it is.</summary>
public static class HangGuard
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(Action work)
    {
        try
        {
            await Task.Run(work).WaitAsync(_patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It has not ended after {_patience.TotalMinutes} minutes.");
        }
    }
}
