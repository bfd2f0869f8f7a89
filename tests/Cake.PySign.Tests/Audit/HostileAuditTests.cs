using System.Net;
using System.Text.Json.Nodes;
using Cake.PySign.Audit;
using PySign.Packaging.Attestations;

namespace Cake.PySign.Tests.Audit;

/// <summary>Indexes, mirrors and lock files that lie: nothing of it becomes "attested", and nothing ends the audit of the rest.</summary>
public sealed class HostileAuditTests(SharedAuditRig shared) : IClassFixture<SharedAuditRig>, IAsyncLifetime
{
    private const string ProvenanceUrl = "http://localhost/p";

    private static readonly PlantedRelease _demo = new("demo", "1.0", "acme/demo");

    private readonly HostileAnswers _index = new();
    private AuditRig _rig = null!;
    private string _good = "";

    public async ValueTask InitializeAsync()
    {
        _rig = shared.Rig;
        _good = shared.Attestation ??= (await _rig.SignAsync("acme/demo", "release.yml", [_demo.Files[0]]))[_demo.Files[0]];
        _rig.Handler = _index;
        _index.Page(
            "demo",
            (_demo.Files[0], Sha256, ProvenanceUrl),
            (_demo.Files[1], PlantedRelease.Sha256(_demo.Files[1]), ProvenanceUrl)
        );
        Serve(AuditRig.Provenance("acme/demo", "release.yml", _good).GetRawText());
    }

    public ValueTask DisposeAsync()
    {
        _index.Dispose();
        shared.Clear();
        return ValueTask.CompletedTask;
    }

    private static string Sha256 => PlantedRelease.Sha256(_demo.Files[0]);

    [Fact]
    public async Task What_is_right_is_attested()
    {
        var file = await FileAsync();
        Assert.Equal((AuditState.Attested, "acme/demo"), (file.State, file.Publisher!.Repository));
    }

    [Fact]
    public async Task Provenance_without_end_is_cut_off()
    {
        _index.Answer(
            "/p",
            () =>
            {
                var content = new StreamContent(new EndlessStream(" "));
                content.Headers.ContentType = new(Provenance.MediaType);
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
            }
        );
        await RefusedAsync(AuditReason.ProvenanceTooLarge);
    }

    [Theory]
    [InlineData("text/html", AuditReason.ProvenanceMediaType)]
    [InlineData("application/octet-stream", AuditReason.ProvenanceMediaType)]
    public async Task Another_media_type_is_not_provenance(string type, AuditReason reason)
    {
        _index.Answer("/p", AuditRig.Provenance("acme/demo", "release.yml", _good).GetRawText(), type);
        await RefusedAsync(reason);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"version\":2,\"attestation_bundles\":[]}")]
    [InlineData("{\"version\":1,\"version\":1,\"attestation_bundles\":[]}")]
    [InlineData("not json")]
    public async Task A_document_of_another_form_proves_nothing(string body)
    {
        Serve(body);
        await RefusedAsync(AuditReason.ProvenanceMalformed);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[{\"publisher\":{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"},\"attestations\":[]}]")]
    public async Task Empty_lists_are_no_attestation(string bundles)
    {
        Serve($"{{\"version\":1,\"attestation_bundles\":{bundles}}}");
        var row = Assert.Single((await AuditAsync()).Packages);
        Assert.Equal((AuditState.Unattested, AuditReason.ProvenanceEmpty), (row.Files[0].State, row.Files[0].Reason));

        // None is what enforcement asks about, and of what was attested before it is a loss.
        _rig.Cake.Folder.Write(
            "pysign-dependencies.toml",
            "schema = 1\n[packages.demo]\nmode = \"enforce\"\n"
                + "publisher = { kind = \"GitHub\", repository = \"acme/demo\", workflow = \"release.yml\" }\n"
        );
        row = Assert.Single((await AuditAsync()).Packages);
        Assert.True(row.IsFailure);
        Assert.Equal(AuditChange.AttestationLost, Assert.Single(row.Changes).Change);
    }

    [Theory]
    [InlineData("{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"}", "[{}]")]
    [InlineData("{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"}", "[{\"version\":2}]")]
    [InlineData("{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"}", "[null]")]
    [InlineData("{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"}", "null")]
    [InlineData("{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"}", "{}")]
    [InlineData("{\"kind\":\"GitHub\",\"repository\":\"a/b\",\"workflow\":\"c\"}", null)]
    [InlineData("{\"kind\":\"GitHub\"}", "[{}]")]
    [InlineData("{\"kind\":\"Forgejo\"}", "[{}]")]
    public async Task What_cannot_be_read_is_not_taken_for_nothing(string publisher, string? attestations)
    {
        var list = attestations is null ? "" : $",\"attestations\":{attestations}";
        Serve($"{{\"version\":1,\"attestation_bundles\":[{{\"publisher\":{publisher}{list}}}]}}");
        await RefusedAsync(AuditReason.ProvenanceMalformed);
    }

    [Fact]
    public async Task An_attestation_of_another_file_or_another_package_is_refused()
    {
        var others = await _rig.SignAsync("acme/demo", "release.yml", ["demo-1.1.tar.gz", "other-1.0.tar.gz", _demo.Files[1]]);
        foreach (var other in others.Values)
        {
            Serve(AuditRig.Provenance("acme/demo", "release.yml", other).GetRawText());
            await RefusedAsync(AuditReason.AnotherFile);
        }

        // This very name over other bytes.
        var forged = await _rig.SignAsync(
            "acme/demo",
            "release.yml",
            [_demo.Files[0]],
            name =>
                AttestationStatement.Publish(
                    global::PySign.Packaging.Distributions.DistributionFileName.Parse(name),
                    PlantedRelease.Sha256("x")
                )
        );
        Serve(AuditRig.Provenance("acme/demo", "release.yml", forged[_demo.Files[0]]).GetRawText());
        await RefusedAsync(AuditReason.AnotherFile);
    }

    [Theory]
    [InlineData("acme/dem\u043e", AuditReason.PublisherSuspicious)]
    [InlineData("\u0430cme/demo", AuditReason.PublisherSuspicious)]
    [InlineData("acme/demo\u200b", AuditReason.PublisherSuspicious)]
    [InlineData("acme/demo\n", AuditReason.PublisherSuspicious)]
    [InlineData("acme/Demo", AuditReason.AnotherSigner)]
    [InlineData("acme/other", AuditReason.AnotherSigner)]
    [InlineData("acme/demo/../evil", AuditReason.PublisherUnknown)]
    public async Task A_publisher_who_only_looks_like_the_signer_is_not_believed(string repository, AuditReason reason)
    {
        Serve(AuditRig.Provenance(repository, "release.yml", _good).GetRawText());
        var file = await RefusedAsync(reason);
        Assert.All(file.Explanation!, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public async Task A_publisher_of_an_unknown_kind_is_not_judged_by_guess()
    {
        var document = JsonNode.Parse(AuditRig.Provenance("acme/demo", "release.yml", _good).GetRawText())!;
        document["attestation_bundles"]![0]!["publisher"] = new JsonObject { ["kind"] = "Forgejo", ["claims"] = new JsonObject() };
        Serve(document.ToJsonString());
        await RefusedAsync(AuditReason.PublisherUnknown);
    }

    /// <summary>As everywhere else where attestations are verified: one that is false under the publisher's own name is fatal, wherever it
    /// stands, and one that is there twice is one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whatever_the_index_serves_under_a_publishers_name_must_hold(bool first)
    {
        var document = JsonNode.Parse(AuditRig.Provenance("acme/demo", "release.yml", _good).GetRawText())!;
        var bundles = document["attestation_bundles"]!.AsArray();
        var again = bundles[0]!.DeepClone();
        bundles.Insert(first ? 0 : 1, again);
        Serve(document.ToJsonString());
        Assert.Equal(AuditState.Attested, (await FileAsync()).State);

        var envelope = again["attestations"]![0]!["envelope"]!;
        var signature = Convert.FromBase64String(envelope["signature"]!.GetValue<string>());
        signature[^1] ^= 1;
        envelope["signature"] = Convert.ToBase64String(signature);
        Serve(document.ToJsonString());
        await RefusedAsync(AuditReason.NotProven);
    }

    [Fact]
    public async Task Further_publishers_neither_help_nor_harm()
    {
        var document = JsonNode.Parse(AuditRig.Provenance("acme/demo", "release.yml", _good).GetRawText())!;
        var bundles = document["attestation_bundles"]!.AsArray();
        bundles.Insert(
            0,
            JsonNode.Parse(AuditRig.Provenance("evil/demo", "release.yml", _good).GetRawText())!["attestation_bundles"]![0]!.DeepClone()
        );
        var auditor = await _rig.SignAsync("auditor/checks", "release.yml", [_demo.Files[0]]);
        bundles.Insert(
            0,
            JsonNode.Parse(AuditRig.Provenance("auditor/checks", "release.yml", auditor[_demo.Files[0]]).GetRawText())![
                "attestation_bundles"
            ]![0]!.DeepClone()
        );
        Serve(document.ToJsonString());
        Assert.Equal("auditor/checks", (await FileAsync()).Publisher!.Repository);

        // The expected one is found wherever it stands.
        _rig.Cake.Folder.Write(
            "pysign-dependencies.toml",
            "schema = 1\n[packages.demo]\npublisher = { kind = \"GitHub\", repository = \"acme/demo\", workflow = \"release.yml\" }\n"
        );
        Assert.Equal("acme/demo", (await FileAsync()).Publisher!.Repository);
    }

    [Theory]
    [InlineData("http://example.org/p")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@example.org/p")]
    [InlineData("javascript:alert(1)")]
    public async Task A_link_that_leads_elsewhere_is_not_followed(string link)
    {
        _index.Page("demo", (_demo.Files[0], Sha256, link), (_demo.Files[1], PlantedRelease.Sha256(_demo.Files[1]), null));
        var file = await RefusedAsync(AuditReason.ProvenanceLinkUnsafe);
        Assert.DoesNotContain("secret", file.Explanation, StringComparison.Ordinal);
        Assert.DoesNotContain("/p", _index.Asked);
    }

    [Fact]
    public async Task An_index_that_announces_and_does_not_serve_or_serves_other_bytes_is_contradicted()
    {
        _index.Answer("/p", "", "text/plain", HttpStatusCode.NotFound);
        await RefusedAsync(AuditReason.ProvenanceMissing);

        _index.Page("demo", (_demo.Files[0], PlantedRelease.Sha256("other"), ProvenanceUrl));
        Assert.Contains("other bytes", (await RefusedAsync(AuditReason.HashNotServed)).Explanation, StringComparison.Ordinal);

        // The locked bytes, as a file of another project and of another version.
        _index.Page("demo", ("other-1.0.tar.gz", Sha256, ProvenanceUrl), ("demo-2.0.tar.gz", Sha256, ProvenanceUrl));
        await RefusedAsync(AuditReason.HashNotServed);

        // One name, two files.
        _index.Page("demo", (_demo.Files[0], Sha256, ProvenanceUrl), (_demo.Files[0], PlantedRelease.Sha256("other"), null));
        await RefusedAsync(AuditReason.IndexInconsistent);
    }

    [Theory]
    [InlineData("<html>Please log in</html>", "text/html", 200, AuditState.Unknown, AuditReason.NotAnIndex)]
    [InlineData("{}", "application/vnd.pypi.simple.v1+json", 200, AuditState.Unverifiable, AuditReason.IndexInconsistent)]
    [InlineData("x", "image/png", 200, AuditState.Unknown, AuditReason.NotAnIndex)]
    [InlineData("no", "text/plain", 404, AuditState.Unverifiable, AuditReason.NotInIndex)]
    [InlineData("no", "text/plain", 403, AuditState.Unknown, AuditReason.Forbidden)]
    [InlineData("no", "text/plain", 400, AuditState.Unknown, AuditReason.ServerError)]
    public async Task What_is_no_answer_is_not_taken_for_one(string body, string type, int status, AuditState state, AuditReason reason)
    {
        _index.Answer("/simple/demo/", body, type, (HttpStatusCode)status);
        var row = Assert.Single((await AuditAsync()).Packages);
        Assert.Equal((state, reason), (row.State, row.Reason));
        Assert.Empty(row.Changes);
    }

    [Fact]
    public async Task A_redirect_to_another_index_is_not_followed()
    {
        _index.Answer(
            "/simple/demo/",
            () => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("https://pypi.org/simple/demo/") } }
        );
        var row = Assert.Single((await AuditAsync()).Packages);
        Assert.Equal((AuditState.Unknown, AuditReason.Redirected), (row.State, row.Reason));
    }

    [Fact]
    public async Task An_index_that_changes_its_answer_between_two_runs_is_asked_again()
    {
        Assert.Equal(AuditState.Attested, (await FileAsync()).State);
        _index.Page("demo", (_demo.Files[0], Sha256, null), (_demo.Files[1], PlantedRelease.Sha256(_demo.Files[1]), null));
        Assert.Equal(AuditState.Unattested, (await FileAsync()).State);
    }

    [Fact]
    public async Task What_was_kept_is_verified_again_and_what_was_tampered_with_is_not_there()
    {
        Assert.Equal(AuditState.Attested, (await FileAsync()).State);
        foreach (var blob in Directory.EnumerateFiles(_rig.Cake.Folder.Folder("cache/sha256").FullPath, "*", SearchOption.AllDirectories))
        {
            File.WriteAllText(blob, File.ReadAllText(blob).Replace("acme", "evil", StringComparison.Ordinal));
        }

        Assert.Equal("acme/demo", (await FileAsync()).Publisher!.Repository);
    }

    [Fact]
    public async Task Foreign_text_reaches_no_report_as_it_is()
    {
        _index.Page("demo", (_demo.Files[0], Sha256, "https://evil/\u202e<script>alert(1)</script>\r\n::error::x"));
        await AuditAsync();
        foreach (var report in Directory.EnumerateFiles(_rig.Cake.Folder.Folder("audit").FullPath))
        {
            var text = await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\u202e", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\n::error", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_hostile_lock_file_is_refused_or_a_row_and_reads_nothing_of_the_machine()
    {
        var e = await Assert.ThrowsAsync<PySignException>(() => _rig.AuditAsync("-r ../../../etc/passwd\n", name: "requirements.txt"));
        Assert.Equal(PySignFailure.InvalidMetadata, e.Reason);
        e = await Assert.ThrowsAsync<PySignException>(() => _rig.AuditAsync("-r https://evil/x.txt\n", name: "requirements.txt"));
        Assert.Equal(PySignFailure.InvalidMetadata, e.Reason);

        var settings = Settings();
        settings.Index.Url = null;
        var text =
            "-i http://169.254.169.254/simple\n"
            + $"demo==1.0 --hash=sha256:{Sha256}\n"
            + "evil @ file:///etc/passwd\nevil2 @ https://u:secret@h/evil-1.0.tar.gz#sha256="
            + Sha256
            + "\n";
        var report = await _rig.AuditAsync(text, settings, "requirements.txt");
        Assert.Equal(["demo IndexNotUsable", "evil Path", "evil2 Url"], report.Packages.Select(row => $"{row.Name} {row.Reason}"));
        Assert.Empty(_index.Asked);
        var json = await File.ReadAllTextAsync(_rig.Cake.Folder.File("audit/audit.json").FullPath, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("secret", json + _rig.Cake.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_spellings_of_one_package_are_one_row()
    {
        var text = $"De_Mo==1.0 --hash=sha256:{Sha256}\nde.mo==1.0.0 --hash=sha256:{PlantedRelease.Sha256("x")}\n";
        _index.Page("de-mo", ("de_mo-1.0.tar.gz", Sha256, null), ("de_mo-1.0-py3-none-any.whl", PlantedRelease.Sha256("x"), null));
        var row = Assert.Single((await _rig.AuditAsync(text, Settings(), "requirements.txt")).Packages);
        Assert.Equal((AuditState.Unattested, 2), (row.State, row.Files.Count));
    }

    private PyAuditDependenciesSettings Settings()
    {
        var settings = _rig.Settings();
        settings.Index.Url = new Uri("http://localhost/simple");
        return settings;
    }

    private void Serve(string body) => _index.Answer("/p", body, Provenance.MediaType);

    private Task<AuditReport> AuditAsync() => _rig.AuditAsync(AuditRig.Lock(_demo), Settings());

    private async Task<AuditedFile> FileAsync() => Assert.Single((await AuditAsync()).Packages).Files[0];

    private async Task<AuditedFile> RefusedAsync(AuditReason reason)
    {
        var row = Assert.Single((await AuditAsync()).Packages);
        var file = row.Files[0];
        Assert.True((AuditState.Unverifiable, reason) == (file.State, file.Reason), $"{file.State} {file.Reason} {file.Explanation}");
        Assert.Equal(AuditState.Unverifiable, row.State);
        return file;
    }
}
