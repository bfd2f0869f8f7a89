using System.Text.RegularExpressions;
using Cake.PySign.Consume;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Interop.Tests.Peers;
using IoPath = System.IO.Path;

namespace PySign.Interop.Tests.Releases;

/// <summary>The commands that a release writes for people without Cake are run as they are printed, by a shell, in an empty
/// folder.</summary>
public sealed partial class VerificationNotesTests(RunningSandbox sandbox) : IClassFixture<RunningSandbox>
{
    private static readonly (string Section, string Cosign)[] _cosigns =
    [
        ("cosign 3", "cosign-3"),
        ("cosign 2", "cosign-2"),
        ("cosign 2 with signature and certificate", "cosign-2"),
        ("Which files there are, cosign 3", "cosign-3"),
        ("Which files there are, cosign 2", "cosign-2"),
    ];

    [Fact]
    public async Task What_a_release_prints_for_people_without_Cake_verifies_it_and_refuses_a_changed_file()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/bin/bash") && File.Exists("/usr/bin/curl"),
            "NOT RUN: the commands are for bash with curl."
        );
        _ = (Peer.Cosign2, Peer.Cosign3);
        await RequiredPython.Importing("twine", "pip");
        using var jobs = await ReleaseJobs.CreateAsync(sandbox.Sandbox, "public");
        jobs.PlayBuild();
        await jobs.RunAllAsync(ReleaseStage.Sign, ReleaseStage.Verify, ReleaseStage.PublishSignatures, ReleaseStage.Publish);
        var notes = await File.ReadAllTextAsync(jobs.Dist.File(VerificationNotes.FileName).FullPath, TestContext.Current.CancellationToken);
        var sections = Sections()
            .Matches(notes)
            .ToDictionary(match => match.Groups["title"].Value, match => match.Groups["commands"].Value);
        Assert.Equal(
            [
                "Download",
                "cosign 3",
                "cosign 2",
                "cosign 2 with signature and certificate",
                "sigstore for Python",
                "Which files there are, cosign 3",
                "Which files there are, cosign 2",
                "See the list",
                "From which commit, cosign 3",
                "Install exactly these bytes",
            ],
            sections.Keys
        );

        var folder = jobs.Folder.Folder("stranger").FullPath;
        Directory.CreateDirectory(folder);
        (await Shell(folder, sections["Download"], "cosign-3")).MustSucceed();
        var distributions = jobs.Dist.ReadSigned().Files.Select(file => IoPath.Combine(folder, file.Name)).ToList();
        Assert.Equal(2, distributions.Count);
        Assert.All(
            distributions,
            file => Assert.Equal(File.ReadAllBytes(jobs.Dist.File(IoPath.GetFileName(file)).FullPath), File.ReadAllBytes(file))
        );
        foreach (var name in new[] { "trusted_root.json", "fulcio.pem", "ctfe.pub", "rekor.pub" })
        {
            File.Copy(IoPath.Combine(IoPath.GetDirectoryName(sandbox.TrustedRoot)!, name), IoPath.Combine(folder, name));
        }

        foreach (var (section, cosign) in _cosigns)
        {
            Assert.Equal(distributions.Count, sections[section].Trim().Split('\n').Length);
            (await Shell(folder, sections[section], cosign)).MustSucceed();
        }

        var list = await Shell(folder, sections["See the list"], "cosign-3");
        list.MustSucceed();
        Assert.Equal(
            distributions.Select(file => $"{IoPath.GetFileName(file)}: OK").Prepend("pkg:pypi/hello-pysign@1.0.0"),
            list.Output.Trim().Split('\n')
        );

        var built = await Shell(folder, sections["From which commit, cosign 3"], "cosign-3");
        built.MustSucceed();
        Assert.Contains("\"gitCommit\": \"", built.Output, StringComparison.Ordinal);

        (await Shell(folder, sections["Install exactly these bytes"], "cosign-3")).MustSucceed();
        Assert.True(Directory.Exists(IoPath.Combine(folder, "installed", "hello_pysign-1.0.0.dist-info")), notes);

        var verified = await VerifyRelease(notes, folder);
        Assert.Equal(
            distributions.Select(IoPath.GetFileName).Order(StringComparer.Ordinal),
            verified.Files.Select(file => file.Path.GetFilename().FullPath)
        );

        foreach (var file in distributions)
        {
            await File.AppendAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        }

        foreach (var (section, cosign) in _cosigns)
        {
            foreach (var command in sections[section].Trim().Split('\n'))
            {
                (await Shell(folder, command, cosign)).MustRefuse(
                    command.Contains("attestation", StringComparison.Ordinal) ? "digest" : "signature"
                );
            }
        }

        var provenance = sections["From which commit, cosign 3"].Trim().Split('\n');
        foreach (var command in provenance.Take(distributions.Count))
        {
            (await Shell(folder, command, "cosign-3")).MustRefuse("digest");
        }

        // The list knows a file that is not there, which no other of the commands misses.
        File.Delete(distributions[0]);
        (await Shell(folder, sections["See the list"], "cosign-3")).MustRefuse("No such file");
    }

    /// <summary>The call that is printed, with the policy that is printed; its settings are read back and not compiled.</summary>
    private async Task<VerifiedRelease> VerifyRelease(string notes, string folder)
    {
        await File.WriteAllTextAsync(
            IoPath.Combine(folder, "pysign-policy.toml"),
            Policy().Match(notes).Groups["policy"].Value,
            TestContext.Current.CancellationToken
        );
        var settings = Settings()
            .Matches(notes)
            .ToDictionary(
                match => $"{match.Groups["of"].Value}.{match.Groups["name"].Value}".TrimStart('.'),
                match => match.Groups["value"].Value
            );
        Assert.Equal(
            ["Index.Url", "Name", "OutputDirectory", "PolicyFile", "Store.Url", "Trust.TrustedRoot", "Version"],
            settings.Keys.Order(StringComparer.Ordinal)
        );
        return await sandbox.Rig.Context.VerifyRelease(
            new VerifyReleaseSettings
            {
                Name = settings["Name"],
                Version = settings["Version"],
                Index = { Url = new Uri(settings["Index.Url"]) },
                Store = { Url = new Uri(settings["Store.Url"]) },
                Trust = { TrustedRoot = IoPath.Combine(folder, settings["Trust.TrustedRoot"]) },
                PolicyFile = IoPath.Combine(folder, settings["PolicyFile"]),
                OutputDirectory = IoPath.Combine(folder, settings["OutputDirectory"]),
            },
            TestContext.Current.CancellationToken
        );
    }

    /// <summary>A shell in which cosign and python are the programs of this test, and pip installs into the folder.</summary>
    private static Task<PeerResult> Shell(string folder, string commands, string cosign)
    {
        var programs = IoPath.Combine(folder, "programs-" + cosign);
        if (!Directory.Exists(programs))
        {
            Directory.CreateDirectory(programs);
            File.CreateSymbolicLink(IoPath.Combine(programs, "cosign"), IoPath.Combine(Peer.Folder, cosign));
            File.CreateSymbolicLink(IoPath.Combine(programs, "python"), SystemPython.Path);
        }

        return Peer.RunProgram(
            "/bin/bash",
            ["-e", "-c", commands],
            new Dictionary<string, string>
            {
                ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
                ["HOME"] = folder,
                ["PIP_TARGET"] = IoPath.Combine(folder, "installed"),
                ["PIP_NO_CACHE_DIR"] = "1",
                ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
                ["no_proxy"] = "127.0.0.1",
            },
            folder
        );
    }

    [GeneratedRegex(
        "^## (?<title>[^\n]+)\n.*?^```sh\n(?<commands>.*?)^```$",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Sections();

    [GeneratedRegex("^```toml\n(?<policy>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Policy();

    [GeneratedRegex(
        "^    (?:(?<of>Index|Store|Trust) = { )?(?<name>[A-Za-z]+) = (new Uri\\()?\"(?<value>[^\"]*)\"\\)?(?: })?,$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Settings();
}
