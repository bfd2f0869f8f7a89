using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace PySign.Sandbox.Application;

/// <summary>Ends the sandbox with the process that started it, however that one ends.</summary>
internal static class ParentWatch
{
    public static async Task WatchAsync(int processId, IHostApplicationLifetime lifetime)
    {
        try
        {
            using var parent = Process.GetProcessById(processId);
            await parent.WaitForExitAsync(lifetime.ApplicationStopping);
        }
        catch (ArgumentException)
        {
            // No such process: it was gone before we looked, which is the same as ending now.
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lifetime.StopApplication();
    }
}
