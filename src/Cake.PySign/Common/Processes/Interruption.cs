using System.Runtime.InteropServices;

namespace Cake.PySign.Common.Processes;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into cancellation, because Cake hands no token to a task: children are ended and files left whole.
/// A second signal ends the process at once, so that nobody is stuck.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly PosixSignalRegistration[] _registrations;
    private int _handled;

    public Interruption(CancellationToken cancellationToken)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The one place that waits for a task, for the aliases that give their result at once: Cake's host has no synchronization
    /// context, so that no continuation can be blocked.</summary>
    public static T Run<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var interruption = new Interruption(cancellationToken);
#pragma warning disable VSTHRD002 // See above.
        return work(interruption.Token).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _handled, 1) != 0)
        {
            return;
        }

        context.Cancel = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended in the same moment; there is nothing left to cancel.
            context.Cancel = false;
        }
    }
}
