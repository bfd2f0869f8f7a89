using System.Diagnostics;
using Cake.Core.IO;
using Cake.PySign;
using Cake.PySign.Tests.Rig;
using Cake.PySign.Verify;
using PySign.Interop.Tests.Peers;

namespace PySign.Interop.Tests.Cosign;

/// <summary>The parts of docs/private-sigstore.md about TUF, mirrors and air gaps, run as they stand there.</summary>
public sealed class PrivateSigstorePageTests(RunningPrivateSandbox sandbox) : IClassFixture<RunningPrivateSandbox>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_pages_script_makes_a_mirror_that_we_and_cosign_believe_and_whose_cache_is_carried_across_a_gap()
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write("mirror.py", await ScriptOfPage()).FullPath;
        var source = sandbox.Sandbox.Info.TufMirror.AbsoluteUri.TrimEnd('/');
        var mirror = folder.Folder("mirror").FullPath;
        (await Peer.RunProgram(SystemPython.Path, ["-I", script, source, mirror])).MustSucceed();
        (await Peer.RunProgram(SystemPython.Path, ["-I", script, source, mirror])).MustSucceed();
        Assert.DoesNotContain(
            Directory.GetFiles(mirror, "*", SearchOption.AllDirectories),
            file => file.EndsWith(".part", StringComparison.Ordinal)
        );

        var file = sandbox.NewFile("demo-1.0.0.tar.gz", "an sdist");
        var signed = await sandbox.Sign(file, "rekor-v1");
        var trust = new TrustSettings { TufRoot = sandbox.Sandbox.Info.TufRoot, TufCacheDirectory = folder.Folder("cache") };
        using (var server = new StaticServer(mirror))
        {
            trust.TufMirror = await server.AddressAsync();
            Assert.Single(await Verify(file, trust));
            if (File.Exists(System.IO.Path.Combine(Peer.Folder, "cosign-3")))
            {
                var home = new Dictionary<string, string> { ["HOME"] = folder.Folder("home").FullPath };
                (
                    await Peer.Cosign3.Run(
                        ["initialize", "--mirror", trust.TufMirror.AbsoluteUri.TrimEnd('/'), "--root", trust.TufRoot.FullPath],
                        home
                    )
                ).MustSucceed();
                string[] who = ["--certificate-identity", RunningSandbox.Identity, "--certificate-oidc-issuer", sandbox.Issuer];
                (await Peer.Cosign3.Run(["verify-blob", "--bundle", signed.Bundle.FullPath, .. who, file], home)).MustSucceed();
            }
        }

        // The server is gone: what was carried across is all there is.
        var across = new TrustSettings
        {
            TufRoot = trust.TufRoot,
            TufMirror = trust.TufMirror,
            TufCacheDirectory = folder.Folder("across"),
        };
        CopyFolder(folder.Folder("cache").FullPath, across.TufCacheDirectory.FullPath);
        across.TufOffline = true;
        Assert.Single(await Verify(file, across));
        across.TufCacheDirectory = folder.Folder("nothing");
        await Assert.ThrowsAsync<PySignException>(() => Verify(file, across));
    }

    private static async Task<string> ScriptOfPage()
    {
        var page = await File.ReadAllTextAsync(System.IO.Path.Combine(RepositoryRoot.Path, "docs", "private-sigstore.md"), Token);
        return page.Split("```python\n")[1].Split("```")[0];
    }

    private Task<IReadOnlyList<VerifiedBlob>> Verify(string file, TrustSettings trust) =>
        sandbox.Rig.Context.VerifyBlob(
            [new FilePath(file)],
            new VerifyBlobSettings
            {
                CertificateIdentity = RunningSandbox.Identity,
                CertificateOidcIssuer = sandbox.Issuer,
                Trust = trust,
            },
            Token
        );

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>The page's way to try a mirror: Python's server of a folder.</summary>
    private sealed class StaticServer : IDisposable
    {
        private readonly Process _process;

        public StaticServer(string folder)
        {
            string[] arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, "0"];
            _process = Process.Start(
                new ProcessStartInfo(SystemPython.Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            _process.ErrorDataReceived += static (_, _) => { };
            _process.BeginErrorReadLine();
        }

        public async Task<Uri> AddressAsync()
        {
            var line = await _process.StandardOutput.ReadLineAsync(Token) ?? throw new InvalidOperationException("no server");
            return new Uri(line[(line.IndexOf('(') + 1)..line.IndexOf(')')]);
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }
    }
}
