using System.Text;
using System.Text.Json.Nodes;
using Cake.PySign.Common;
using Cake.PySign.Common.Processes;
using Cake.PySign.Common.Provenance;
using Cake.PySign.Common.Statements;
using Cake.PySign.Consume;
using Cake.PySign.Sandbox;
using Cake.PySign.Sign;
using PySign.Formats;

namespace Cake.PySign.Tests.Rig;

/// <summary>hello-pysign 1.0.0, signed by the tag's pipeline and published in registries of the test's own, in which a test may then play
/// the adversary.</summary>
internal sealed class PublishedRelease : IAsyncDisposable
{
    public const string Wheel = "hello_pysign-1.0.0-py3-none-any.whl";
    public const string Sdist = "hello_pysign-1.0.0.tar.gz";

    public const string Statement = "hello_pysign-1.0.0.release.sigstore.json";

    private readonly Dictionary<string, byte[]> _content = new()
    {
        [Wheel] = SampleDistribution.Wheel(),
        [Sdist] = SampleDistribution.Sdist(),
    };
    private readonly CakeRig _rig;
    private readonly PySignSandbox _sandbox;

    private PublishedRelease(CakeRig rig, PySignSandbox sandbox, GitLabServer server)
    {
        _rig = rig;
        _sandbox = sandbox;
        Server = server;
        Settings = new VerifyReleaseSettings
        {
            Name = "Hello.PySign",
            Version = "1.0.0",
            Index = { Url = server.Simple },
            Store = { Url = server.Generic },
            PolicyFile = rig.Folder.Write("pysign-policy.toml", Policy(sandbox)),
            Trust = { TrustedRoot = sandbox.Info.TrustedRoot },
            OutputDirectory = rig.Folder.Folder("consumer"),
            Network = { StorageRedirects = PySignChoice.Never },
        };
    }

    public GitLabServer Server { get; }

    public VerifyReleaseSettings Settings { get; }

    /// <summary>What was published under each name; a sample is never the same bytes twice.</summary>
    public IReadOnlyDictionary<string, byte[]> Content => _content;

    public static async Task<PublishedRelease> StartAsync(CakeRig rig, SandboxFixture fixture)
    {
        var release = new PublishedRelease(
            rig,
            await fixture.Sandbox,
            await GitLabServer.StartAsync(rig.Folder, options => options with { GenericDuplicates = true })
        );
        foreach (var (name, content) in release.Content)
        {
            await PublishedSample.PostAsync(release.Server, name, content);
            await release.PublishSignatureAsync(name, content);
        }

        await release.PublishStatementAsync(release.Content.Keys);
        return release;
    }

    /// <summary>Signs as a pipeline of the project would, for the tag that is given, and publishes the signature under the file's
    /// name.</summary>
    public async Task PublishSignatureAsync(string name, byte[] content, string tag = "v1.0.0", string project = "acme/hello-pysign")
    {
        var signed = await SignAsync(name, content, tag, project);
        foreach (var part in new[] { signed.Bundle, signed.Signature!, signed.Certificate! })
        {
            await PutAsync(part.GetFilename().FullPath, await File.ReadAllBytesAsync(part.FullPath));
        }
    }

    public async Task<SignedBlob> SignAsync(string name, byte[] content, string tag = "v1.0.0", string project = "acme/hello-pysign")
    {
        var file = _rig.Folder.Write($"signed-{Guid.NewGuid():N}/{name}", content);
        return Assert.Single(
            await _rig.Context.CosignSignBlob(
                [file],
                new CosignSignBlobSettings
                {
                    Signing =
                    {
                        IdToken = await _sandbox.MintGitLabTokenAsync(Claims(tag, project)),
                        SigningConfig = _sandbox.Info.SigningConfig,
                    },
                    Trust = { TrustedRoot = _sandbox.Info.TrustedRoot },
                }
            )
        );
    }

    /// <summary>Signs, as a pipeline of the project would, that these files of <see cref="Content"/> are the release, and publishes
    /// that.</summary>
    public async Task PublishStatementAsync(IEnumerable<string> names)
    {
        var statement = ReleaseStatement.About(names.Select(name => KeyValuePair.Create(name, SampleDistribution.Sha256(Content[name]))));
        await PutAsync(Statement, await SignStatementAsync(statement.ToStatement()));
    }

    /// <summary>A bundle with any statement, signed as a pipeline of the project would for the tag that is given.</summary>
    public async Task<byte[]> SignStatementAsync(InTotoStatement statement, string tag = "v1.0.0", string project = "acme/hello-pysign")
    {
        await using var session = await SessionAsync(tag, project);
        var signer = await session.SignerAsync(default);
        return Encoding.UTF8.GetBytes((await signer.SignStatementAsync(statement)).Bundle.ToJson());
    }

    /// <summary>The bundle with a file's provenance as a pipeline of the project makes it for the tag; a test may lie in its
    /// statement.</summary>
    public async Task<byte[]> ProvenanceAsync(
        string name,
        Action<JsonNode>? lie = null,
        string tag = "v1.0.0",
        string project = "acme/hello-pysign"
    )
    {
        await using var session = await SessionAsync(tag, project);
        var facts = new BuildFacts(new Dictionary<string, string>(), new Dictionary<string, string>());
        var subject = new StatementSubject(name, SampleDistribution.Sha256(Content[name]));
        var statement = JsonNode.Parse(SlsaProvenance.About(subject, session.Claims!, facts).Utf8Json.Span)!;
        lie?.Invoke(statement);
        var signer = await session.SignerAsync(default);
        var signed = await signer.SignStatementAsync(InTotoStatement.Parse(Encoding.UTF8.GetBytes(statement.ToJsonString())));
        return Encoding.UTF8.GetBytes(signed.Bundle.ToJson());
    }

    /// <summary>The same, put where consumers look for it.</summary>
    public async Task PutProvenanceAsync(
        string name,
        Action<JsonNode>? lie = null,
        string tag = "v1.0.0",
        string project = "acme/hello-pysign"
    ) => await PutAsync(name + SignatureNames.Provenance, await ProvenanceAsync(name, lie, tag, project));

    /// <summary>Adds a file to the release before <see cref="PublishStatementAsync"/> or after it.</summary>
    public async Task AddAsync(string name, byte[] content)
    {
        _content[name] = content;
        await PublishedSample.PostAsync(Server, name, content);
        await PublishSignatureAsync(name, content);
    }

    /// <summary>Every file of the test's folder, the registry's and the consumer's included.</summary>
    public IReadOnlyDictionary<string, string> Snapshot() => _rig.Folder.Snapshot();

    /// <summary>Puts a file where the signatures are, as whoever controls the registry could.</summary>
    public async Task PutAsync(string name, byte[] content)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("JOB-TOKEN", GitLabServer.JobToken);
        using var answer = await http.PutAsync($"{Server.Generic}/hello-pysign/1.0.0/{name}", new ByteArrayContent(content));
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
    }

    public void WritePolicy(string text) => _rig.Folder.Write("pysign-policy.toml", text);

    public string PolicyWith(string more) => Policy(_sandbox) + more;

    public string PolicyWithRelease(string release) =>
        $"[release]\n{release}\n\n".Insert(0, "schema = 1\n\n") + Policy(_sandbox)["schema = 1\n".Length..];

    /// <summary>Verifies as a consumer does, without waiting between attempts.</summary>
    public Task<VerifiedRelease> VerifyAsync(IChildProcessRunner? processes = null) =>
        new ReleaseVerifier(_rig.Services(time: new FastTime(), processes: processes)).VerifyAsync(
            Settings,
            TestContext.Current.CancellationToken
        );

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task<SigningSession> SessionAsync(string tag, string project)
    {
        var settings = new CosignSignBlobSettings
        {
            Signing = { IdToken = await _sandbox.MintGitLabTokenAsync(Claims(tag, project)), SigningConfig = _sandbox.Info.SigningConfig },
            Trust = { TrustedRoot = _sandbox.Info.TrustedRoot },
        };
        return await SigningSession.OpenAsync(settings.Request, _rig.Services(), default);
    }

    private static Dictionary<string, object> Claims(string tag, string project) =>
        new()
        {
            ["ref"] = tag,
            ["ref_type"] = "tag",
            ["project_path"] = project,
        };

    private static string Policy(PySignSandbox sandbox) =>
        $$"""
            schema = 1

            [[signers]]
            issuer = "{{sandbox.Info.BaseUrl.AbsoluteUri.TrimEnd('/')}}"
            identity = "https://{{sandbox.Info.BaseUrl.Authority}}/acme/hello-pysign//.gitlab-ci.yml@refs/tags/v{version}"

            """;
}
