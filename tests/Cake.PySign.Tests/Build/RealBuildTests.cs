using Cake.PySign.Build;
using Cake.PySign.Common;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>Real Python, real back ends.</summary>
public sealed class RealBuildTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_sample_is_built_as_asked_and_its_tree_stays_as_it_was()
    {
        SystemPython.Require("build.__main__, setuptools, wheel, flit_core, poetry.core");
        CopyTree(IoPath.Combine(RepositoryRoot.Path, "samples", "hello-pysign"), _rig.Folder.Folder("sample").FullPath);
        _rig.Environment.Variables["CI_JOB_TOKEN"] = "canary-0123456789";
        var before = _rig.Folder.Snapshot("sample");
        var settings = new PyBuildSettings
        {
            Version = "3.2.1",
            Homepage = new Uri("https://gitlab.example/acme/hello-pysign"),
            OutputDirectory = "out",
            Isolation = BuildIsolation.None,
            Python = SystemPython.Path,
        };
        var built = _rig.Context.PyBuild("sample", settings, TestContext.Current.CancellationToken);
        Assert.Equal([DistributionKind.Sdist, DistributionKind.Wheel], built.Select(b => b.Kind).Order());
        foreach (var one in built)
        {
            var metadata = Distribution.Read(one.Path.FullPath).Metadata;
            Assert.Equal("3.2.1", metadata.Version.Normalized);
            Assert.Contains(
                metadata.ProjectUrls,
                url => url is { NormalizedLabel: "homepage", Url: "https://gitlab.example/acme/hello-pysign" }
            );
            Assert.Contains("@", metadata.AuthorEmail, StringComparison.Ordinal);
            Assert.Equal(FileDigest.Of(one.Path), one.Sha256);
        }

        Assert.Equal(before, _rig.Folder.Snapshot("sample"));
        Assert.DoesNotContain("canary", _rig.Log.Text, StringComparison.Ordinal);
    }

    private static void CopyTree(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var relative = IoPath.GetRelativePath(source, file);
            if (
                relative.StartsWith("dist" + IoPath.DirectorySeparatorChar, StringComparison.Ordinal)
                || new FileInfo(file).LinkTarget is not null
            )
            {
                continue;
            }

            Directory.CreateDirectory(IoPath.GetDirectoryName(IoPath.Combine(target, relative))!);
            File.Copy(file, IoPath.Combine(target, relative));
        }
    }
}
