using Cake.PySign.Build;
using Cake.PySign.Common.Processes;
using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Build;

/// <summary>What was never committed is not published without a word, whatever folder a configuration names: a table of what lies in the
/// tree, who declares it, and what git says.</summary>
public sealed class UntrackedFilesTests : IDisposable
{
    private readonly CakeRig _rig = new();

    public void Dispose() => _rig.Dispose();

    public static TheoryData<string, string, string, string, bool> Cases =>
        new()
        {
            // pyproject.toml, .gitignore, the file beside the tracked pkg/__init__.py, whether the tree has it; whether it is refused.
            { "", "", "pkg/local.py", "there", true },
            { "", "local.py", "pkg/local.py", "there", true },
            { "[tool.poetry]\ninclude = ['pkg']", "", "pkg/local.py", "there", true },
            { "[tool.poetry]\ninclude = ['pkg']", "local.py", "pkg/local.py", "there", true },
            { "[tool.poetry]\ninclude = ['pkg']", "local.py", "pkg/local.py", "made", false },
            { "[tool.poetry]\ninclude = ['pkg/*.py']", "local.py", "pkg/local.py", "there", true },
            { "[tool.poetry]\ninclude = ['pkg/*.so']", "*.so", "pkg/x.so", "there", false },
            { "[tool.poetry]\ninclude = ['pkg/*.so']", "", "pkg/x.so", "there", true },
            { "[tool.poetry]\ninclude = ['pkg/made.json']", "made.json", "pkg/made.json", "there", false },
            { "[tool.poetry]\ninclude = ['pkg/made.json']", "", "pkg/made.json", "there", true },
            { "[tool.poetry]\ninclude = ['web']", "web", "web/a.js", "there", false },
            { "[tool.poetry]\ninclude = ['web']", "", "web/a.js", "there", true },
            { "[tool.poetry]\ninclude = [{ path = 'pkg', format = 'sdist' }]", "*.key", "pkg/a.key", "there", true },
            { "[tool.pdm.build]\nsource-includes = ['pkg']", "*.log", "pkg/a.log", "there", true },
            { "[tool.pdm.build]\nincludes = ['pkg', 'pkg/made.py']", "made.py", "pkg/made.py", "there", false },
            { "[tool.flit.sdist]\ninclude = ['pkg/']", "*.log", "pkg/a.log", "there", true },
            { "[tool.scikit-build]\nsdist.include = ['pkg']", "*.log", "pkg/a.log", "there", true },
            { "[tool.scikit-build]\nsdist.include = ['/pkg/*.gen']", "*.gen", "pkg/a.gen", "there", false },
            { "[tool.maturin]\ninclude = ['pkg']", "*.log", "pkg/a.log", "there", true },
            { "[tool.uv.build-backend]\nsource-include = ['pkg/**']", "*.log", "pkg/a.log", "there", true },
            { "[tool.hatch.build]\nartifacts = ['pkg']", "*.log", "pkg/a.log", "there", true },
            { "[tool.hatch.build]\nartifacts = ['/pkg/']", "*.log", "pkg/a.log", "there", true },
            { "[tool.hatch.build]\nartifacts = ['*.gen']", "*.gen", "pkg/a.gen", "there", false },
            { "[tool.hatch.build]\nartifacts = ['*.gen']", "", "pkg/a.gen", "there", true },
            { "[tool.hatch.build]\nartifacts = ['*.gen']", "", "pkg/a.gen", "made", false },
            { "[tool.hatch.build.force-include]\n'pkg' = 'other'", "", "other/__init__.py", "", false },
            { "[tool.hatch.build.force-include]\n'pkg' = 'other'", "", "other/local.py=pkg/local.py", "there", true },
            { "[tool.hatch.build.force-include]\n'../up/lib.h' = 'pkg/lib.h'", "", "pkg/lib.h", "", false },
            { "[tool.hatch.build.force-include]\n'../up/none.h' = 'pkg/lib.h'", "", "pkg/lib.h=../up/none.h", "there", true },
            { "[tool.hatch.build.force-include]\n'/etc/hostname' = 'pkg/host'", "", "pkg/host", "", true },
            { "[tool.hatch.build.force-include]\n'all' = '/'", "", "pkg/local.py", "there", true },
            { "[tool.hatch.build.force-include]\n'all' = 'pkg'", "", "pkg/local.py", "there", true },
            { "[tool.hatch.build]\nsources = ['pkg']", "", "__init__.py", "", false },
            { "[tool.hatch.build]\nsources = ['pkg']", "", "local.py=pkg/local.py", "there", true },
            { "[tool.hatch.build]\nsources = ['pkg']", "", "secret.txt", "there", true },
            { "[tool.hatch.build]\nsources = ['pkg']", "", "secret.txt", "", true },
            { "[tool.setuptools_scm]\nwrite_to = 'pkg/_v.py'", "", "pkg/_v.py", "there", false },
            { "[tool.setuptools_scm]\nversion_file = 'pkg'", "", "pkg/local.py", "there", true },
            { "", "", "pkg.egg-info/SOURCES.txt", "there", false },
            { "", "", "pkg.egg-info/notes.txt", "there", true },
            { "", "", "setup.cfg", "there", true },
            { "", "", "setup.cfg", "made", false },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_file_that_git_does_not_have(string project, string ignored, string name, string where, bool refused)
    {
        var (file, source) = name.Split('=') is [var packed, var from] ? (packed, from) : (name, name);
        var build = await BuildAsync(
            tree =>
            {
                _rig.Folder.Write("repo/py/pyproject.toml", project);
                _rig.Folder.Write("repo/py/.gitignore", ignored + "\n");
                _rig.Folder.Write("repo/up/lib.h", "x");
            },
            where == "there" ? () => _rig.Folder.Write($"repo/py/{source}", "x") : () => { }
        );
        var found = await new UntrackedFiles(build).InSdistAsync(
            ["PKG-INFO", "pyproject.toml", "pkg/__init__.py", file],
            TestContext.Current.CancellationToken
        );
        Assert.Equal(refused ? [file] : [], found.Select(one => one.Name));
    }

    [Theory]
    [InlineData("inside", "local.txt", true)]
    [InlineData("outside", "../../up/local.txt", true)]
    [InlineData("elsewhere", "/etc/hostname", true)]
    [InlineData("tracked inside", "__init__.py", false)]
    [InlineData("tracked outside", "../../up/lib.h", false)]
    public async Task A_tracked_link_counts_for_what_it_leads_to(string what, string aim, bool refused)
    {
        var build = await BuildAsync(
            tree =>
            {
                _rig.Folder.Write("repo/up/lib.h", what);
                File.CreateSymbolicLink(_rig.Folder.File("repo/py/pkg/link.txt").FullPath, aim);
            },
            () =>
            {
                _rig.Folder.Write("repo/py/pkg/local.txt", "x");
                _rig.Folder.Write("repo/up/local.txt", "x");
            }
        );
        var found = await new UntrackedFiles(build).InSdistAsync(["pkg/link.txt"], TestContext.Current.CancellationToken);
        Assert.Equal(refused, found.Count == 1);
        var inWheel = await new UntrackedFiles(build).InWheelAsync(["pkg/link.txt"], TestContext.Current.CancellationToken);
        Assert.Equal(refused, inWheel.Count == 1);
    }

    [Theory]
    [InlineData("pkg/local.py", "pkg/local.py", true)]
    [InlineData("src/pkg/local.py", "pkg/local.py", true)]
    [InlineData("data/x.txt", "odd-1.data/data/x.txt", true)]
    [InlineData("up/shared/local.txt", "pkg/shared/local.txt", true)]
    [InlineData("", "pkg/shared/lib.h", false)]
    [InlineData("", "pkg/compiled.so", false)]
    [InlineData("", "odd-1.dist-info/RECORD", false)]
    [InlineData("", "pkg/__init__.py", false)]
    public async Task A_wheel_that_was_built_without_an_sdist_is_held_to_the_tree(string lies, string installed, bool refused)
    {
        var build = await BuildAsync(
            tree =>
            {
                _rig.Folder.Write("repo/up/shared/lib.h", "x");
                Directory.CreateSymbolicLink(_rig.Folder.File("repo/py/pkg/shared").FullPath, "../../up/shared");
            },
            () =>
            {
                if (lies.Length > 0)
                {
                    _rig.Folder.Write(lies.StartsWith("up/", StringComparison.Ordinal) ? $"repo/{lies}" : $"repo/py/{lies}", "x");
                }
            }
        );
        var found = await new UntrackedFiles(build).InWheelAsync([installed], TestContext.Current.CancellationToken);
        Assert.Equal(refused, found.Count == 1);
    }

    private async Task<CheckedBuild> BuildAsync(Action<string> arrange, Action then)
    {
        _rig.Folder.Write("repo/py/pkg/__init__.py", "");
        arrange("repo");
        GitTree.Commit(_rig.Folder.Folder("repo").FullPath);
        then();
        var services = _rig.Services();
        var token = TestContext.Current.CancellationToken;
        var sources = await ProjectSources.FindAsync(
            _rig.Folder.Folder("repo/py").FullPath,
            withoutGit: false,
            services.Processes,
            _rig.Environment,
            token
        );
        var copy = await WorkingCopy.MakeAsync(
            sources,
            _rig.Folder.Folder("copy").FullPath,
            LeftOutFolders.None,
            DateTimeOffset.UnixEpoch.AddYears(50),
            services.Log,
            token
        );
        return new CheckedBuild(sources, [], new PythonInterpreter("python3", "3.11.2", "build", "1"), _rig.Folder.Path)
        {
            Copied = copy.Copied,
            Outside = await sources.OutsideAsync(token),
        };
    }
}
