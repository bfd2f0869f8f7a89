using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PySign.Sandbox.Faults;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Errors;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Verification;

namespace PySign.Sigstore.Tests.Signing;

/// <summary>
/// Two hundred files, and a sandbox that fails every fifth call in every way it knows. One file after the other, so that a seed decides
/// everything: PYSIGN_FAULT_SEED plays another one.
/// </summary>
public sealed class FaultRunTests : SigningAgainstSandbox
{
    private const int Files = 200;
    private const double Share = 0.2;

    /// <summary>What services do when they lie; everything else passes, or is said to.</summary>
    private static readonly string[] _harmless = ["status", "delay", "drop", "conflict", "lost-answer", "cosigned", "status-200"];

    public static TheoryData<SigningConfigKind, int> Seeds()
    {
        var seed = Environment.GetEnvironmentVariable("PYSIGN_FAULT_SEED") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : 20260;
        return new() { { SigningConfigKind.RekorV1, seed }, { SigningConfigKind.RekorV2, seed + 1 } };
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_file_ends_verified_or_listed_and_a_second_run_completes_what_the_first_left(SigningConfigKind kind, int seed)
    {
        var faults = new FaultySandbox(Rig, seed);
        var files = Enumerable.Range(0, Files).ToDictionary(Digest, i => Encoding.UTF8.GetBytes($"file {i}"));
        Dictionary<string, SignedArtifact> signed = [];
        Dictionary<string, int> explained = files.Keys.ToDictionary(static digest => digest, static _ => 0);
        StringBuilder output = new();
        List<string> tokens = [];

        // The first run meets everything; in the second, services are as unreliable as before, but nobody lies.
        var missing = await RunAsync(kind, faults, files, signed, explained, output, tokens, static _ => true);
        Assert.NotEmpty(missing);
        Assert.True(missing.Count < Files, $"nothing was signed:\n{output}");
        Assert.Equal(Files, signed.Count + missing.Count);
        Assert.Empty(signed.Keys.Intersect(missing));
        Assert.Empty(
            await RunAsync(
                kind,
                faults,
                missing.ToDictionary(digest => digest, digest => files[digest]),
                signed,
                explained,
                output,
                tokens,
                fault => _harmless.Contains(fault)
            )
        );

        Assert.Equal(files.Keys.Order(StringComparer.Ordinal), signed.Keys.Order(StringComparer.Ordinal));
        var verifier = new SigstoreVerifier(Rig.Root);
        Assert.All(
            signed,
            pair =>
                Assert.Equal(
                    pair.Key,
                    verifier
                        .Verify(
                            Bundle.Parse(Encoding.UTF8.GetBytes(pair.Value.Bundle.ToJson())),
                            Artifact.FromBytes(files[pair.Key]),
                            VerificationPolicy.UnsafeAnyIdentity()
                        )
                        .Sha256
                )
        );

        // Every entry beyond a file's own is told of: in a remark, or in the error of the run that made it.
        Assert.All(files.Keys, digest => Assert.InRange(faults.EntriesOf(digest), 1, 1 + explained[digest]));
        Assert.True(faults.Played.Count >= 6, string.Join(", ", faults.Played));
        Assert.All(
            tokens.SelectMany(static token => token.Split('.')),
            part => Assert.DoesNotContain(part, output.ToString(), StringComparison.Ordinal)
        );
    }

    private static string Digest(int i) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"file {i}")));

    private async Task<List<string>> RunAsync(
        SigningConfigKind kind,
        FaultySandbox faults,
        Dictionary<string, byte[]> files,
        Dictionary<string, SignedArtifact> signed,
        Dictionary<string, int> explained,
        StringBuilder output,
        List<string> tokens,
        Func<string, bool> allowed
    )
    {
        faults.Allowed = allowed;
        using var context = Rig.Context(kind);
        Signer? signer = null;
        for (var attempt = 0; signer is null; attempt++)
        {
            // A certificate with something wrong ends the run before it began; a person runs it again.
            var raw = Rig.Services.MintGitLabToken(new() { ["expires_in"] = 36_000L });
            tokens.Add(raw);
            try
            {
                signer = await context.CreateSignerAsync(IdentityToken.Parse(raw), Cancellation);
            }
            catch (SigningException e) when (attempt < 10)
            {
                output.AppendLine(e.ToString());
            }
        }

        await using (signer)
        {
            List<string> missing = [];
            var digests = files.Keys.ToList();
            var results = await new SigningBatch(1).RunAsync(
                [.. digests.Select(digest => Artifact.FromBytes(files[digest]))],
                signer.SignAsync,
                Cancellation
            );
            foreach (var (digest, result) in digests.Zip(results))
            {
                output.AppendLine(result.Failure?.ToString()).AppendJoin('\n', result.Signature?.Remarks ?? []);
                explained[digest] +=
                    result.Signature?.Remarks.Count
                    ?? (
                        ((SigningException)result.Failure!).Reason
                            is SigningFailure.NotBegun
                                or SigningFailure.TimestampWrong
                                or SigningFailure.TimestampRefused
                            ? 0
                            : 1
                    ) + (result.Failure.Message.Contains("another one was made", StringComparison.Ordinal) ? 1 : 0);
                if (result.Signature is { } signature)
                {
                    signed.Add(digest, signature);
                }
                else
                {
                    missing.Add(digest);
                }
            }

            return missing;
        }
    }

    /// <summary>Asks the sandbox for a fault before every fifth call, and counts which entries reach its logs.</summary>
    private sealed class FaultySandbox
    {
        private readonly SandboxRig _rig;
        private readonly Random _random;
        private readonly Dictionary<string, int> _entries = [];

        public FaultySandbox(SandboxRig rig, int seed)
        {
            _rig = rig;
            _random = new Random(seed);
            rig.Intercept = CallAsync;
        }

        public Func<string, bool> Allowed { get; set; } = static _ => true;

        public HashSet<string> Played { get; } = [];

        public int EntriesOf(string digest) => _entries.GetValueOrDefault(digest);

        private async Task<HttpResponseMessage> CallAsync(HttpRequestMessage request, Func<Task<HttpResponseMessage>> next)
        {
            var services = _rig.Services;
            if (SandboxService.Of(request.RequestUri!.AbsolutePath) is { } service && _random.NextDouble() < Share)
            {
                var kinds = FaultCatalog
                    .Kinds[service]
                    .Keys.Concat(FaultCatalog.Common.Keys)
                    .Where(Allowed)
                    .Order(StringComparer.Ordinal)
                    .ToList();
                var kind = kinds[_random.Next(kinds.Count)];
                int[] statuses = [429, 500, 502, 503, 504];
                Played.Add($"{service} {kind}");
                services.Faults.Add(new Fault(service, kind, 1, statuses[_random.Next(statuses.Length)], 1));
            }

            var body = request.Content is { } content ? await content.ReadAsByteArrayAsync(Cancellation) : [];
            if (body.Length > 0)
            {
                // Read once for the count; the sandbox gets a copy.
                var copy = new ByteArrayContent(body);
                copy.Headers.ContentType = request.Content!.Headers.ContentType;
                request.Content = copy;
            }

            var before = services.RekorV1.Size + services.RekorV2.Size;
            try
            {
                return await next();
            }
            catch (Exception e) when (e is not HttpRequestException && !Cancellation.IsCancellationRequested)
            {
                // In memory, a broken connection looks otherwise than on a wire.
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.", e);
            }
            finally
            {
                services.Faults.Clear();
                if (services.RekorV1.Size + services.RekorV2.Size > before)
                {
                    var digest = Digest(body);
                    _entries[digest] = EntriesOf(digest) + 1;
                }
            }
        }

        private static string Digest(byte[] body)
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("hashedRekordRequestV002", out var v2)
                ? Convert.ToHexStringLower(v2.GetProperty("digest").GetBytesFromBase64())
                : document.RootElement.GetProperty("spec").GetProperty("data").GetProperty("hash").GetProperty("value").GetString()!;
        }
    }
}
