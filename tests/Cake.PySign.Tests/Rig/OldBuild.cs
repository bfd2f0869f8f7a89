using Cake.PySign.Recipe;

namespace Cake.PySign.Tests.Rig;

/// <summary>What Debian 12's setuptools makes of a name with capitals, and a wheel with native code that nobody repaired.</summary>
internal static class OldBuild
{
    public static void Play(ReleaseJobs jobs)
    {
        jobs.PlayBuild();
        var ledger = jobs.Dist.Store.Read();
        ledger = Rename(jobs, ledger, "hello_pysign-1.0.0.tar.gz", "hello-pysign-1.0.0.tar.gz");
        ledger = Rename(jobs, ledger, "hello_pysign-1.0.0-py3-none-any.whl", "hello_pysign-1.0.0-cp311-cp311-linux_x86_64.whl");
        jobs.Dist.Store.Write(ledger);
    }

    private static Ledger Rename(ReleaseJobs jobs, Ledger ledger, string from, string to)
    {
        File.Move(jobs.Dist.File(from).FullPath, jobs.Dist.File(to).FullPath);
        return ledger with
        {
            Files =
            [
                .. ledger
                    .Files.Select(file => file.Name == from ? file with { Name = to } : file)
                    .OrderBy(file => file.Name, StringComparer.Ordinal),
            ],
        };
    }
}
