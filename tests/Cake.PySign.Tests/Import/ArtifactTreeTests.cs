using System.IO.Compression;
using System.Text;
using Cake.PySign.Build;
using Cake.PySign.Import;
using Cake.PySign.Tests.Rig;
using static Cake.PySign.Import.PyImportFailure;

namespace Cake.PySign.Tests.Import;

/// <summary>
/// Folders of artifacts as CI services, their download actions and people leave them, with what an import says of each: the kinds of its
/// problems, or none. Where there is a problem nothing is put anywhere, and no artifact is ever changed.
/// </summary>
public sealed class ArtifactTreeTests : IDisposable
{
    private const string Linux = "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64";
    private const string Windows = "cp312-cp312-win_amd64";
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";

    private static readonly Dictionary<string, Case> _cases = new(StringComparer.Ordinal)
    {
        // How artifacts are laid out.
        ["one folder for each artifact"] = new(tree => tree.Sdist("sdist").Wheel("wheels-linux", Linux).Wheel("wheels-win", Windows)),
        ["all merged into one folder"] = new(tree => tree.Sdist("").Wheel("", Linux).Wheel("", Windows)),
        ["a matrix of GitLab that shares dist/"] = new(tree => tree.Sdist("dist").Wheel("dist", Linux).Wheel("dist", Windows)),
        ["wheelhouse/ below each artifact"] = new(tree => tree.Sdist("sdist/dist").Wheel("linux/a/b/wheelhouse", Linux)),
        ["runs in one folder, jobs below"] = new(tree => tree.Sdist("run-1/sdist").Wheel("run-1/linux", Linux).Wheel("run-1/win", Windows)),
        ["blanks and other alphabets in folders"] = new(tree => tree.Sdist("Quelle ü").Wheel("колёса linux (x86)", Linux)),
        ["what lies beside a file"] = new(tree =>
            tree.Sdist("sdist")
                .Wheel("wheels", Linux)
                .Text($"wheels/hello_pysign-1.0.0-{Linux}.whl.metadata", "x")
                .Text($"wheels/hello_pysign-1.0.0-{Linux}.whl.sha256", "x")
                .Text($"wheels/hello_pysign-1.0.0-{Linux}.whl.publish.attestation", "{}")
                .Text($"sdist/{Sdist}.asc", "x")
                .Text("wheels/SHA256SUMS", "x")
                .Text("wheels/.DS_Store", "x")
                .Text("wheels/logs/build.log", "x")
        ),
        ["what macOS adds to an archive"] = new(tree =>
            tree.Sdist("sdist")
                .Wheel("wheels", Windows)
                .Text($"__MACOSX/wheels/._hello_pysign-1.0.0-{Windows}.whl", "x")
                .Text($"wheels/._hello_pysign-1.0.0-{Windows}.whl", "x")
        ),
        ["a hidden folder of a tool"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Text(".cache/x", "x")),
        ["a distribution in a hidden folder is one"] = new(tree => tree.Sdist("sdist").Wheel(".hidden", Linux), 2),
        ["a source archive beside, which holds no distribution"] = new(tree =>
            tree.Sdist("sdist").Wheel("wheels", Linux).Zip("wheels/docs.zip", "index.html", "hello_pysign-1.0.0.whl.sigstore.json")
        ),
        ["an old sdist of a project whose tests have wheels"] = new(
            tree =>
                tree.Wheel("wheels", Linux)
                    .Zip(
                        "sdist/hello_pysign-1.0.0.zip",
                        ("hello_pysign-1.0.0/PKG-INFO", PlatformWheel.Metadata("hello-pysign", "1.0.0")),
                        ("hello_pysign-1.0.0/tests/data/simple-1.0-py3-none-any.whl", "x")
                    ),
            2
        ),
        ["a folder that is empty"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Folder("wheels-win"), EmptyFolder),
        ["a folder in a folder that is empty"] = new(tree => tree.Sdist("r/sdist").Wheel("r/a", Linux).Folder("r/b/c"), EmptyFolder),
        ["an artifact of logs alone"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Text("wheels-win/x.log", ""), EmptyFolder),
        ["nothing at all"] = new(tree => tree.Folder(""), EmptyFolder, SdistMissing),
        ["an artifact that nobody unpacked"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Zip("wheels-win.zip", $"hello_pysign-1.0.0-{Windows}.whl"),
            Unreadable
        ),
        ["an artifact that nobody unpacked, with a version in its name"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Zip("wheels-3.12.zip", $"wheelhouse/hello_pysign-1.0.0-{Windows}.whl"),
            Unreadable
        ),
        ["an archive in an artifact's folder"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Zip("win/artifacts.zip", $"dist/hello_pysign-1.0.0-{Windows}.whl"),
            Unreadable,
            EmptyFolder
        ),
        ["a linked folder"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link("wheels-win", "wheels"), Unreadable),
        ["a link in a circle"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link("wheels/again", "../.."), Unreadable),
        ["a link that leads out"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link("etc", "/etc"), Unreadable),
        ["a linked wheel"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link($"wheels/hello_pysign-1.0.0-{Windows}.whl", "x"),
            Unreadable
        ),

        // Names.
        ["one wheel in two artifacts"] = new(tree => tree.Sdist("sdist").Wheel("a", Linux).Wheel("b", Linux), Twice),
        ["one wheel in two artifacts, with other bytes"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Wheel("b", new PlatformWheel(Linux) { Padding = 9 }),
            Twice
        ),
        ["names that differ in case"] = new(
            tree =>
                tree.Sdist("sdist").Wheel("a", "py3-none-any").Wheel("b", new PlatformWheel("py3-none-any") { Project = "Hello-pysign" }),
            Twice
        ),
        ["a name that is written in another way"] = new(
            tree => tree.Sdist("sdist").Wheel("a", new PlatformWheel(Linux) { Project = "Hello.PySign" }),
            2
        ),
        ["a wheel and its next build"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Windows).Wheel("b", new PlatformWheel(Windows) { Build = "1" }),
            Twice
        ),
        ["another policy of one platform"] = new(
            tree => tree.Sdist("sdist").Wheel("a", "cp312-cp312-manylinux2014_x86_64").Wheel("b", Linux),
            Twice
        ),
        ["capital letters at the end"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Windows}.WHL", "x"),
            Unreadable
        ),
        ["what no distribution is called"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text("a/hello-pysign.whl", "x").Text("a/wheels.tar.gz", "x"),
            Unreadable,
            Unreadable
        ),
        ["a download that did not end"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Windows}.whl", ""),
            Unreadable
        ),
        ["a wheel that was expected and cannot be read"] = new(tree =>
            tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Windows}.whl", "<html>404</html>")
        )
        {
            Expected = "cp312-manylinux_x86_64,cp312-win_amd64",
            Kinds = [Unreadable],
        },
        ["an sdist that cannot be read"] = new(
            tree => tree.Wheel("a", Linux).Text("sdist/hello_pysign-1.0.0.tar.gz", "<html>404</html>"),
            Unreadable
        ),
        ["a page of an error under a wheel's name"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Windows}.whl", "<html>404</html>"),
            Unreadable
        ),

        // What is in a wheel.
        ["METADATA of another name"] = Inside(wheel => wheel with { ProjectInside = "other" }, Unreadable),
        ["METADATA of another version"] = Inside(wheel => wheel with { VersionInside = "1.0.1" }, Unreadable),
        ["METADATA of another epoch"] = Inside(wheel => wheel with { VersionInside = "1!1.0.0" }, Unreadable),
        ["METADATA of a local version"] = Inside(wheel => wheel with { VersionInside = "1.0.0+cpu" }, Unreadable),
        ["a wheel of a local version"] = Inside(wheel => wheel with { Version = "1.0.0+cpu" }, OtherVersion),
        ["a wheel of another epoch"] = Inside(wheel => wheel with { Version = "1!1.0.0" }, OtherVersion),
        ["a wheel of another project"] = Inside(wheel => wheel with { Project = "hello-pysign-extra" }, OtherProject),
        ["the version with more zeros"] = new(tree => tree.Sdist("s").Wheel("a", new PlatformWheel(Linux) { Version = "1.0" }), 2),
        ["RECORD that lies"] = Inside(wheel => wheel with { LiesInRecord = true }, PyImportFailure.Record),
        ["other tags in WHEEL"] = Inside(wheel => wheel with { TagInside = "cp312-cp312-win32" }, Tags),
        ["fewer tags in WHEEL than in the name"] = new(
            tree => tree.Sdist("s").Wheel("a", new PlatformWheel(Linux) { TagInside = "cp312-cp312-manylinux2014_x86_64" }),
            Tags
        ),
        ["tags in another order, compressed"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel("a", new PlatformWheel(Linux) { TagInside = "cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64" }),
            2
        ),
        ["a build in WHEEL that the name has not"] = Inside(wheel => wheel with { Head = Head + "Build: 2\n" }, Tags),
        ["WHEEL of a format to come"] = Inside(wheel => wheel with { Head = Head.Replace("1.0", "2.0", StringComparison.Ordinal) }, Tags),
        ["WHEEL without a format"] = Inside(wheel => wheel with { Head = "Root-Is-Purelib: false\n" }, Tags),
        ["a library in a wheel that says it is pure"] = Inside(
            wheel => wheel with { Head = Head.Replace("false", "true", StringComparison.Ordinal) },
            Tags
        ),
        ["a library that ctypes loads in a pure wheel"] = new(
            tree => tree.Sdist("s").Wheel("a", new PlatformWheel("py3-none-win_amd64") { Module = "lib.pyd", Head = Pure }),
            2
        ),
        ["WHEEL of a vendored package"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel(
                        "a",
                        new PlatformWheel(Windows)
                        {
                            More = [("hello_pysign/_vendor/zipp-3.0.dist-info/WHEEL", Pure + "Tag: py3-none-any\n")],
                        }
                    ),
            2
        ),
        ["folders of data"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel(
                        "a",
                        new PlatformWheel(Linux)
                        {
                            More =
                            [
                                ("hello_pysign-1.0.0.data/scripts/hello", "#!python\n"),
                                ("hello_pysign-1.0.0.data/data/share/man/man1/hello.1", "x"),
                                ("hello_pysign-1.0.0.data/headers/hello.h", "x"),
                            ],
                        }
                    ),
            2
        ),
        ["a module for another processor"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel(
                        "a",
                        new PlatformWheel("cp312-cp312-manylinux_2_17_aarch64") { Module = "_speed.cpython-312-x86_64-linux-gnu.so" }
                    ),
            Tags
        ),
        ["a module for another system"] = new(
            tree => tree.Sdist("s").Wheel("a", new PlatformWheel(Windows) { Module = "_speed.cpython-312-darwin.so" }),
            Tags
        ),
        ["abi3 of no CPython"] = new(tree => tree.Sdist("s").Wheel("a", "py3-abi3-win_amd64"), Tags),
        ["abi3 without the GIL"] = new(tree => tree.Sdist("s").Wheel("a", "cp313t-abi3-win_amd64"), Tags),
        ["the ABI of another CPython"] = new(tree => tree.Sdist("s").Wheel("a", "cp312-cp311-win_amd64"), Tags),
        ["a private key in a wheel"] = Inside(
            wheel =>
                wheel with
                {
                    More = [("hello_pysign/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAA\n")],
                },
            Secret
        ),
        ["dependencies that differ by platform"] = Inside(wheel => wheel with { Fields = "Requires-Dist: pywin32\n" }, MetadataDiffers),
        ["dependencies that the sdist calls dynamic"] = new(
            tree =>
                tree.Sdist("s", "Dynamic: requires-dist\n")
                    .Wheel("a", Linux)
                    .Wheel("b", new PlatformWheel(Windows) { Fields = "Requires-Dist: pywin32\n" }),
            3
        ),

        // Platforms.
        ["every platform that PyPI takes"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel("a", Linux)
                    .Wheel("a", "cp312-cp312-musllinux_1_2_aarch64")
                    .Wheel("a", "cp312-cp312-macosx_10_13_universal2")
                    .Wheel("a", "cp312-cp312-win_arm64")
                    .Wheel("a", new PlatformWheel("cp313-cp313-ios_13_0_arm64_iphoneos") { Module = "_speed.cpython-313-iphoneos.so" })
                    .Wheel("a", new PlatformWheel("cp313-cp313-android_24_arm64_v8a") { Module = "_speed.abi3.so" })
                    .Wheel("a", new PlatformWheel("cp313-cp313-pyemscripten_2025_0_wasm32") { Module = "_speed.so" })
                    .Wheel("a", "cp314-cp314t-manylinux_2_28_riscv64")
                    .Wheel("a", "cp310-cp310-manylinux_2_17_armv7l.manylinux2014_armv7l"),
            10
        ),
        ["a wheel that nobody repaired"] = new(tree => tree.Sdist("s").Wheel("a", "cp312-cp312-linux_x86_64"), LinuxTag),
        ["a wheel that nobody repaired, for a registry that takes it"] = new(
            tree => tree.Sdist("s").Wheel("a", "cp312-cp312-linux_x86_64"),
            2
        )
        {
            Settings = settings => settings.AllowLinuxTags = true,
        },
        ["platforms that PyPI does not take"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel("a", new PlatformWheel("cp312-cp312-pyodide_2024_0_wasm32") { Module = "_speed.so" })
                    .Wheel("a", "cp312-cp312-macosx_12_3_arm64")
                    .Wheel("a", "cp312-cp312-manylinux_2_38_loongarch64"),
            LinuxTag,
            LinuxTag,
            LinuxTag
        ),

        // The sdist.
        ["no sdist"] = new(tree => tree.Wheel("a", Linux), SdistMissing),
        ["no sdist where none is wanted"] = new(tree => tree.Wheel("a", Linux), 1) { Settings = settings => settings.ExpectSdist = false },
        ["an sdist where none is wanted"] = new(tree => tree.Sdist("s").Wheel("a", Linux), Unexpected)
        {
            Settings = settings => settings.ExpectSdist = false,
        },
        ["two sdists"] = new(
            tree =>
                tree.Sdist("s")
                    .Wheel("a", Linux)
                    .Zip("z/hello_pysign-1.0.0.zip", ("hello_pysign-1.0.0/PKG-INFO", PlatformWheel.Metadata("hello-pysign", "1.0.0"))),
            Twice
        ),
        ["an sdist of the version before, and many wheels"] = new(
            tree => tree.Sdist("s", version: "0.9.0").Wheel("a", Linux).Wheel("b", Windows),
            OtherVersion
        ),

        // What was expected.
        ["every identifier finds its wheel"] = new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("a", Windows), 3)
        {
            Expected = "cp312-manylinux_x86_64, cp312-win_amd64",
        },
        ["patterns that overlap"] = new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("a", Windows), 3)
        {
            Expected = "cp312-*\ncp31[0-9]-win_amd64 cp3{11,12}-cp312-*",
            Kinds = [WheelMissing],
        },
        ["a wheel that is missing, and one too many"] = new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("a", Windows))
        {
            Expected = "cp312-manylinux_x86_64,cp313-manylinux_x86_64",
            Kinds = [WheelMissing, Unexpected],
        },
        ["a pure wheel where compiled ones were expected"] = new(tree => tree.Sdist("s").Wheel("a", "py3-none-any"))
        {
            Expected = "cp312-manylinux_x86_64",
            Kinds = [WheelMissing, Unexpected],
        },
    };

    private readonly CakeRig _rig = new();

    public static TheoryData<string> Cases => [.. _cases.Keys];

    private static string Head => "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n";

    private static string Pure => "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n";

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_tree_of_artifacts_gets_its_verdict(string name)
    {
        var one = _cases[name];
        one.Arrange(new Tree(_rig.Folder));
        var before = _rig.Folder.Snapshot("artifacts");
        if (one.Kinds.Length == 0)
        {
            var imported = Import(one);
            Assert.Equal(
                one.Files ?? before.Keys.Count(file => file.EndsWith(".whl", StringComparison.Ordinal) && !IsHidden(file)) + 1,
                imported.Count
            );
            Assert.Equal(imported.Select(file => file.Sha256), Import(one).Select(file => file.Sha256));
        }
        else
        {
            var refused = Assert.Throws<PyImportException>(() => Import(one));
            Assert.Equal(one.Kinds.Distinct(), refused.Problems.Select(problem => problem.Reason).Distinct());
            Assert.Empty(Directory.EnumerateFileSystemEntries(_rig.Folder.Folder("dist").FullPath));
        }

        Assert.Equal(before, _rig.Folder.Snapshot("artifacts"));
    }

    [Fact]
    public void A_pipe_under_the_name_of_a_wheel_an_archive_or_an_sdist_is_named_and_not_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: there are no named pipes in folders.");
        new Tree(_rig.Folder).Sdist("sdist").Wheel("a", Linux).Folder("b");
        string[] names = [$"hello_pysign-1.0.0-{Windows}.whl", "wheels.zip", "hello_pysign-1.0.0.tar.gz", "notes.txt"];
        using (
            var making = System.Diagnostics.Process.Start("mkfifo", names.Select(name => _rig.Folder.File($"artifacts/b/{name}").FullPath))
        )
        {
            making.WaitForExit();
            Assert.Equal(0, making.ExitCode);
        }

        var one = _cases["one folder for each artifact"] with { Expected = "cp312-manylinux_x86_64,cp312-win_amd64" };
        var refused = Assert.Throws<PyImportException>(() => Import(one));
        Assert.Equal(
            names.Order(StringComparer.Ordinal).Select(name => (Unreadable, $"b/{name}")),
            refused.Problems.Select(problem => (problem.Reason, problem.FileName))
        );
    }

    [Theory]
    [InlineData("the bytes of another", Altered)]
    [InlineData("<html>404</html>", Altered)]
    [InlineData(null, Unreadable)]
    public void Of_a_file_that_is_not_what_its_job_handed_on_the_cause_is_named_once(string? content, PyImportFailure cause)
    {
        var wheel = new PlatformWheel(Windows);
        var tree = new Tree(_rig.Folder).Sdist("sdist").Wheel("a", Linux);
        var digests = string.Join(
            '\n',
            Directory
                .EnumerateFiles(_rig.Folder.Folder("artifacts").FullPath, "*", SearchOption.AllDirectories)
                .Select(file => $"{SampleDistribution.Sha256(File.ReadAllBytes(file))}  {System.IO.Path.GetFileName(file)}")
                .Append($"{SampleDistribution.Sha256(wheel.Bytes())}  {wheel.Name}")
        );
        _ = content is null ? tree.Folder("b").Link($"b/{wheel.Name}", "x") : tree.Text($"b/{wheel.Name}", content);
        var one = _cases["one folder for each artifact"] with
        {
            Expected = "cp312-manylinux_x86_64,cp312-win_amd64",
            Settings = settings => settings.Digests.Add(digests),
        };
        Assert.Equal(cause, Assert.Single(Assert.Throws<PyImportException>(() => Import(one)).Problems).Reason);
    }

    [Fact]
    public void Every_kind_of_trouble_at_once_is_one_list()
    {
        string[] together =
        [
            "a folder that is empty",
            "an artifact that nobody unpacked",
            "what no distribution is called",
            "a page of an error under a wheel's name",
            "a module for another processor",
            "a wheel that nobody repaired",
        ];
        foreach (var name in together)
        {
            _cases[name].Arrange(new Tree(_rig.Folder, name.Replace(' ', '-')));
        }

        var refused = Assert.Throws<PyImportException>(() => Import(_cases[together[0]]));
        var kinds = refused.Problems.Select(problem => problem.Reason).ToHashSet();
        Assert.Superset(new HashSet<PyImportFailure> { EmptyFolder, Unreadable, Twice, Tags, LinuxTag }, kinds);
    }

    [Theory]
    [InlineData("artifacts/absent", EmptyFolder)]
    [InlineData("artifacts/a/README.md", EmptyFolder)]
    [InlineData("artifacts/empty", EmptyFolder)]
    public void A_folder_that_is_not_one_is_in_the_list_with_everything_else(string from, PyImportFailure kind)
    {
        new Tree(_rig.Folder).Sdist("s").Wheel("a", "cp312-cp312-linux_x86_64").Text("a/README.md", "x").Folder("empty");
        var refused = Assert.Throws<PyImportException>(() => Import("artifacts/s", "artifacts/a", from));
        Assert.Equal([kind, LinuxTag], refused.Problems.Select(problem => problem.Reason));
    }

    [Theory]
    [InlineData("dist")]
    [InlineData("dist/")]
    [InlineData(".")]
    [InlineData("artifacts/../dist/../dist")]
    [InlineData("linked")]
    [InlineData("dist/.pysign-import.0123456789abcdef0123456789abcdef.part")]
    [InlineData("dist/.pysign-import.0123456789abcdef0123456789abcdef.part/a")]
    public void The_output_folder_is_never_imported_under_whatever_name(string from)
    {
        new Tree(_rig.Folder).Sdist("s").Wheel("a", Linux);
        _rig.Folder.Write("dist/x", "x");
        _rig.Folder.Write("dist/.pysign-import.0123456789abcdef0123456789abcdef.part/a/x", "x");
        File.CreateSymbolicLink(_rig.Folder.File("linked").FullPath, "dist");
        var before = _rig.Folder.Snapshot();
        var refused = Assert.Throws<PySignException>(() => Import("artifacts", from));
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
        Assert.Equal(before, _rig.Folder.Snapshot());
    }

    [Theory]
    [InlineData("artifacts", "artifacts")]
    [InlineData("artifacts", "artifacts/a")]
    [InlineData("artifacts/s", "artifacts/./a/", "artifacts")]
    [InlineData("artifacts/s", "artifacts/a", "linked")]
    [InlineData("dist/incoming", "artifacts")]
    public void A_folder_that_is_named_twice_is_searched_once(params string[] from)
    {
        new Tree(_rig.Folder).Sdist("s").Wheel("a", Linux);
        _rig.Folder.Write($"dist/incoming/hello_pysign-1.0.0-{Windows}.whl", new PlatformWheel(Windows).Bytes());
        File.CreateSymbolicLink(_rig.Folder.File("linked").FullPath, "artifacts/a");
        Assert.Equal(from[0].StartsWith("dist", StringComparison.Ordinal) ? 3 : 2, Import(from).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("cp31[9-0]-*")]
    [InlineData("cp31[]-*")]
    [InlineData("cp31]0[-*")]
    [InlineData("cp31[[0]-*")]
    [InlineData("\"cp312-*\"")]
    [InlineData("hello_pysign-1.0.0-py3-none-any.whl")]
    [InlineData("../*")]
    public void Expected_wheels_that_ask_for_nothing_or_cannot_be_read_are_refused(string expected)
    {
        new Tree(_rig.Folder).Sdist("s").Wheel("a", Linux);
        var refused = Assert.Throws<PySignException>(() => Import(_cases["one folder for each artifact"] with { Expected = expected }));
        Assert.Equal(PySignFailure.InvalidSettings, refused.Reason);
    }

    private static bool IsHidden(string file) => System.IO.Path.GetFileName(file).StartsWith('.');

    /// <summary>A good wheel for Linux, and one for Windows that is changed.</summary>
    private static Case Inside(Func<PlatformWheel, PlatformWheel> change, params PyImportFailure[] kinds) =>
        new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("b", change(new PlatformWheel(Windows))), kinds);

    private IReadOnlyList<ImportedDistribution> Import(Case one)
    {
        var settings = Settings("artifacts");
        if (one.Expected is { } expected)
        {
            settings.ExpectWheels.Add(expected);
        }

        one.Settings?.Invoke(settings);
        return _rig.Context.PyImportDistributions(settings, TestContext.Current.CancellationToken);
    }

    private IReadOnlyList<ImportedDistribution> Import(params string[] from) =>
        _rig.Context.PyImportDistributions(Settings(from), TestContext.Current.CancellationToken);

    private PyImportDistributionsSettings Settings(params string[] from)
    {
        var settings = new PyImportDistributionsSettings { OutputDirectory = _rig.Folder.Folder("dist") };
        settings.WaivedChecks.Add(PyBuildCheck.Metadata);
        settings.WaivedChecks.Add(PyBuildCheck.MetadataVersion);
        foreach (var folder in from)
        {
            settings.From.Add(_rig.Folder.Folder(folder));
        }

        return settings;
    }

    /// <param name="Arrange">Makes the artifacts.</param>
    /// <param name="Files">How many distributions arrive; null for an sdist and every wheel.</param>
    private sealed record Case(Action<Tree> Arrange, int? Files = null)
    {
        public Case(Action<Tree> arrange, params PyImportFailure[] kinds)
            : this(arrange, Files: null) => Kinds = kinds;

        public PyImportFailure[] Kinds { get; init; } = [];

        public string? Expected { get; init; }

        public Action<PyImportDistributionsSettings>? Settings { get; init; }
    }

    private sealed class Tree(TemporaryFolder folder, string? below = null)
    {
        private readonly string _root = below is null ? "artifacts/" : $"artifacts/{below}/";

        public Tree Wheel(string place, string tag) => Wheel(place, new PlatformWheel(tag));

        public Tree Wheel(string place, PlatformWheel wheel)
        {
            folder.Write($"{_root}{place}/{wheel.Name}", wheel.Bytes());
            return this;
        }

        public Tree Sdist(string place, string fields = "", string version = "1.0.0")
        {
            var root = $"hello_pysign-{version}";
            folder.Write(
                $"{_root}{place}/{root}.tar.gz",
                SampleDistribution.SdistOf(root, PlatformWheel.Metadata("hello-pysign", version, fields))
            );
            return this;
        }

        public Tree Text(string path, string text)
        {
            folder.Write(_root + path, text);
            return this;
        }

        public Tree Folder(string path)
        {
            Directory.CreateDirectory(folder.Folder(_root + path).FullPath);
            return this;
        }

        public Tree Link(string path, string target)
        {
            File.CreateSymbolicLink(folder.File(_root + path).FullPath, target);
            return this;
        }

        public Tree Zip(string path, params string[] names) => Zip(path, [.. names.Select(name => (name, "x"))]);

        public Tree Zip(string path, params (string Name, string Text)[] files)
        {
            using var stream = new MemoryStream();
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var (name, text) in files)
                {
                    using var entry = zip.CreateEntry(name).Open();
                    entry.Write(Encoding.UTF8.GetBytes(text));
                }
            }

            folder.Write(_root + path, stream.ToArray());
            return this;
        }
    }
}
