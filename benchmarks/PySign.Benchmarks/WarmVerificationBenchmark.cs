using System.Diagnostics;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Benchmarks;

/// <summary>One bundle parsed and verified, beside the bare signatures that it stands on; with the signer's certificate seen before, and
/// with a new one, whose key both sides read first.</summary>
internal static class WarmVerificationBenchmark
{
    private const int Rounds = 400;

    public static async Task RunAsync()
    {
        var content = "an artifact"u8.ToArray();
        var sample = await SignedSample.Of(Artifact.FromBytes(content));
        var root = TrustedRoot.Parse(sample.TrustedRootJson);
        var verifier = new SigstoreVerifier(root);
        var policy = VerificationPolicy.Exact(sample.Identity, sample.Issuer);
        using var bare = new BareSignatures(Bundle.Parse(sample.BundleJson), root, content);
        void Seen() => verifier.Verify(Bundle.Parse(sample.BundleJson), Artifact.FromBytes(content), policy);
        void New() => new SigstoreVerifier(root).Verify(Bundle.Parse(sample.BundleJson), Artifact.FromBytes(content), policy);
        Action[] sides = [Seen, bare.Run, New, bare.RunWithNewKey];
        var times = Array.ConvertAll(sides, _ => new List<double>(Rounds));
        for (var i = 0; i < 2 * Rounds; i++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                // The first half of the rounds makes everything warm.
                var time = Time(sides[side]);
                if (i >= Rounds)
                {
                    times[side].Add(time);
                }
            }
        }

        var (seen, signatures, anew, withKey) = (Usual(times[0]), Usual(times[1]), Usual(times[2]), Usual(times[3]));
        Say("warm verification", seen, $"its {bare.Count} signatures alone", signatures, Seen);
        Say("  a new certificate", anew, "signatures and its key read", withKey, New);
        Console.WriteLine(
            $"  that is {anew / signatures:0.00} times the signatures alone; parsing the bundle allocates "
                + $"{Allocated(() => Bundle.Parse(sample.BundleJson)):0.0} KiB (goal of a warm verification: 24)"
        );
    }

    private static void Say(string what, double time, string yardstick, double bare, Action action) =>
        Console.WriteLine(
            $"{what, -22} {time:0.000} ms, {yardstick} {bare:0.000} ms: {time / bare:0.00} times (goal: 1.2); "
                + $"{Allocated(action):0.0} KiB allocated"
        );

    private static double Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1024.0;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The time that a quarter of the rounds stays below: what else the machine does weighs less in it than in the
    /// median.</summary>
    private static double Usual(List<double> values) => values.Order().ElementAt(values.Count / 4);
}
