using System.Diagnostics;
using Cake.PySign.Build;
using Cake.PySign.Tests.Rig;
using PySign.Packaging.Distributions;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>
/// What PyBuild builds is what <c>python -m build</c> builds of the same tree: the same version, the same members, whatever PyBuild
/// injects. A few projects in the usual run; all of them with PYSIGN_GENERATED_PROJECTS=all.
/// </summary>
public sealed class PlainBuildTests : IDisposable
{
    private static readonly string[] _usual =
    [
        "setuptools-scm: link to the license",
        "setuptools: untracked leftovers",
        "hatchling: second package called consumer",
        "flit: path is a link",
    ];

    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static IEnumerable<TheoryDataRow<string, string>> Projects() =>
        GeneratedProjects
            .BackEnds.Keys.SelectMany(
                _ => GeneratedProjects.Layouts,
                (backEnd, layout) => new TheoryDataRow<string, string>(backEnd, layout)
            )
            .Where(row =>
                Environment.GetEnvironmentVariable("PYSIGN_GENERATED_PROJECTS") == "all"
                || _usual.Contains($"{row.Data.Item1}: {row.Data.Item2}", StringComparer.Ordinal)
            );

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_same_version_and_the_same_members(string backEnd, string layout)
    {
        SystemPython.Require($"build.__main__, twine.__main__, {GeneratedProjects.BackEnds[backEnd]}");
        var project = GeneratedProjects.Write(_rig.Folder, backEnd, layout);
        var settings = new PyBuildSettings
        {
            Python = SystemPython.Path,
            Isolation = BuildIsolation.None,
            OutputDirectory = "ours",
            Homepage = backEnd == "poetry" ? null : new Uri("https://example.org/hello"),
        };
        var before = _rig.Folder.Snapshot("repo");

        // These pack the link itself: nobody could unpack the sdist. poetry-core refuses to.
        if (layout == "link to the license" && (backEnd is "hatchling" or "hatch-vcs" or "pdm" or "poetry"))
        {
            var e = Assert.Throws<PySignException>(() => _rig.Context.PyBuild(project, settings, TestContext.Current.CancellationToken));
            Assert.Equal(backEnd == "poetry" ? PySignFailure.ToolFailed : PySignFailure.InvalidMetadata, e.Reason);
            return;
        }

        var ours = _rig.Context.PyBuild(project, settings, TestContext.Current.CancellationToken);
        Assert.Equal(before, _rig.Folder.Snapshot("repo"));

        // Afterwards and in place: it leaves what it makes. What is ours is not part of the tree it is asked to build.
        foreach (var own in new[] { "repo/artifacts", "repo/.cake", "repo/tools" }.Select(name => _rig.Folder.Folder(name).FullPath))
        {
            if (Directory.Exists(own))
            {
                Directory.Delete(own, recursive: true);
            }
        }

        var plain = Plain(project);
        Assert.Equal(
            plain.Select(file => IoPath.GetFileName(file)),
            ours.Select(one => one.Path.GetFilename().FullPath).Order(StringComparer.Ordinal)
        );
        foreach (var (file, one) in plain.Zip(ours.OrderBy(one => one.Path.FullPath, StringComparer.Ordinal)))
        {
            Assert.Equal(Distribution.Read(file).Version, one.Version);
            Assert.Equal(Members(file), Members(one.Path.FullPath));
        }
    }

    public static IEnumerable<TheoryDataRow<string>> OddOnes() =>
        OddProjects
            .All.Where(project =>
                Environment.GetEnvironmentVariable("PYSIGN_GENERATED_PROJECTS") is { Length: > 0 } part
                    && (part == "all" || project.Name.Contains(part, StringComparison.Ordinal))
                || project.Name
                    is "scm: write_to in setup.py"
                        or "hatch: hook that makes an artifact"
                        or "names: a tab, packed"
                        or "files: an extension in C"
            )
            .Select(project => new TheoryDataRow<string>(project.Name));

    [Theory]
    [MemberData(nameof(OddOnes))]
    public void An_odd_project_gives_what_a_plain_build_of_it_gives(string name)
    {
        var odd = OddProjects.All.Single(project => project.Name == name);
        SystemPython.Require($"build.__main__, twine.__main__, {odd.Modules}");
        var project = OddProjects.Write(odd, _rig.Folder);

        // Back ends that this machine's Python does not have itself.
        _rig.Environment.Variables["PYTHONPATH"] = Environment.GetEnvironmentVariable("PYTHONPATH");

        // Where temporary files go may have any name.
        _rig.Environment.Variables["TMPDIR"] = _rig.Folder.Folder("tmp of \"one's\" own").FullPath;
        Directory.CreateDirectory(_rig.Environment.Variables["TMPDIR"]!);
        var settings = new PyBuildSettings { Python = SystemPython.Path, Isolation = BuildIsolation.None };
        if (odd.Refused is { } reason)
        {
            var e = Assert.Throws<PySignException>(() => _rig.Context.PyBuild(project, settings, TestContext.Current.CancellationToken));
            Assert.Equal(reason, e.Reason);

            // Of a back end that fails for a reason of its own nothing is known but its words.
            Assert.True(e.Advice is not null || reason == PySignFailure.ToolFailed);
            return;
        }

        if (name == "setuptools: a package called dist")
        {
            settings.OutputDirectory = "ours";
        }

        var ours = _rig.Context.PyBuild(project, settings, TestContext.Current.CancellationToken);
        var mine = ours.ToDictionary(
            one => one.Path.GetFilename().FullPath,
            one => Members(one.Path.FullPath).ToList(),
            StringComparer.Ordinal
        );
        foreach (
            var own in new[] { "artifacts", "tools", "consumer", "test-results", "dist" }.Where(own =>
                !name.EndsWith($"called {own}", StringComparison.Ordinal)
            )
        )
        {
            if (Directory.Exists(IoPath.Combine(project, own)))
            {
                Directory.Delete(IoPath.Combine(project, own), recursive: true);
            }
        }

        foreach (var file in Plain(project))
        {
            Assert.Equal(Members(file), mine[IoPath.GetFileName(file)]);
        }
    }

    private List<string> Plain(string project)
    {
        var output = _rig.Folder.Folder("plain").FullPath;
        var start = new ProcessStartInfo(
            SystemPython.Path,
            ["-m", "build", "--no-isolation", "--skip-dependency-check", "--outdir", output, project]
        )
        {
            WorkingDirectory = _rig.Folder.Path,
        };

        // The date in the version of a changed tree; PyBuild takes the last commit's.
        start.Environment["SOURCE_DATE_EPOCH"] = "1700000000";
        var run = ProgramRun.OfAsync(start, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        Assert.True(run.ExitCode == 0, run.Said);
        return [.. Directory.EnumerateFiles(output).Order(StringComparer.Ordinal)];
    }

    // hatchling takes the pointer file of a submodule or second work tree along; it names a folder of this machine.
    private static IEnumerable<string> Members(string file) =>
        DistributionContents
            .Files(file)
            .Where(name => name != ".git" && !name.EndsWith("/.git", StringComparison.Ordinal))
            // Of a back end in the tree: importing it leaves bytecode, which a plain build packs.
            .Where(name => !name.Contains("__pycache__/", StringComparison.Ordinal))
            // hatchling packs a PKG-INFO of the tree beside its own; a normalized sdist has the one that counts.
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
}
