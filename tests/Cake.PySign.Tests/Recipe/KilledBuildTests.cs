using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Recipe;
using Cake.PySign.Tests.Rig;
using PySign.Formats;
using PySign.Packaging.Names;

namespace Cake.PySign.Tests.Recipe;

/// <summary>PySign-Build dies at every step of changing the folder between the stages, and is run again.</summary>
public sealed class KilledBuildTests : IDisposable
{
    private readonly CakeRig _rig = new();
    private readonly Dictionary<(string Kind, string Body), byte[]> _made = [];
    private string _body = "print('hello')\n";

    public KilledBuildTests()
    {
        _rig.Folder.Write("project/pyproject.toml", "[project]\nname = \"hello-pysign\"\nversion = \"1.0.0\"\n");
        _rig.Folder.Write("python3", "");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Signatures_of_the_same_bytes_are_there_after_each_step()
    {
        for (var step = 0; ; step++)
        {
            await SignedReleaseAsync();

            // What else may lie there: a signature that belongs to nothing, and what a killed write of the ledger leaves.
            _rig.Folder.Write("dist/old-0.9.tar.gz.sig", "old");
            EarlierOutput.Write(Dist.Path, ProjectName.Parse("hello-pysign"), ["old-0.9.tar.gz"]);
            File.WriteAllText(WholeFile.TemporaryFor(Dist.Store.Path.FullPath), "{");
            var signed = Signatures();
            if (!await DiesAtAsync(step))
            {
                Assert.Equal(2, step);
                Assert.Equal(signed, Signatures());
                Assert.Equal(9, Directory.GetFiles(Dist.Path.FullPath).Length);
                return;
            }

            Assert.Equal(signed, Signatures());
            Assert.False(await DiesAtAsync(int.MaxValue));
            Assert.Equal(signed, Signatures());
        }
    }

    [Fact]
    public async Task A_folder_left_halfway_by_a_build_of_other_bytes_is_no_release_until_it_is_built_again()
    {
        for (var step = 0; ; step++)
        {
            _body = "print('hello')\n";
            await SignedReleaseAsync();
            _body = "print('other')\n";
            if (!await DiesAtAsync(step))
            {
                Assert.True(step > 4, $"only {step} steps");
                Assert.All(Dist.ReadChecked().Files, file => Assert.Null(file.Signature));
                return;
            }

            if (step > 0)
            {
                Assert.Throws<PySignException>(Dist.ReadChecked);
            }

            Assert.False(await DiesAtAsync(int.MaxValue));
            Assert.All(Dist.ReadChecked().Files, file => Assert.Null(file.Signature));
            Assert.Equal(4, Directory.GetFiles(Dist.Path.FullPath).Length);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DistFolder Dist => new(_rig.Folder.Folder("dist"));

    private IReadOnlyList<string> Signatures() =>
        [
            $"{Dist.ReadSigned().Statement!.File.Sha256}",
            .. Dist.ReadSigned()
                .Files.SelectMany(file =>
                    file.Signature!.Files.Select(part => $"{part.Name} {part.Sha256}")
                        .Append($"{file.Name} {file.Sha256} {file.Receipts.Count}")
                ),
        ];

    private async Task SignedReleaseAsync()
    {
        if (Directory.Exists(Dist.Path.FullPath))
        {
            Directory.Delete(Dist.Path.FullPath, recursive: true);
        }

        Assert.False(await DiesAtAsync(int.MaxValue));
        var ledger = Dist.Store.Read();
        Assert.Equal("1.2.3", ledger.Tools!["build"]);
        Dist.Store.Write(
            ledger with
            {
                Files =
                [
                    .. ledger.Files.Select(file =>
                        file with
                        {
                            Signature = new LedgerSignature(
                                "identity",
                                "issuer",
                                [Part(file.Name + ".sigstore.json"), Part(file.Name + ".sig")],
                                []
                            ),
                            Receipts =
                            [
                                new LedgerReceipt(
                                    LedgerDestination.PublishSignatures,
                                    file.Name + ".sig",
                                    "https://gitlab.example/x",
                                    file.Sha256,
                                    DateTimeOffset.UnixEpoch
                                ),
                            ],
                        }
                    ),
                ],
                Statement = new LedgerStatement(Part("hello_pysign-1.0.0.release.sigstore.json"), "identity", "issuer", [], []),
            }
        );
    }

    private LedgerSignatureFile Part(string name)
    {
        var text = "signature " + name;
        _rig.Folder.Write($"dist/{name}", text);
        return new LedgerSignatureFile(name, SampleDistribution.Sha256(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    private async Task<bool> DiesAtAsync(int step)
    {
        var changes = 0;
        var options = new ReleaseOptions
        {
            ProjectDirectory = "project",
            DistDirectory = "dist",
            Python = _rig.Folder.File("python3"),
            Isolation = BuildIsolation.None,
        };
        var builder = new PyBuilder(_rig.Services(processes: new FakeChildProcessRunner(Answer)))
        {
            Changing = _ =>
            {
                if (changes++ == step)
                {
                    throw new Killed();
                }
            },
        };
        try
        {
            await BuildStage.RunAsync(new Release(_rig.Context, options), builder, Token);
            return false;
        }
        catch (Killed)
        {
            return true;
        }
    }

    private ChildProcessResult Answer(ChildProcessStart start)
    {
        if ((FakeChildProcessRunner.Probe(start) ?? FakeChildProcessRunner.Twine(start)) is { } answer)
        {
            return answer;
        }

        if (start.Arguments is ["-c", BuildFrontEnd.Bootstrap, "--outdir", var folder, var kind, ..])
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(
                System.IO.Path.Combine(folder, kind == "--sdist" ? "hello_pysign-1.0.0.tar.gz" : "hello_pysign-1.0.0-py3-none-any.whl"),
                Bytes(kind)
            );
        }

        return FakeChildProcessRunner.Result(0);
    }

    // Made once: an archive carries the moment in which it was made.
    private byte[] Bytes(string kind) =>
        _made.TryGetValue((kind, _body), out var made)
            ? made
            : _made[(kind, _body)] =
                kind == "--sdist" ? SampleDistribution.Sdist(more: ("x.py", _body)) : SampleDistribution.Wheel(body: _body);

    private sealed class Killed : Exception;
}
