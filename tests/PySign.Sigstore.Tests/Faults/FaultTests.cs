using System.Text;
using System.Text.Json.Nodes;
using PySign.Formats;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Tests.Signing;
using PySign.Sigstore.Tuf;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Faults;

/// <summary>What a user sees of every fault that the sandbox can show: a signature all the same, or a reason and a sentence.</summary>
public sealed class FaultTests
{
    private const string Signed = "signed";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Service, fault, outcome (a reason, or <see cref="Signed"/>), and what its message or remark says.</summary>
    public static TheoryData<string, string, string, string> Cases { get; } =
        new()
        {
            { "oidc", "expired", "TokenExpired", "The identity token expired at " },
            { "oidc", "wrong-audience", "TokenAudience", "is for the audience \"somebody-else\"; \"sigstore\" is needed" },
            { "oidc", "array-audience", Signed, "" },
            { "oidc", "wrong-issuer", "TokenIssuerUnsupported", "accepts no tokens of the issuer https://gitlab.self-managed.example" },
            { "oidc", "clock-skew", "TokenNotYetValid", "Set this machine's clock." },
            {
                "fulcio",
                "no-sct",
                "CertificateNotTransparent",
                "expected a signed certificate timestamp in the certificate; found none. Nothing was signed."
            },
            {
                "fulcio",
                "detached-sct",
                "CertificateNotTransparent",
                "the certificate came with a detached SCT, which a bundle cannot carry"
            },
            {
                "fulcio",
                "wrong-sct-key",
                "CertificateNotTransparent",
                "expected a signed certificate timestamp by a log of the trusted root; found none"
            },
            { "fulcio", "wrong-identity", "CertificateForAnotherIdentity", "found \"https://example.org/somebody/else\"" },
            { "fulcio", "wrong-key", "CertificateForAnotherKey", "the certificate is for another key than the one that was sent" },
            { "fulcio", "expired-ca", "CertificateUntrusted", "expected a signature made while the authority is trusted" },
            {
                "fulcio",
                "clock-skew",
                "CertificateNotValidNow",
                "Set this machine's clock; if it is right, report this to the instance's operator."
            },
            // What certificates do not say, or say of another server, is for those who verify provenance.
            { "fulcio", "bare", Signed, "" },
            { "fulcio", "gitlab-com", Signed, "" },
            { "fulcio", "sparse", Signed, "" },
            { "rekor-v1", "conflict", Signed, "" },
            { "rekor-v1", "lost-answer", Signed, "" },
            { "rekor-v1", "other-entry", "ResultNotVerifiable", "The signature that was made does not verify" },
            {
                "rekor-v1",
                "wrong-set",
                "ResultNotVerifiable",
                "expected an entry timestamp signed by the log https://rekor-v1.sandbox.localhost; found an invalid signature"
            },
            {
                "rekor-v1",
                "wrong-root",
                "ResultNotVerifiable",
                "expected a Merkle path from the entry to the checkpoint's root hash; found one that leads elsewhere"
            },
            {
                "rekor-v1",
                "stale-checkpoint",
                "ResultNotVerifiable",
                "expected a proof for the checkpoint's root hash; found one for another"
            },
            { "rekor-v1", "dsse-refused", "LogRefused", "entry kind 'dsse' is not enabled on this log" },
            { "rekor-v2", "frozen", "LogRefused", "a log that answers 405 is closed, and the signing config has the current one" },
            { "rekor-v2", "conflict", Signed, "an entry of this certificate whose answer was lost; another one was made" },
            { "rekor-v2", "lost-answer", Signed, "an entry of this certificate whose answer was lost; another one was made" },
            {
                "rekor-v2",
                "other-entry",
                "ResultNotVerifiable",
                "expected the log entry of this signature, key and artifact; found another entry"
            },
            {
                "rekor-v2",
                "wrong-root",
                "ResultNotVerifiable",
                "expected a Merkle path from the entry to the checkpoint's root hash; found one that leads elsewhere"
            },
            {
                "rekor-v2",
                "stale-checkpoint",
                "ResultNotVerifiable",
                "expected a proof for the checkpoint's root hash; found one for another"
            },
            { "rekor-v2", "cosigned", Signed, "" },
            { "rekor-v2-ecdsa", "frozen", "LogRefused", "a log that answers 405 is closed, and the signing config has the current one" },
            { "rekor-v2-ecdsa", "conflict", Signed, "an entry of this certificate whose answer was lost; another one was made" },
            { "rekor-v2-ecdsa", "lost-answer", Signed, "an entry of this certificate whose answer was lost; another one was made" },
            {
                "rekor-v2-ecdsa",
                "other-entry",
                "ResultNotVerifiable",
                "expected the log entry of this signature, key and artifact; found another entry"
            },
            {
                "rekor-v2-ecdsa",
                "wrong-root",
                "ResultNotVerifiable",
                "expected a Merkle path from the entry to the checkpoint's root hash; found one that leads elsewhere"
            },
            {
                "rekor-v2-ecdsa",
                "stale-checkpoint",
                "ResultNotVerifiable",
                "expected a proof for the checkpoint's root hash; found one for another"
            },
            { "rekor-v2-ecdsa", "cosigned", Signed, "" },
            { "tsa", "status-200", Signed, "" },
            { "tsa", "rejected", "TimestampWrong", "expected status granted; found status 2. Nothing was logged." },
            { "tsa", "no-certificate", Signed, "" },
            {
                "tsa",
                "wrong-imprint",
                "TimestampWrong",
                "expected a timestamp of the bundle's signature; found a timestamp of other bytes. Nothing was logged."
            },
            { "tsa", "wrong-nonce", "TimestampWrong", "it has another nonce, so it is the answer to another request. Nothing was logged." },
            {
                "tsa",
                "untrusted",
                "TimestampWrong",
                "expected a timestamp by an authority of the trusted root; found a timestamp by another one. Nothing was logged."
            },
            { "tsa", "expired-chain", "TimestampWrong", "the timestamp is wrong: expected a time within" },
            { "tsa", "clock-skew", "TimestampWrong", ", and the certificate is valid from " },
            { "tuf", "rollback", "Rollback", "expected version 2 or higher of itself; found version 1" },
            { "tuf", "freeze", "Expired", "Check this machine's clock; if it is right, the repository is held back or no longer kept up." },
            {
                "tuf",
                "wrong-key",
                "ThresholdNotMet",
                "TUF timestamp: expected valid signatures of 1 distinct keys that root names; found 0"
            },
            {
                "tuf",
                "threshold",
                "ThresholdNotMet",
                "TUF root: expected valid signatures of 2 distinct keys that the root before it names; found 1"
            },
            { "tuf", "mix-and-match", "VersionMismatch", "expected version 1, which follows from timestamp; found version 2" },
            { "tuf", "endless", "TooLarge", "expected at most 16384 bytes; found more" },
            { "tuf", "missing-target", "MissingFile", "The mirror is incomplete; try again later or use another mirror." },
            { "tuf", "wrong-hash", "HashMismatch", "TUF target trusted_root.json: expected sha256 " },
            { "tuf", "new-root", Signed, "" },
        };

    /// <summary>Service, status, how often, seconds to wait, outcome and what it says.</summary>
    public static TheoryData<string, int, int, int, string, string> StatusCases { get; } =
        new()
        {
            { "fulcio", 400, -1, 0, "CertificateRefused", "Fulcio does not say what it has against a token" },
            { "fulcio", 500, 2, 0, Signed, "" },
            { "fulcio", 429, 1, 3, Signed, "" },
            { "fulcio", 500, -1, 0, "ServiceUnavailable", "(5 attempts in " },
            { "rekor-v1", 400, 1, 0, "LogRefused", "The log did not take the entry; nothing was published for this file." },
            { "rekor-v1", 429, 2, 5, Signed, "" },
            { "rekor-v1", 503, -1, 0, "ServiceUnavailable", "it answered 503 Service Unavailable (5 attempts in " },
            { "rekor-v2", 503, 2, 0, Signed, "" },
            { "tsa", 400, 1, 0, "TimestampRefused", "it answered 400 Bad Request" },
            { "tsa", 502, -1, 0, "ServiceUnavailable", "The service has a problem of its own; run again later." },
            { "tuf", 500, 2, 0, Signed, "" },
            { "tuf", 500, -1, 0, "Unreachable", "(4 attempts in " },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_fault_ends_in_a_signature_or_in_a_reason_and_a_sentence(string service, string fault, string outcome, string says)
    {
        using var rig = await SandboxRig.StartAsync();
        var (seen, message) = await (
            service == "tuf"
                ? BelieveAsync(rig, () => rig.Services.AddFault(service, fault))
                : SignAsync(rig, service, fault, () => rig.Services.AddFault(service, fault))
        );
        MustBe(outcome, says, seen, message);
    }

    [Theory]
    [MemberData(nameof(StatusCases))]
    public async Task A_status_is_waited_out_or_ends_in_a_reason_and_a_sentence(
        string service,
        int status,
        int times,
        int seconds,
        string outcome,
        string says
    )
    {
        using var rig = await SandboxRig.StartAsync();
        void Fail() => rig.Services.AddFault(service, "status", times, status, seconds == 0 ? null : seconds);
        var (seen, message) = await (service == "tuf" ? BelieveAsync(rig, Fail) : SignAsync(rig, service, "status", Fail));
        MustBe(outcome, says, seen, message);
    }

    [Theory]
    [InlineData("fulcio", "delay")]
    [InlineData("rekor-v1", "delay")]
    [InlineData("rekor-v2", "delay")]
    [InlineData("tsa", "delay")]
    [InlineData("fulcio", "drop")]
    [InlineData("rekor-v1", "drop")]
    [InlineData("rekor-v2", "drop")]
    [InlineData("tsa", "drop")]
    public async Task A_slow_service_and_a_broken_connection_are_waited_out(string service, string fault)
    {
        using var rig = await SandboxRig.StartAsync();
        rig.Services.Faults.Add(new Fault(service, fault) { DelayMilliseconds = 50 });
        var (seen, message) = await SignAsync(rig, service, fault, static () => { });
        MustBe(Signed, "", seen, message);
        Assert.Empty(rig.Services.Faults.Active);
    }

    [Fact]
    public void Every_fault_of_the_catalog_is_in_the_table()
    {
        var known = FaultCatalog
            .Kinds.Where(static service => service.Key != SandboxService.GitLab)
            .SelectMany(static service => service.Value.Keys.Select(kind => $"{service.Key} {kind}"));
        Assert.Equal(
            known.Order(StringComparer.Ordinal),
            Cases.Select(static row => $"{row.Data.Item1} {row.Data.Item2}").Order(StringComparer.Ordinal)
        );
    }

    private static void MustBe(string outcome, string says, string seen, string message)
    {
        Assert.True(
            outcome == seen && message.Contains(says, StringComparison.Ordinal),
            $"Expected {outcome}, saying '{says}'; found {seen}: {message}"
        );
        Assert.DoesNotContain("eyJ", message, StringComparison.Ordinal);
    }

    // The in-memory server ends a request that it aborts with a cancellation; a socket ends it with this.
    private static async Task<HttpResponseMessage> AsOverSocket(HttpRequestMessage request, Func<Task<HttpResponseMessage>> next)
    {
        try
        {
            return await next();
        }
        catch (OperationCanceledException e) when (!Cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, $"The answer to {request.Method} ended prematurely.", e);
        }
    }

    private static async Task<(string Seen, string Message)> SignAsync(SandboxRig rig, string service, string fault, Action fail)
    {
        var kind = service switch
        {
            "rekor-v2" => SigningConfigKind.RekorV2,
            "rekor-v2-ecdsa" => SigningConfigKind.RekorV2Ecdsa,
            _ => SigningConfigKind.RekorV1,
        };
        rig.Intercept = AsOverSocket;
        try
        {
            fail();
            using var context = rig.Context(kind);
            await using var signer = await context.CreateSignerAsync(
                IdentityToken.Parse(rig.Services.MintGitLabToken(new JsonObject { ["aud"] = "sigstore" })),
                Cancellation
            );
            var signed =
                fault == "dsse-refused"
                    ? await signer.SignStatementAsync(
                        InTotoStatement.Parse(
                            """{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}],"predicateType":"https://example.org/p","predicate":{}}"""u8.ToArray()
                        ),
                        Cancellation
                    )
                    : await signer.SignAsync(Artifact.FromBytes(Encoding.UTF8.GetBytes("a wheel")), Cancellation);
            return (Signed, string.Join(' ', signed.Remarks));
        }
        catch (SigningException e)
        {
            return (e.Reason.ToString(), e.Message);
        }
    }

    private static async Task<(string Seen, string Message)> BelieveAsync(SandboxRig rig, Action fail)
    {
        var cache = Directory.CreateTempSubdirectory("tuf-faults-");
        var options = new TufTrustOptions
        {
            CacheDirectory = cache.FullName,
            Handler = rig,
            Time = rig.Time,
        };
        try
        {
            // One look before the fault, so that there is something to roll back; the target is to be downloaded again.
            using (
                var before = TufTrust.Mirror(new Uri("http://localhost/tuf/"), Encoding.UTF8.GetBytes(rig.Services.TufRootJson()), options)
            )
            {
                await before.GetTrustedRootAsync(Cancellation);
            }

            Directory.Delete(Path.Combine(cache.FullName, "targets"), recursive: true);
            File.Delete(Path.Combine(cache.FullName, "snapshot.json"));
            fail();
            using var trust = TufTrust.Mirror(
                new Uri("http://localhost/tuf/"),
                Encoding.UTF8.GetBytes(rig.Services.TufRootJson()),
                options
            );
            await trust.GetTrustedRootAsync(Cancellation);
            return (Signed, "");
        }
        catch (TufException e)
        {
            return (e.Reason.ToString(), e.Message);
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }
}
