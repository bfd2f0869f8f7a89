using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Cake.PySign.Sandbox;
using Cake.PySign.Sign;

namespace PySign.Benchmarks;

/// <summary>Many wheels of one version, told apart by their build numbers, signed once; and projects of the sandbox whose index lists
/// them.</summary>
internal sealed class SignedWheels(string folder, PySignSandbox sandbox) : IDisposable
{
    private const int Payload = 16 << 10;
    private const int Parallel = 4;

    private readonly HttpClient _http = sandbox.CreateControlClient();
    private long _project = 1000;

    public string Folder => folder;

    public int Count { get; private set; }

    public string Identity { get; private set; } = "";

    public string Issuer { get; private set; } = "";

    public string Policy => Path.Combine(folder, "pysign-policy.toml");

    /// <summary>Wheels that are not signed.</summary>
    public IReadOnlyList<string> Make(int count) => [.. Enumerable.Range(1, count).Select(Write)];

    public async Task SignAsync(int count)
    {
        var wheels = Make(count);
        var signed = await new BareContext().CosignSignBlob(
            wheels.Select(wheel => new Cake.Core.IO.FilePath(wheel)),
            new CosignSignBlobSettings
            {
                Signing = { IdToken = await sandbox.MintGitLabTokenAsync(), SigningConfig = sandbox.Info.SigningConfig },
                Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
                WriteSignature = false,
                WriteCertificate = false,
            }
        );
        (Count, Identity, Issuer) = (signed.Count, signed[0].Identity, signed[0].Issuer);
        await File.WriteAllTextAsync(Policy, $"schema = 1\n\n[[signers]]\nissuer = \"{Issuer}\"\nidentity = \"{Identity}\"\n");
    }

    /// <summary>The address of the packages of a new, public project, which has none.</summary>
    public async Task<Uri> ProjectAsync()
    {
        var id = ++_project;
        using var created = await _http.PostAsJsonAsync(
            "/_sandbox/projects",
            new
            {
                id,
                path = $"acme/bench-{id}",
                jobToken = sandbox.JobToken,
                requestForwarding = false,
            }
        );
        created.EnsureSuccessStatusCode();
        return new Uri($"{sandbox.Info.GitLab.ApiUrl.AbsoluteUri.TrimEnd('/')}/projects/{id}/packages");
    }

    /// <summary>The address of the packages of a new, public project whose index has the first so many wheels.</summary>
    public async Task<Uri> ProjectAsync(int count)
    {
        var packages = await ProjectAsync();
        var wheels = Directory.EnumerateFiles(folder, "*.whl").Order(StringComparer.Ordinal).Take(count).ToList();
        await new BareContext().SignReleaseStatement(
            wheels.Select(wheel => new Cake.Core.IO.FilePath(wheel)),
            new SignReleaseStatementSettings
            {
                Signing = { IdToken = await sandbox.MintGitLabTokenAsync(), SigningConfig = sandbox.Info.SigningConfig },
                Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
                OutputDirectory = Statement(folder, count),
            }
        );
        await System.Threading.Tasks.Parallel.ForEachAsync(
            wheels,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel },
            async (wheel, stop) =>
            {
                var bytes = await File.ReadAllBytesAsync(wheel, stop);
                using var form = new MultipartFormDataContent
                {
                    { new StringContent("file_upload"), "\":action\"" },
                    { new StringContent(PublishRound.Package), "name" },
                    { new StringContent(PublishRound.Version), "version" },
                    { new StringContent(Convert.ToHexStringLower(SHA256.HashData(bytes))), "sha256_digest" },
                    { new ByteArrayContent(bytes), "content", Path.GetFileName(wheel) },
                };
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{packages}/pypi") { Content = form };
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic",
                    Convert.ToBase64String(Encoding.UTF8.GetBytes($"gitlab-ci-token:{sandbox.JobToken}"))
                );
                using var answer = await _http.SendAsync(request, stop);
                answer.EnsureSuccessStatusCode();
            }
        );
        return packages;
    }

    /// <summary>The folder with the statement that the first so many wheels are the release.</summary>
    public static string Statement(string folder, int count) => Path.Combine(folder, $"statement-{count}");

    public void Dispose() => _http.Dispose();

    private string Write(int number)
    {
        const string Info = "bench_pysign-1.0.dist-info";
        var path = Path.Combine(folder, $"bench_pysign-1.0-{number:0000}-py3-none-any.whl");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        Add("bench_pysign/data.bin", RandomNumberGenerator.GetBytes(Payload));
        Add($"{Info}/METADATA", "Metadata-Version: 2.1\nName: bench-pysign\nVersion: 1.0\n"u8);
        Add(
            $"{Info}/WHEEL",
            Encoding.UTF8.GetBytes(
                $"Wheel-Version: 1.0\nGenerator: benchmark\nRoot-Is-Purelib: true\nTag: py3-none-any\nBuild: {number:0000}\n"
            )
        );
        Add($"{Info}/RECORD", ""u8);
        return path;

        void Add(string name, ReadOnlySpan<byte> bytes)
        {
            using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            entry.Write(bytes);
        }
    }
}
