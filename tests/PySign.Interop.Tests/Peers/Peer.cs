using System.Diagnostics;

namespace PySign.Interop.Tests.Peers;

/// <summary>
/// A real program that nobody of this project wrote. Looked for in the folder that PYSIGN_PEERS names, then in .tools/peers/bin,
/// where eng/peers.sh puts them; a test that needs an absent one is skipped and says so.
/// </summary>
internal sealed class Peer
{
    private readonly string _path;

    private Peer(string path) => _path = path;

    public string Name => Path.GetFileName(_path);

    public static Peer Cosign2 => Require("cosign-2");

    public static Peer Cosign3 => Require("cosign-3");

    public static Peer SigstoreGo => Require("sigstore-go-verification");

    public static Peer SigstoreGoSigning => Require("sigstore-go-signing");

    public static string Projects => Path.Combine(RepositoryRoot.Path, ".tools", "peers", "projects");

    /// <summary>The source tree of a real project, or null: beside the programs, or where eng/peers.sh puts it.</summary>
    public static string? ProjectSource(string name) =>
        new[]
        {
            Path.Combine(Folder, "..", "..", "projects", "src", name),
            Path.Combine(Folder, "..", "projects", name),
            Path.Combine(Projects, name),
        }.FirstOrDefault(Directory.Exists);

    public static string Folder =>
        Environment.GetEnvironmentVariable("PYSIGN_PEERS") ?? Path.Combine(RepositoryRoot.Path, ".tools", "peers", "bin");

    public static Peer Require(string name)
    {
        var path = Path.Combine(Folder, name);
        if (!File.Exists(path))
        {
            Assert.Skip($"NOT RUN: the real {name} is absent ({path}); eng/peers.sh brings it.");
        }

        return new Peer(path);
    }

    /// <summary>Runs the program to its end.</summary>
    /// <param name="arguments">Its arguments, each passed as it is.</param>
    /// <param name="environment">Variables added to a small, fixed environment: nothing of this machine's CI reaches the peer.</param>
    public Task<PeerResult> Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        RunProgram(_path, arguments, environment);

    public static async Task<PeerResult> RunProgram(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null
    )
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment["HOME"] = Path.GetTempPath();
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new PeerResult(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>How a peer ended.</summary>
internal sealed record PeerResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Success, or the line that says what was wrong: cosign and sigstore-go write more than that.</summary>
    public Verdict Verdict
    {
        get
        {
            if (ExitCode == 0)
            {
                return Verdict.Yes;
            }

            var lines = (Output + "\n" + Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return Verdict.No(
                Array.Find(lines, static line => line.StartsWith("panic:", StringComparison.Ordinal))
                    ?? Array.Find(lines, static line => line.StartsWith("Error:", StringComparison.Ordinal))?["Error:".Length..]
                    ?? lines.LastOrDefault()
                    ?? $"exit code {ExitCode}"
            );
        }
    }

    public string All => $"exit code {ExitCode}\n{Output}\n{Errors}";

    public void MustSucceed() => Assert.True(ExitCode == 0, All);

    public void MustExit(int code, string reason)
    {
        Assert.True(ExitCode == code, All);
        Assert.Contains(reason, Output + Errors, StringComparison.OrdinalIgnoreCase);
    }

    public void MustRefuse(string reason)
    {
        Assert.True(ExitCode != 0, All);
        Assert.Contains(reason, Output + Errors, StringComparison.OrdinalIgnoreCase);
    }
}
