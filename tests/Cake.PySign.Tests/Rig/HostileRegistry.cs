using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Cake.PySign.Tests.Rig;

/// <summary>A registry that answers as a test says, and counts what it is asked for and what is taken of its answers.</summary>
internal sealed class HostileRegistry(Func<Uri, HttpResponseMessage> answer) : HttpMessageHandler
{
    private long _bytes;
    private int _requests;

    public long BytesTaken => Interlocked.Read(ref _bytes);

    public int Requests => _requests;

    public static HttpResponseMessage Page(string body, string type = "text/html") => Page(Encoding.UTF8.GetBytes(body), type);

    public static HttpResponseMessage Page(byte[] body, string type = "text/html") => Endless(new MemoryStream(body), type);

    /// <summary>An answer whose length nobody announces.</summary>
    public static HttpResponseMessage Endless(Stream body, string type = "text/html")
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) };
        response.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return response;
    }

    public static HttpResponseMessage Elsewhere(string location)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Found) { Content = new ByteArrayContent([]) };
        response.Headers.TryAddWithoutValidation("Location", location);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        var response = answer(request.RequestUri!);
        response.RequestMessage = request;
        var counted = new StreamContent(
            new Counted(await response.Content.ReadAsStreamAsync(cancellationToken), read => Interlocked.Add(ref _bytes, read))
        );
        foreach (var (name, values) in response.Content.Headers)
        {
            counted.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = counted;
        return response;
    }

    private sealed class Counted(Stream inner, Action<int> count) : OneWayStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            count(read);
            return read;
        }
    }
}

/// <summary>A byte now and then: each takes <paramref name="pause"/> of a clock that nobody waits for.</summary>
internal sealed class DrippingStream(DrippingTime time, TimeSpan pause, int bytes = int.MaxValue) : OneWayStream
{
    private int _left = bytes;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        time.Advance(pause);
        cancellationToken.ThrowIfCancellationRequested();
        buffer.Span[0] = (byte)' ';
        return ValueTask.FromResult(_left-- > 0 ? 1 : 0);
    }
}

/// <summary>A clock that a stream moves. Waits between attempts are over at once and counted; limits end when the stream has moved it that
/// far.</summary>
internal sealed class DrippingTime : TimeProvider
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(25);

    private readonly Lock _gate = new();
    private readonly List<(long Due, Timer Timer)> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).AddTicks(GetTimestamp());

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Advance(TimeSpan time)
    {
        List<Timer> due;
        lock (_gate)
        {
            _now += time.Ticks;
            due = [.. _timers.Where(timer => timer.Due <= _now).Select(timer => timer.Timer)];
            _timers.RemoveAll(timer => timer.Due <= _now);
        }

        due.ForEach(timer => timer.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.Zero && dueTime <= _longestWait)
        {
            Advance(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }

        var timer = new Timer(() => callback(state));
        lock (_gate)
        {
            _timers.Add((_now + (dueTime < TimeSpan.Zero ? long.MaxValue / 2 : dueTime.Ticks), timer));
        }

        return timer;
    }

    private sealed class Timer(Action fire) : ITimer
    {
        private bool _ended;

        public void Fire()
        {
            if (!_ended)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _ended = true;

        public ValueTask DisposeAsync()
        {
            _ended = true;
            return ValueTask.CompletedTask;
        }
    }
}
