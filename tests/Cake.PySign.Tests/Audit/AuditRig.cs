using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.PySign.Audit;
using Cake.PySign.Common.Signatures;
using Cake.PySign.Tests.Rig;
using PySign.Formats;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;
using PySign.Sandbox.Registries.PyPi;
using PySign.Sandbox.Trust;
using PySign.Sigstore.Identity;
using PySign.Sigstore.Signing;
using PySign.Sigstore.Trust;

namespace Cake.PySign.Tests.Audit;

/// <summary>A release of a package as an index has it: its files, and those of them that are attested.</summary>
internal sealed record PlantedRelease(string Name, string Version, string? Repository = null, string Workflow = "release.yml")
{
    /// <summary>How many of the files, sdist first, are attested.</summary>
    public int Attested { get; init; } = 2;

    /// <summary>When it was uploaded.</summary>
    public DateTimeOffset At { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Index { get; init; } = "";

    public IReadOnlyList<string> Files =>
        [$"{Name.Replace('-', '_')}-{Version}.tar.gz", $"{Name.Replace('-', '_')}-{Version}-py3-none-any.whl"];

    public static Sha256Digest Sha256(string fileName) => Sha256Digest.Of(Encoding.UTF8.GetBytes(fileName));
}

/// <summary>The sandbox's PyPI with packages that were never built: real attestations, by real certificates, over their digests.</summary>
internal sealed class AuditRig : IAsyncDisposable
{
    private AuditRig(CakeRig cake, SandboxServer server)
    {
        Cake = cake;
        Server = server;
        Cake.Folder.Write("trusted_root.json", server.Services.TrustedRootJson());
    }

    public CakeRig Cake { get; }

    public SandboxServer Server { get; }

    public PyPiIndex Index => Server.Services.PyPi;

    public Uri IndexUrl => new(Server.BaseUrl, "/simple");

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public string Issuer => $"{Server.Services.BaseUrl}/github-oidc";

    public static async Task<AuditRig> StartAsync()
    {
        var cake = new CakeRig();
        return new AuditRig(cake, await SandboxServer.StartAsync(cake.Folder));
    }

    public PyAuditDependenciesSettings Settings() =>
        new()
        {
            Index = { Url = IndexUrl },
            Trust = { TrustedRoot = Cake.Folder.File("trusted_root.json") },
            CertificateOidcIssuer = Issuer,
            CacheDirectory = Cake.Folder.Folder("cache"),
            ReportDirectory = Cake.Folder.Folder("audit"),
        };

    /// <summary>Puts releases into the index, each attested by the workflow of its repository.</summary>
    public async Task PlantAsync(params IEnumerable<PlantedRelease> releases)
    {
        foreach (var same in releases.GroupBy(release => (release.Repository, release.Workflow)))
        {
            var attested = same.Key.Repository is null ? [] : same.SelectMany(release => release.Files.Take(release.Attested)).ToList();
            var attestations = attested.Count == 0 ? [] : await SignAsync(same.Key.Repository!, same.Key.Workflow, attested);
            foreach (var release in same)
            {
                foreach (var file in release.Files)
                {
                    Index.Plant(
                        file,
                        (release.Name, release.Version),
                        PlantedRelease.Sha256(file),
                        release.At,
                        attestations.TryGetValue(file, out var attestation)
                            ? Provenance(same.Key.Repository!, same.Key.Workflow, attestation)
                            : null
                    );
                }
            }
        }
    }

    /// <summary>Attestations of files that one workflow published.</summary>
    public async Task<Dictionary<string, string>> SignAsync(
        string repository,
        string workflow,
        IReadOnlyList<string> fileNames,
        Func<string, InTotoStatement>? statement = null,
        JsonObject? claims = null
    )
    {
        claims ??= [];
        claims["repository"] = repository;
        claims["workflow_ref"] = $"{repository}/.github/workflows/{workflow}@refs/tags/v1.0.0";
        var services = SigningConfig
            .Parse(Encoding.UTF8.GetBytes(Server.Services.SigningConfigJson(SigningConfigKind.RekorV1)))
            .SelectWithRekorV1(DateTimeOffset.UtcNow);
        using var context = new SigningContext(
            services with
            {
                TimestampAuthorities = [],
            },
            TrustedRoot.Parse(Encoding.UTF8.GetBytes(Server.Services.TrustedRootJson()))
        );
        await using var signer = await context.CreateSignerAsync(IdentityToken.Parse(Server.Services.MintGitHubToken(claims)));
        var signed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in fileNames)
        {
            var said =
                statement?.Invoke(name) ?? AttestationStatement.Publish(DistributionFileName.Parse(name), PlantedRelease.Sha256(name));
            var artifact = await signer.SignStatementAsync(said);
            signed[name] = AttestationConversion.FromBundle(artifact.Bundle).ToJson();
        }

        return signed;
    }

    /// <summary>A provenance object as PyPI serves it.</summary>
    public static JsonElement Provenance(string repository, string workflow, params string[] attestations) =>
        JsonSerializer.SerializeToElement(
            new JsonObject
            {
                ["version"] = 1,
                ["attestation_bundles"] = new JsonArray(
                    new JsonObject
                    {
                        ["publisher"] = new JsonObject
                        {
                            ["kind"] = "GitHub",
                            ["repository"] = repository,
                            ["workflow"] = workflow,
                            ["environment"] = null,
                            ["claims"] = null,
                        },
                        ["attestations"] = new JsonArray([.. attestations.Select(attestation => JsonNode.Parse(attestation))]),
                    }
                ),
            }
        );

    /// <summary>A pylock.toml of releases.</summary>
    public static string Lock(params IEnumerable<PlantedRelease> releases)
    {
        var text = new StringBuilder("lock-version = \"1.0\"\ncreated-by = \"test\"\n");
        foreach (var release in releases)
        {
            text.Append($"\n[[packages]]\nname = \"{release.Name}\"\nversion = \"{release.Version}\"\n");
            text.Append(release.Index.Length > 0 ? $"index = \"{release.Index}\"\n" : "");
            text.Append($"sdist = {File(release.Files[0])}\nwheels = [{File(release.Files[1])}]\n");
        }

        return text.ToString();

        static string File(string name) =>
            $"{{ name = \"{name}\", url = \"https://files.example/{name}\", hashes = {{ sha256 = \"{PlantedRelease.Sha256(name)}\" }} }}";
    }

    public Task<AuditReport> AuditAsync(string lockText, PyAuditDependenciesSettings? settings = null, string name = "pylock.toml") =>
        AuditAsync(settings ?? Settings(), Cake.Folder.Write(name, lockText).FullPath);

    public async Task<AuditReport> AuditAsync(PyAuditDependenciesSettings settings, params string[] locks)
    {
        var audit = Audit();
        var report = await audit.RunAsync(
            locks.Select(path => new global::Cake.Core.IO.FilePath(path)),
            settings,
            TestContext.Current.CancellationToken
        );
        Requests = audit.Requests;
        return report;
    }

    /// <summary>How many requests the last audit sent.</summary>
    public int Requests { get; private set; }

    public DependencyAudit Audit() => new(Services());

    public AuditServices Services() => new(Cake.Services(Handler, Time));

    /// <summary>Answers instead of the sandbox; null for real connections.</summary>
    public HttpMessageHandler? Handler { get; set; }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Cake.Dispose();
    }
}

/// <summary>One sandbox for the tests of a class, which run one after the other; nothing of one is left for the next.</summary>
public sealed class SharedAuditRig : IAsyncLifetime
{
    internal AuditRig Rig { get; private set; } = null!;

    /// <summary>An attestation that every test needs, signed once.</summary>
    internal string? Attestation { get; set; }

    public async ValueTask InitializeAsync() => Rig = await AuditRig.StartAsync();

    public ValueTask DisposeAsync() => Rig.DisposeAsync();

    internal void Clear()
    {
        Rig.Index.Reset();
        Rig.Handler = null;
        foreach (var folder in new[] { "cache", "audit" }.Select(name => Rig.Cake.Folder.Folder(name).FullPath).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(Rig.Cake.Folder.File("pysign-dependencies.toml").FullPath);
    }
}
