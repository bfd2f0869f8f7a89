using System.Net;
using static PySign.Http.Tests.ServiceClientRig;
using static PySign.TestKit.ScriptedHandler;

namespace PySign.Http.Tests;

/// <summary>What is tried again, when, how often, and what is said of it.</summary>
public sealed class ServiceClientRetryTests
{
    private readonly ServiceClientRig _rig = new();

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_passing_failure_is_tried_again(int status)
    {
        var handler = new ScriptedHandler(seen => seen.Number < 3 ? Answer((HttpStatusCode)status) : Answer(HttpStatusCode.OK));
        Assert.Equal(HttpStatusCode.OK, (await _rig.RunAsync(handler, Get())).Status);
        Assert.Equal(3, handler.Requests.Count);
        Assert.Equal(0.5 + 1, (_rig.Time.GetUtcNow() - new ManualTime().GetUtcNow()).TotalSeconds, 6);
    }

    [Fact]
    public async Task The_last_failure_says_who_how_often_and_how_long()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.ServiceUnavailable, "out of\nservice"));
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get()));
        Assert.Equal((ServiceFailure.Status, HttpStatusCode.ServiceUnavailable, 5), (e.Reason, e.Status, e.Attempts));
        Assert.Equal(TimeSpan.FromSeconds(0.5 + 1 + 2 + 4), e.Elapsed);
        Assert.Equal("out of service", e.BodyExcerpt);
        Assert.Equal(
            "Log: GET https://log.example/api: it answered 503 Service Unavailable (5 attempts in 7.5 s). It said: out of service"
                + " The service has a problem of its own; run again later.",
            e.Message
        );
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(501)]
    public async Task A_no_is_not_asked_again(int status)
    {
        var handler = new ScriptedHandler(_ => Answer((HttpStatusCode)status));
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get()));
        Assert.Equal(1, e.Attempts);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task A_connection_that_is_not_made_in_time_is_a_time_out_of_the_service_and_is_tried_again()
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = async (_, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                throw new InvalidOperationException();
            },
        };
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler, Time = new FastTime() });
        var post = Get() with { Method = HttpMethod.Post, Body = RequestBody.Bytes("x"u8.ToArray(), "text/plain") };
        var e = await Assert.ThrowsAsync<ServiceException>(() => client.SendAsync(post, TestContext.Current.CancellationToken));
        Assert.Equal((ServiceFailure.TimedOut, 5, true), (e.Reason, e.Attempts, e.MayPass));
    }

    [Fact]
    public async Task A_machine_that_slept_through_the_deadline_ends_with_what_failed_before()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.ServiceUnavailable));
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler, Time = new Sleeper() });
        var e = await Assert.ThrowsAsync<ServiceException>(() => client.SendAsync(Get(), TestContext.Current.CancellationToken));
        Assert.Equal((ServiceFailure.Status, 1), (e.Reason, e.Attempts));
        Assert.Single(handler.Requests);
    }

    /// <summary>A clock that is an hour further whenever something waited.</summary>
    private sealed class Sleeper : TimeProvider
    {
        private long _ahead;

        public override long GetTimestamp() => base.GetTimestamp() + _ahead;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var isWait = dueTime < TimeSpan.FromSeconds(20);
            _ahead += isWait ? 3600 * TimestampFrequency : 0;
            return base.CreateTimer(callback, state, isWait ? TimeSpan.Zero : dueTime, period);
        }
    }

    [Fact]
    public async Task A_post_is_not_repeated_unless_it_is_said_to_be_repeatable()
    {
        var handler = new ScriptedHandler(seen => seen.Number < 2 ? Answer(HttpStatusCode.BadGateway) : Answer(HttpStatusCode.OK));
        var post = Get() with { Method = HttpMethod.Post, Body = RequestBody.Bytes("x"u8.ToArray(), "text/plain") };
        await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, post));
        Assert.Single(handler.Requests);

        await _rig.RunAsync(handler, post with { Repeatable = true });
        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task A_post_that_never_left_is_sent_again()
    {
        var handler = new ScriptedHandler(seen =>
            seen.Number < 2 ? throw new HttpRequestException(HttpRequestError.ConnectionError, "refused") : Answer(HttpStatusCode.OK)
        );
        await _rig.RunAsync(handler, Get() with { Method = HttpMethod.Post });
        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task The_body_is_opened_anew_for_every_attempt()
    {
        var opened = 0;
        var body = new RequestBody(
            "application/octet-stream",
            5,
            () =>
            {
                opened++;
                return new MemoryStream("hello"u8.ToArray());
            }
        );
        var handler = new ScriptedHandler(seen => seen.Number < 3 ? Answer(HttpStatusCode.BadGateway) : Answer(HttpStatusCode.Created));
        await _rig.RunAsync(handler, Get() with { Method = HttpMethod.Put, Body = body });
        Assert.Equal(3, opened);
        Assert.All(handler.Requests, r => Assert.Equal("hello"u8.ToArray(), r.Body));
        Assert.All(handler.Requests, r => Assert.Equal("5", r.Headers["Content-Length"]));
    }

    [Fact]
    public async Task Every_retry_is_said_when_it_happens_without_query_and_without_secrets()
    {
        List<string> said = [];
        var handler = new ScriptedHandler(seen => Answer(seen.Number < 3 ? HttpStatusCode.BadGateway : HttpStatusCode.OK));
        using var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = handler,
                Time = _rig.Time,
                Jitter = () => 1,
                Retrying = line => said.Add($"{handler.Requests.Count}: {line}"),
            }
        );
        client.Redactor.Add("canary-secret-in-a-path");
        var get = Get();
        await _rig.DriveAsync(
            client.SendAsync(
                get with
                {
                    Uri = new Uri(get.Uri, "/canary-secret-in-a-path?token=canary-query"),
                },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(["1: GET", "2: GET"], said.Select(line => line[..6]));
        Assert.Equal(["2", "3"], said.Select(line => line.Split("attempt ")[1][..1]));
        Assert.All(said, line => Assert.DoesNotContain("canary", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Retry_after_in_seconds_is_waited()
    {
        var handler = new ScriptedHandler(seen =>
            seen.Number < 2 ? Answer(HttpStatusCode.TooManyRequests, "", ("Retry-After", "17")) : Answer(HttpStatusCode.OK)
        );
        await _rig.RunAsync(handler, Get());
        Assert.Equal(17, (_rig.Time.GetUtcNow() - new ManualTime().GetUtcNow()).TotalSeconds);
    }

    [Fact]
    public async Task Retry_after_as_a_date_is_waited()
    {
        var date = _rig.Time.GetUtcNow().AddSeconds(23);
        var handler = new ScriptedHandler(seen =>
            seen.Number < 2
                ? Answer(
                    HttpStatusCode.ServiceUnavailable,
                    "",
                    ("Retry-After", date.ToString("R", System.Globalization.CultureInfo.InvariantCulture))
                )
                : Answer(HttpStatusCode.OK)
        );
        await _rig.RunAsync(handler, Get());
        Assert.Equal(date, _rig.Time.GetUtcNow());
    }

    [Fact]
    public async Task A_wait_beyond_the_deadline_is_not_begun()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.TooManyRequests, "", ("Retry-After", "3600")));
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get()));
        Assert.Equal((1, TimeSpan.Zero), (e.Attempts, e.Elapsed));
        Assert.Contains("3600 s", e.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("4294967296")]
    [InlineData("99999999999999999999")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("Sat, 31 Dec 2016 23:59:60 GMT")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData("Mon, 01 Jan 0001 00:00:00 +1400")]
    public async Task A_retry_after_that_says_nothing_usable_neither_ends_the_client_nor_holds_it(string value)
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.ServiceUnavailable, "", ("Retry-After", value)));
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get()));
        Assert.Equal(ServiceFailure.Status, e.Reason);
        Assert.InRange(e.Elapsed, TimeSpan.Zero, Get().Retry.Deadline);
    }

    [Theory]
    [InlineData("253402300799", true)]
    [InlineData("253402300800", false)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-1", false)]
    [InlineData("1e9", false)]
    [InlineData("2026-01-01T00:00:60Z", false)]
    [InlineData("", false)]
    public async Task The_end_of_a_limit_is_a_number_of_seconds_or_unknown(string reset, bool isKnown)
    {
        var handler = new ScriptedHandler(_ =>
            Answer(HttpStatusCode.TooManyRequests, "", ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset))
        );
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get()));
        Assert.Equal(isKnown, e.LimitEnds is not null);
        Assert.InRange(e.Elapsed, TimeSpan.Zero, Get().Retry.Deadline);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_ends_at_its_time_limit()
    {
        var handler = new ScriptedHandler(
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return Answer(HttpStatusCode.OK);
            }
        );
        var e = await Assert.ThrowsAsync<ServiceException>(() =>
            _rig.RunAsync(handler, Get() with { Timeout = TimeSpan.FromSeconds(30), Retry = RetryPolicy.None })
        );
        Assert.Equal((ServiceFailure.TimedOut, TimeSpan.FromSeconds(30)), (e.Reason, e.Elapsed));
    }

    [Fact]
    public async Task A_body_that_ends_early_is_fetched_again()
    {
        var handler = new ScriptedHandler(seen =>
        {
            var content = new ByteArrayContent("whole"u8.ToArray(), 0, seen.Number == 1 ? 2 : 5);
            content.Headers.ContentLength = 5;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        });
        Assert.Equal("whole"u8.ToArray(), (await _rig.RunAsync(handler, Get())).Body);
        Assert.Equal(2, handler.Requests.Count);
    }
}
