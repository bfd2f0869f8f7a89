using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace PySign.TestKit;

/// <summary>
/// RSA keys of 2,048 bits for as long as something lives. Making one takes longer than a sandbox and a signature in it, so that what is
/// given back is lent again; two that live at the same time never have the same.
/// </summary>
public sealed class LentRsaKeys : IDisposable
{
    private static readonly ConcurrentBag<RSAParameters> _idle = [];

    private readonly ConcurrentBag<RSAParameters> _lent = [];

    public RSA Next()
    {
        if (!_idle.TryTake(out var key))
        {
            using var made = RSA.Create(2048);
            key = made.ExportParameters(includePrivateParameters: true);
        }

        _lent.Add(key);
        return RSA.Create(key);
    }

    public void Dispose()
    {
        while (_lent.TryTake(out var key))
        {
            _idle.Add(key);
        }
    }
}
