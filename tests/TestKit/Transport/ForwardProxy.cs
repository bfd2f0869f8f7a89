using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PySign.TestKit;

/// <summary>
/// An HTTP proxy on loopback. It opens tunnels (CONNECT) to the hosts that it was told where to find, refuses everything else, and keeps
/// every byte that a client sent it.
/// </summary>
public sealed class ForwardProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly MemoryStream _seen = new();
    private readonly Task _accepting;

    public ForwardProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Which loopback port is meant by a host's name.</summary>
    public ConcurrentDictionary<string, int> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>The Basic credentials (user:password) without which it answers 407.</summary>
    public string? Credentials { get; init; }

    /// <summary>The first lines of what it was asked.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    /// <summary>Everything that clients sent, tunnels included.</summary>
    public string Seen
    {
        get
        {
            lock (_seen)
            {
                return Encoding.Latin1.GetString(_seen.ToArray());
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await HeadAsync(stream) is { Length: > 0 } head)
                {
                    var first = head.Split("\r\n")[0];
                    Requests.Enqueue(first);
                    if (
                        Credentials is { } wanted
                        && !head.Contains(
                            "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(wanted)),
                            StringComparison.OrdinalIgnoreCase
                        )
                    )
                    {
                        await AnswerAsync(stream, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"");
                        continue;
                    }

                    var parts = first.Split(' ');
                    if (parts[0] != "CONNECT" || !Hosts.TryGetValue(parts[1].Split(':')[0], out var port))
                    {
                        await AnswerAsync(stream, "502 Bad Gateway");
                        continue;
                    }

                    using var target = new TcpClient();
                    await target.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
                    await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
                    await Task.WhenAny(
                        PumpAsync(stream, target.GetStream(), keep: true),
                        PumpAsync(target.GetStream(), stream, keep: false)
                    );
                    return;
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The other end went away.
            }
        }
    }

    private static Task AnswerAsync(NetworkStream stream, string status) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")).AsTask();

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
        {
            head.Append((char)one[0]);
            Keep(one);
        }

        return head.ToString();
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool keep)
    {
        var buffer = new byte[16 << 10];
        try
        {
            while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (keep)
                {
                    Keep(buffer.AsSpan(0, read));
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The other end went away.
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_seen)
        {
            _seen.Write(bytes);
        }
    }
}
