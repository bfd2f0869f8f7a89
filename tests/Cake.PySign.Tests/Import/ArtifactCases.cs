using Cake.PySign.Import;
using Cake.PySign.Tests.Rig;
using static Cake.PySign.Import.PyImportFailure;

namespace Cake.PySign.Tests.Import;

/// <summary>Folders of artifacts as CI services, their download actions and people leave them, by name.</summary>
internal static class ArtifactCases
{
    public const string Linux = "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64";
    public const string Win64 = "cp312-cp312-win_amd64";
    public const string Sdist = "hello_pysign-1.0.0.tar.gz";

    public static readonly IReadOnlyDictionary<string, ArtifactCase> All = new Dictionary<string, ArtifactCase>(StringComparer.Ordinal)
    {
        // How artifacts are laid out.
        ["one folder for each artifact"] = new(tree => tree.Sdist("sdist").Wheel("wheels-linux", Linux).Wheel("wheels-win", Win64)),
        ["all merged into one folder"] = new(tree => tree.Sdist("").Wheel("", Linux).Wheel("", Win64)),
        ["a matrix of GitLab that shares dist/"] = new(tree => tree.Sdist("dist").Wheel("dist", Linux).Wheel("dist", Win64)),
        ["wheelhouse/ below each artifact"] = new(tree => tree.Sdist("sdist/dist").Wheel("linux/a/b/wheelhouse", Linux)),
        ["runs in one folder, jobs below"] = new(tree => tree.Sdist("run-1/sdist").Wheel("run-1/linux", Linux).Wheel("run-1/win", Win64)),
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
                .Wheel("wheels", Win64)
                .Text($"__MACOSX/wheels/._hello_pysign-1.0.0-{Win64}.whl", "x")
                .Text($"wheels/._hello_pysign-1.0.0-{Win64}.whl", "x")
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
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Zip("wheels-win.zip", $"hello_pysign-1.0.0-{Win64}.whl"),
            Unreadable
        ),
        ["an artifact that nobody unpacked, with a version in its name"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Zip("wheels-3.12.zip", $"wheelhouse/hello_pysign-1.0.0-{Win64}.whl"),
            Unreadable
        ),
        ["an archive in an artifact's folder"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Zip("win/artifacts.zip", $"dist/hello_pysign-1.0.0-{Win64}.whl"),
            Unreadable,
            EmptyFolder
        ),
        ["a linked folder"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link("wheels-win", "wheels"), Unreadable),
        ["a link in a circle"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link("wheels/again", "../.."), Unreadable),
        ["a link that leads out"] = new(tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link("etc", "/etc"), Unreadable),
        ["a linked wheel"] = new(
            tree => tree.Sdist("sdist").Wheel("wheels", Linux).Link($"wheels/hello_pysign-1.0.0-{Win64}.whl", "x"),
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
            tree => tree.Sdist("sdist").Wheel("a", Win64).Wheel("b", new PlatformWheel(Win64) { Build = "1" }),
            Twice
        ),
        ["another policy of one platform"] = new(
            tree => tree.Sdist("sdist").Wheel("a", "cp312-cp312-manylinux2014_x86_64").Wheel("b", Linux),
            Twice
        ),
        ["capital letters at the end"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Win64}.WHL", "x"),
            Unreadable
        ),
        ["what no distribution is called"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text("a/hello-pysign.whl", "x").Text("a/wheels.tar.gz", "x"),
            Unreadable,
            Unreadable
        ),
        ["a download that did not end"] = new(
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Win64}.whl", ""),
            Unreadable
        ),
        ["a wheel that was expected and cannot be read"] = new(tree =>
            tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Win64}.whl", "<html>404</html>")
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
            tree => tree.Sdist("sdist").Wheel("a", Linux).Text($"b/hello_pysign-1.0.0-{Win64}.whl", "<html>404</html>"),
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
                        new PlatformWheel(Win64)
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
            tree => tree.Sdist("s").Wheel("a", new PlatformWheel(Win64) { Module = "_speed.cpython-312-darwin.so" }),
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
                    .Wheel("b", new PlatformWheel(Win64) { Fields = "Requires-Dist: pywin32\n" }),
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
            tree => tree.Sdist("s", version: "0.9.0").Wheel("a", Linux).Wheel("b", Win64),
            OtherVersion
        ),

        // What was expected.
        ["every identifier finds its wheel"] = new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("a", Win64), 3)
        {
            Expected = "cp312-manylinux_x86_64, cp312-win_amd64",
        },
        ["patterns that overlap"] = new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("a", Win64), 3)
        {
            Expected = "cp312-*\ncp31[0-9]-win_amd64 cp3{11,12}-cp312-*",
            Kinds = [WheelMissing],
        },
        ["a wheel that is missing, and one too many"] = new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("a", Win64))
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

    private static string Head => "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n";

    private static string Pure => "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n";

    /// <summary>A good wheel for Linux, and one for Windows that is changed.</summary>
    private static ArtifactCase Inside(Func<PlatformWheel, PlatformWheel> change, params PyImportFailure[] kinds) =>
        new(tree => tree.Sdist("s").Wheel("a", Linux).Wheel("b", change(new PlatformWheel(Win64))), kinds);
}
