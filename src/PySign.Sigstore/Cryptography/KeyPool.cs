using System.Collections.Concurrent;

namespace PySign.Sigstore.Cryptography;

/// <summary>
/// Lends the framework's key objects, which are not documented as safe for use from several threads at once. It holds
/// as many as were ever used at the same time.
/// </summary>
internal sealed class KeyPool<T>(Func<T> create) : IDisposable
    where T : IDisposable
{
    private readonly ConcurrentBag<T> _idle = [create()];

    public T Rent() => _idle.TryTake(out var key) ? key : create();

    public void Return(T key) => _idle.Add(key);

    public void Dispose()
    {
        while (_idle.TryTake(out var key))
        {
            key.Dispose();
        }
    }
}
