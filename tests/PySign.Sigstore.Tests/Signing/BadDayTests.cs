using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using PySign.Http;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>Signing against services that fail, lie, or answer somebody else's question.</summary>
public sealed class BadDayTests : SigningAgainstSandbox
{
    private static readonly Artifact _wheel = Artifact.FromBytes("a wheel"u8.ToArray());

    [Theory]
    [InlineData("no-sct", SigningFailure.CertificateNotTransparent)]
    [InlineData("detached-sct", SigningFailure.CertificateNotTransparent)]
    [InlineData("wrong-sct-key", SigningFailure.CertificateNotTransparent)]
    [InlineData("wrong-identity", SigningFailure.CertificateForAnotherIdentity)]
    public async Task A_wrong_certificate_is_an_alarm_that_is_not_asked_about_again(string fault, SigningFailure reason)
    {
        await Rig.FaultAsync("fulcio", fault);
        var e = await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync());
        Assert.Equal((reason, "Fulcio"), (e.Reason, e.Service));
        Assert.Equal(1, Rig.CertificateRequests);
        Assert.Equal(0, Rig.LogUploads);
    }

    [Fact]
    public async Task A_certificate_for_another_key_is_refused()
    {
        var recorded = await RecordAsync("/signingCert", async () => await (await Rig.SignerAsync()).DisposeAsync());
        Replay("/signingCert", recorded);
        Assert.Equal(SigningFailure.CertificateForAnotherKey, (await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync())).Reason);
    }

    [Fact]
    public async Task A_certificate_of_another_instance_is_refused()
    {
        using var other = await SandboxRig.StartAsync();
        using var context = new SigningContext(Rig.Select(SigningConfigKind.RekorV1), other.Root, Rig, Rig.Time);
        var e = await Assert.ThrowsAsync<SigningException>(() => context.CreateSignerAsync(Rig.GitLabToken(), Cancellation));
        Assert.Equal(SigningFailure.CertificateUntrusted, e.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"signedCertificateEmbeddedSct":{"chain":{"certificates":[]}}}""")]
    [InlineData("""{"signedCertificateEmbeddedSct":{"chain":{"certificates":["not PEM"]}}}""")]
    [InlineData(
        """{"signedCertificateEmbeddedSct":{"chain":{"certificates":["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]}}}"""
    )]
    public async Task An_answer_that_is_no_certificate_is_refused(string body)
    {
        Replay("/signingCert", body);
        Assert.Equal(
            SigningFailure.CertificateAnswerMalformed,
            (await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync())).Reason
        );
    }

    [Theory]
    [InlineData("wrong-set")]
    [InlineData("wrong-root")]
    public async Task A_log_entry_that_does_not_verify_is_an_alarm_that_is_not_asked_about_again(string fault)
    {
        await using var signer = await Rig.SignerAsync();
        await Rig.FaultAsync("rekor-v1", fault);
        Assert.Equal(
            SigningFailure.ResultNotVerifiable,
            (await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation))).Reason
        );
        Assert.Equal(1, Rig.LogUploads);
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1, "null")]
    [InlineData(SigningConfigKind.RekorV1, "{}")]
    [InlineData(SigningConfigKind.RekorV2, "[]")]
    [InlineData(SigningConfigKind.RekorV2, "{}")]
    [InlineData(SigningConfigKind.RekorV2, "not JSON")]
    public async Task An_answer_that_is_no_log_entry_is_refused(SigningConfigKind kind, string body)
    {
        await using var signer = await Rig.SignerAsync(kind);
        Replay("/log/entries", body);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal(SigningFailure.LogAnswerMalformed, e.Reason);
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1)]
    [InlineData(SigningConfigKind.RekorV2)]
    public async Task The_entry_of_another_file_is_not_taken_for_ours(SigningConfigKind kind)
    {
        await using var signer = await Rig.SignerAsync(kind);
        var recorded = await RecordAsync(
            "/log/entries",
            async () => await signer.SignAsync(Artifact.FromBytes("another"u8.ToArray()), Cancellation)
        );
        Replay("/log/entries", recorded);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal(SigningFailure.ResultNotVerifiable, e.Reason);
        Assert.Equal(VerificationFailure.LogEntryMismatch, Assert.IsType<VerificationException>(e.InnerException).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"a":{},"b":{}}""")]
    [InlineData("""{"a":{"body":"e30=","logIndex":1}}""")]
    public async Task An_answer_that_is_no_entry_is_refused(string body)
    {
        await using var signer = await Rig.SignerAsync();
        Replay("/log/entries", body);
        Assert.Equal(
            SigningFailure.LogAnswerMalformed,
            (await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation))).Reason
        );
    }

    [Theory]
    [InlineData("wrong-imprint")]
    [InlineData("wrong-nonce")]
    public async Task A_wrong_timestamp_is_an_alarm_and_nothing_is_logged(string fault)
    {
        await using var signer = await Rig.SignerAsync();
        await Rig.FaultAsync("tsa", fault);
        Assert.Equal(
            SigningFailure.TimestampWrong,
            (await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation))).Reason
        );
        Assert.Equal(1, Rig.Calls.Count(c => c.EndsWith("/timestamp", StringComparison.Ordinal)));
        Assert.Equal(0, Rig.LogUploads);
    }

    [Fact]
    public async Task An_old_timestamp_is_not_taken_for_a_new_one()
    {
        await using var signer = await Rig.SignerAsync();
        var recorded = await RecordAsync("/timestamp", async () => await signer.SignAsync(_wheel, Cancellation));
        Replay("/timestamp", recorded);
        Assert.Equal(
            SigningFailure.TimestampWrong,
            (await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation))).Reason
        );
    }

    [Theory]
    [InlineData(SigningConfigKind.RekorV1, "rekor-v1")]
    [InlineData(SigningConfigKind.RekorV2, "rekor-v2")]
    public async Task A_service_that_fails_for_a_while_is_waited_for(SigningConfigKind kind, string log)
    {
        await Rig.FaultAsync("fulcio", "status", times: 2);
        await Rig.FaultAsync("tsa", "status", times: 2, status: 429);
        await Rig.FaultAsync(log, "status", times: 2, status: 500);
        await using var signer = await Rig.SignerAsync(kind);
        Assert.Single((await signer.SignAsync(_wheel, Cancellation)).Verified.LogEntries);
    }

    [Fact]
    public async Task An_answer_lost_on_its_way_from_rekor_v1_is_fetched_and_no_second_entry_made()
    {
        await using var signer = await Rig.SignerAsync();
        LoseFirstAnswer("/log/entries");
        var signed = await signer.SignAsync(_wheel, Cancellation);
        Assert.Equal(2, Rig.LogUploads);
        Assert.Single(Rig.Calls, c => c.StartsWith("GET /api/v1/log/entries/", StringComparison.Ordinal));
        Assert.Empty(signed.Remarks);
    }

    [Fact]
    public async Task An_answer_lost_on_its_way_from_rekor_v2_is_replaced_by_another_entry_and_told()
    {
        await using var signer = await Rig.SignerAsync(SigningConfigKind.RekorV2);
        LoseFirstAnswer("/log/entries");
        var signed = await signer.SignAsync(_wheel, Cancellation);
        Assert.Equal(3, Rig.LogUploads);
        Assert.Contains("another one was made", Assert.Single(signed.Remarks), StringComparison.Ordinal);
    }

    /// <summary>The repeated upload meets the entry of the lost answer, and by then the certificate is too old: there is an entry in the
    /// log that no bundle has.</summary>
    [Fact]
    public async Task An_entry_whose_answer_was_lost_is_told_also_where_there_is_no_certificate_to_sign_again()
    {
        var token = Rig.GitLabToken(new JsonObject { ["expires_in"] = 120L });
        await using var signer = await Rig.SignerAsync(SigningConfigKind.RekorV2, token);
        var uploads = 0;
        Rig.Intercept = async (request, next) =>
        {
            var response = await next();
            if (request.RequestUri!.AbsolutePath.EndsWith("/log/entries", StringComparison.Ordinal))
            {
                if (Interlocked.Increment(ref uploads) == 1)
                {
                    throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
                }

                Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
            }

            return response;
        };
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal(SigningFailure.CredentialsExpired, e.Reason);
        Assert.Equal(2, Rig.LogUploads);
        Assert.Contains("an entry of this certificate whose answer was lost", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_has_every_entry_already_is_not_asked_a_third_time_and_both_entries_are_told()
    {
        await using var signer = await Rig.SignerAsync(SigningConfigKind.RekorV2);
        await Rig.FaultAsync("rekor-v2", "conflict", times: -1);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal((SigningFailure.LogRefused, 2), (e.Reason, Rig.LogUploads));
        Assert.Equal(2, e.Message.Split("has the entry already").Length - 1);
    }

    [Fact]
    public async Task An_authority_for_which_every_certificate_expires_is_given_up_and_nothing_is_logged()
    {
        await using var signer = await Rig.SignerAsync();
        Rig.Intercept = async (request, next) =>
        {
            var response = await next();
            if (request.RequestUri!.AbsolutePath.EndsWith("/timestamp", StringComparison.Ordinal))
            {
                Rig.Time.Advance(TimeSpan.FromMinutes(9.5));
            }

            return response;
        };
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal((SigningFailure.ServiceUnavailable, "Timestamp authority"), (e.Reason, e.Service));
        Assert.Equal((3, 0), (Rig.CertificateRequests, Rig.LogUploads));
    }

    [Fact]
    public async Task A_log_that_stays_away_ends_in_an_error_that_says_how_often_it_was_tried()
    {
        await using var signer = await Rig.SignerAsync();
        await Rig.FaultAsync("rekor-v1", "status", times: -1);
        var e = await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation));
        Assert.Equal((SigningFailure.ServiceUnavailable, "Rekor"), (e.Reason, e.Service));
        Assert.Contains("5 attempts", e.Message, StringComparison.Ordinal);
        Assert.Equal(5, Assert.IsType<ServiceException>(e.InnerException).Attempts);
    }

    [Fact]
    public async Task A_closed_log_is_not_asked_again()
    {
        await using var signer = await Rig.SignerAsync(SigningConfigKind.RekorV2);
        await Rig.FaultAsync("rekor-v2", "frozen");
        Assert.Equal(
            SigningFailure.LogRefused,
            (await Assert.ThrowsAsync<SigningException>(() => signer.SignAsync(_wheel, Cancellation))).Reason
        );
        Assert.Equal(1, Rig.LogUploads);
    }

    [Fact]
    public async Task What_is_signed_stays_signed_when_the_log_refuses_the_rest()
    {
        await using var signer = await Rig.SignerAsync();
        var refused = 0;
        Rig.Intercept = (request, next) =>
            request.RequestUri!.AbsolutePath.EndsWith("/log/entries", StringComparison.Ordinal)
            && Interlocked.Increment(ref refused) % 2 == 0
                ? Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent("""{"code":400,"message":"no"}""") }
                )
                : next();
        var results = await signer.SignAllAsync(
            [.. Enumerable.Range(0, 10).Select(i => Artifact.FromBytes(BitConverter.GetBytes(i)))],
            Cancellation
        );
        Assert.Equal(5, results.Count(r => r.Signature is not null));
        Assert.All(
            results.Where(r => r.Signature is null),
            r => Assert.Equal(SigningFailure.LogRefused, Assert.IsType<SigningException>(r.Failure).Reason)
        );
    }

    [Fact]
    public async Task A_token_for_another_audience_or_out_of_date_is_refused_before_anything_is_called()
    {
        var audience = Rig.GitLabToken(new JsonObject { ["aud"] = "pypi" });
        var expired = Rig.GitLabToken(new JsonObject { ["expires_in"] = -120L });
        Assert.Equal(
            SigningFailure.TokenAudience,
            (await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync(token: audience))).Reason
        );
        Assert.Equal(
            SigningFailure.TokenExpired,
            (await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync(token: expired))).Reason
        );
        Assert.Empty(Rig.Calls);
    }

    [Fact]
    public async Task A_token_of_an_unknown_issuer_is_never_sent()
    {
        var token = Rig.GitLabToken(new JsonObject { ["iss"] = "https://gitlab.self-managed.example" });
        var e = await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync(token: token));
        Assert.Equal(SigningFailure.TokenIssuerUnsupported, e.Reason);
        Assert.Equal(["GET /api/v2/configuration"], Rig.Calls);
    }

    [Fact]
    public async Task A_token_is_in_no_error_even_when_the_service_repeats_it()
    {
        var raw = Rig.Services.MintGitLabToken();
        Rig.Intercept = (request, next) =>
            request.Headers.Authorization is { } authorization
                ? Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.BadRequest)
                    {
                        Content = new StringContent(
                            $"bad {authorization} {Convert.ToBase64String(Encoding.UTF8.GetBytes(raw))} {raw.Split('.')[2]}"
                        ),
                    }
                )
                : next();
        var e = await Assert.ThrowsAsync<SigningException>(() => Rig.SignerAsync(token: IdentityToken.Parse(raw)));
        Assert.Equal(SigningFailure.CertificateRefused, e.Reason);
        Assert.Contains("***", e.Message, StringComparison.Ordinal);
        Assert.All(raw.Split('.'), part => Assert.DoesNotContain(part, e.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(raw))[40..80], e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Services_that_could_not_make_a_verifiable_signature_are_refused_at_once()
    {
        var services = Rig.Select(SigningConfigKind.RekorV2) with { TimestampAuthorities = [] };
        Assert.Equal(SigningFailure.NoUsableService, Assert.Throws<SigningException>(() => Rig.Context(services)).Reason);
        services = Rig.Select(SigningConfigKind.RekorV1) with { Logs = [] };
        Assert.Equal(SigningFailure.NoUsableService, Assert.Throws<SigningException>(() => Rig.Context(services)).Reason);
        services = services with { Logs = [new TransparencyLogService(new Uri("https://rekor.example"), 3)] };
        Assert.Equal(SigningFailure.NoUsableService, Assert.Throws<SigningException>(() => Rig.Context(services)).Reason);
        var plain = SigningServices.ForUrls(new Uri("http://fulcio.example"), new Uri("https://rekor.example"));
        Assert.Equal(SigningFailure.NoUsableService, Assert.Throws<SigningException>(() => Rig.Context(plain)).Reason);
    }

    private async Task<byte[]> RecordAsync(string pathEnd, Func<Task> act)
    {
        byte[] recorded = [];
        Rig.Intercept = async (request, next) =>
        {
            var response = await next();
            if (request.RequestUri!.AbsolutePath.EndsWith(pathEnd, StringComparison.Ordinal))
            {
                await response.Content.LoadIntoBufferAsync();
                recorded = await response.Content.ReadAsByteArrayAsync();
            }

            return response;
        };
        await act();
        return recorded;
    }

    private void Replay(string pathEnd, string body) => Replay(pathEnd, Encoding.UTF8.GetBytes(body));

    private void Replay(string pathEnd, byte[] body) =>
        Rig.Intercept = (request, next) =>
            request.RequestUri!.AbsolutePath.EndsWith(pathEnd, StringComparison.Ordinal)
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent(body) })
                : next();

    private void LoseFirstAnswer(string pathEnd)
    {
        var answers = 0;
        Rig.Intercept = async (request, next) =>
        {
            var response = await next();
            return request.RequestUri!.AbsolutePath.EndsWith(pathEnd, StringComparison.Ordinal) && Interlocked.Increment(ref answers) == 1
                ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.")
                : response;
        };
    }
}
