using System.Net;
using System.Text;
using static PySign.Http.Tests.ServiceClientRig;
using static PySign.TestKit.ScriptedHandler;

namespace PySign.Http.Tests;

/// <summary>What comes back from a service, how much of it at the most, and what never leaves this machine.</summary>
public sealed class ServiceClientTests
{
    private readonly ServiceClientRig _rig = new();

    [Fact]
    public async Task A_success_is_returned_with_body_and_headers()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.Created, "{}", ("ETag", "\"abc\"")));
        var response = await _rig.RunAsync(handler, Get());
        Assert.Equal(HttpStatusCode.Created, response.Status);
        Assert.Equal("{}", Encoding.UTF8.GetString(response.Body));
        Assert.Equal("\"abc\"", response.Header("ETag"));
    }

    [Fact]
    public async Task A_status_that_the_caller_asked_for_is_an_answer()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.Conflict, "there"));
        var response = await _rig.RunAsync(handler, Get() with { AlsoAccepted = [HttpStatusCode.Conflict] });
        Assert.Equal(HttpStatusCode.Conflict, response.Status);
    }

    [Fact]
    public async Task Cancelling_is_not_a_time_limit()
    {
        using var cancel = new CancellationTokenSource();
        var handler = new ScriptedHandler(
            async (_, cancellationToken) =>
            {
                await cancel.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                return Answer(HttpStatusCode.OK);
            }
        );
        using var client = new ServiceClient(new ServiceClientOptions { Handler = handler, Time = _rig.Time });
        await Assert.ThrowsAsync<OperationCanceledException>(() => client.SendAsync(Get(), cancel.Token));
    }

    [Fact]
    public async Task A_body_announced_too_large_is_not_read()
    {
        var content = new StreamContent(new UnreadableStream());
        content.Headers.ContentLength = 101;
        var handler = new ScriptedHandler(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get() with { MaxResponseBytes = 100 }));
        Assert.Equal((ServiceFailure.ResponseTooLarge, 1), (e.Reason, e.Attempts));
    }

    [Fact]
    public async Task A_body_that_grows_too_large_is_cut_off()
    {
        var endless = new EndlessStream();
        var handler = new ScriptedHandler(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });
        var e = await Assert.ThrowsAsync<ServiceException>(() => _rig.RunAsync(handler, Get() with { MaxResponseBytes = 1000 }));
        Assert.Equal(ServiceFailure.ResponseTooLarge, e.Reason);
        Assert.InRange(endless.Given, 1001, 4000);
    }

    [Fact]
    public async Task A_body_of_exactly_the_bound_is_fine()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.OK, new string('x', 100)));
        Assert.Equal(100, (await _rig.RunAsync(handler, Get() with { MaxResponseBytes = 100 })).Body.Length);
    }

    [Fact]
    public async Task A_plain_http_address_of_another_machine_is_never_called()
    {
        var handler = new ScriptedHandler(_ => Answer(HttpStatusCode.OK));
        var e = await Assert.ThrowsAsync<ServiceException>(() =>
            _rig.RunAsync(handler, Get() with { Uri = new Uri("http://log.example/") })
        );
        Assert.Equal(ServiceFailure.EndpointRefused, e.Reason);
        Assert.Empty(handler.Requests);
    }

    [Fact]
    public async Task A_credential_is_never_in_an_error_even_when_the_service_repeats_it()
    {
        const string Canary = "CANARY-job-token-0123456789";
        var handler = new ScriptedHandler(seen =>
            Answer(
                HttpStatusCode.Forbidden,
                $"denied {seen.Headers["JOB-TOKEN"]} {Convert.ToBase64String(Encoding.UTF8.GetBytes("ci:" + Canary))}"
            )
        );
        var e = await Assert.ThrowsAsync<ServiceException>(() =>
            _rig.RunAsync(handler, Get() with { Credential = ServiceCredential.InHeader("JOB-TOKEN", Canary) })
        );
        Assert.Equal(Canary, handler.Requests[0].Headers["JOB-TOKEN"]);
        Assert.Equal("denied *** ***", e.BodyExcerpt);
        Assert.DoesNotContain("CANARY", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-query", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_is_hashed_while_it_is_written_and_every_attempt_begins_empty()
    {
        var attempts = new List<MemoryStream>();
        var handler = new ScriptedHandler(seen =>
            seen.Number == 1
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream()) }
                : Answer(HttpStatusCode.OK, "abc")
        );
        using var client = new ServiceClient(
            new ServiceClientOptions
            {
                Handler = handler,
                Time = new FastTime(),
                Jitter = () => 1,
            }
        );
        var content = await client.DownloadAsync(Get(), Open, TestContext.Current.CancellationToken);
        Assert.Equal((3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), (content.Length, content.Sha256.Hex));
        Assert.Equal(2, attempts.Count);
        Assert.Equal("abc"u8, attempts[1].ToArray());

        MemoryStream Open()
        {
            attempts.Add(new MemoryStream());
            return attempts[^1];
        }
    }

    private class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Given += buffer.Length;
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }

    private sealed class UnreadableStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("It was read.");
    }

    private sealed class BreakingStream : EndlessStream
    {
        private bool _begun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_begun)
            {
                throw new IOException("connection reset");
            }

            _begun = true;
            return base.ReadAsync(buffer[..Math.Min(100, buffer.Length)], cancellationToken);
        }
    }
}
