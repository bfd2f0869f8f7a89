using System.Diagnostics;
using System.Security.Cryptography;
using PySign.Sigstore.Bundles;
using PySign.Sigstore.Trust;
using PySign.Sigstore.Verification;

namespace PySign.Benchmarks;

/// <summary>
/// One bundle parsed and verified, beside the bare cryptography that it needs: the certificate's signature (P-384), and on P-256 the
/// SCT, the signed entry timestamp, the checkpoint, the timestamp and the artifact's signature. The authority's chain is checked once,
/// when the trusted root is read, and the timestamp authority's key is P-384 in neither count.
/// </summary>
internal static class WarmVerificationBenchmark
{
    private const int Rounds = 400;

    public static async Task RunAsync()
    {
        var content = "an artifact"u8.ToArray();
        var sample = await SignedSample.Of(Artifact.FromBytes(content));
        var verifier = new SigstoreVerifier(TrustedRoot.Parse(sample.TrustedRootJson));
        var policy = VerificationPolicy.Exact(sample.Identity, sample.Issuer);
        using var bare = new BareCryptography();
        var root = TrustedRoot.Parse(sample.TrustedRootJson);
        void Ours() => verifier.Verify(Bundle.Parse(sample.BundleJson), Artifact.FromBytes(content), policy);
        void First() => new SigstoreVerifier(root).Verify(Bundle.Parse(sample.BundleJson), Artifact.FromBytes(content), policy);

        for (var i = 0; i < Rounds; i++)
        {
            Ours();
            First();
            bare.Run();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ours();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var (ours, first, theirs) = (new List<double>(Rounds), new List<double>(Rounds), new List<double>(Rounds));
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(Time(Ours));
            first.Add(Time(First));
            theirs.Add(Time(bare.Run));
        }

        var (a, b, c) = (Median(ours), Median(theirs), Median(first));
        Console.WriteLine(
            $"warm verification       {a:0.000} ms, bare cryptography {b:0.000} ms: {a / b:0.00} times (goal: 1.2); a new certificate "
                + $"{c:0.000} ms: {c / b:0.00} times; {allocated / 1024.0:0.0} KiB allocated (goal: 24)"
        );
        Console.WriteLine($"  of which parsing the bundle {Allocated(() => Bundle.Parse(sample.BundleJson)) / 1024.0:0.0} KiB");
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class BareCryptography : IDisposable
    {
        private readonly ECDsa _p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        private readonly ECDsa _p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly byte[] _data = RandomNumberGenerator.GetBytes(900);
        private readonly byte[] _issued;
        private readonly byte[] _signed;

        public BareCryptography()
        {
            _issued = _p384.SignData(_data, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);
            _signed = _p256.SignData(_data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }

        public void Run()
        {
            var valid = _p384.VerifyData(_data, _issued, HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);
            for (var i = 0; i < 5; i++)
            {
                valid &= _p256.VerifyData(_data, _signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            }

            if (!valid)
            {
                throw new CryptographicException("The yardstick itself is broken.");
            }
        }

        public void Dispose()
        {
            _p384.Dispose();
            _p256.Dispose();
        }
    }
}
