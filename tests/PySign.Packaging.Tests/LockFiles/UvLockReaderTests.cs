using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

public sealed class UvLockReaderTests
{
    private const string Head = "version = 1\nrevision = 3\nrequires-python = '>=3.9'\n";
    private const string Root =
        "[[package]]\nname = 'app'\nversion = '0'\nsource = { editable = '.' }\ndependencies = [{ name = 'demo' }]\n";
    private const string Demo = Head + "[[package]]\nname = 'demo'\nversion = '1.0'\n";
    private const string PyPi = "source = { registry = 'https://pypi.org/simple' }\n";
    private const string Wheel =
        "wheels = [{ url = 'https://h/demo-1.0-py3-none-any.whl', hash = 'sha256:$A', size = 1, upload-time = '2025-01-01T00:00:00Z' }]\n";

    private static readonly (string, string, string)[] _cases =
    [
        ("nothing", Head, ""),
        ("no revision", "version = 1\n", ""),
        ("revision 4", "version = 1\nrevision = 4\n", ""),
        ("another version", "version = 2\n", "UnsupportedLockFile"),
        ("no version", "revision = 1\n", "UnsupportedLockFile"),
        ("a wheel", Demo + PyPi + Wheel, "demo 1.0 Index https://pypi.org/simple [A]"),
        (
            "sdist first",
            Demo + PyPi + "sdist = { url = 'https://h/demo-1.0.tar.gz', hash = 'sha256:$B' }\n" + Wheel,
            "demo 1.0 Index https://pypi.org/simple [B A]"
        ),
        (
            "the old name of the tables",
            Demo.Replace("package", "distribution", StringComparison.Ordinal) + PyPi + Wheel,
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        (
            "the project itself is not a dependency",
            Head + Root + "[[package]]\nname = 'demo'\nversion = '1.0'\n" + PyPi + Wheel,
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        ("a virtual project", Head + Root.Replace("editable", "virtual", StringComparison.Ordinal), ""),
        (
            "a member of the workspace",
            Head + "[manifest]\nmembers = ['lib']\n[[package]]\nname = 'lib'\nversion = '0'\nsource = { editable = 'lib' }\n",
            ""
        ),
        ("an editable dependency", Demo + "source = { editable = '../demo' }\n", "demo 1.0 Editable ../demo"),
        ("a folder", Demo + "source = { directory = '../demo' }\n", "demo 1.0 Path ../demo"),
        (
            "an archive",
            Demo + "source = { path = 'demo-1.0.tar.gz' }\nsdist = { hash = 'sha256:$A' }\n",
            "demo 1.0 Path demo-1.0.tar.gz [A]"
        ),
        ("git", Demo + "source = { git = 'https://t@h/demo?tag=v1#0123456789' }\n", "demo 1.0 Vcs https://h/demo @0123456"),
        (
            "a url",
            Demo + "source = { url = 'https://h/demo-1.0.zip?x=1', subdirectory = 's' }\nsdist = { hash = 'sha256:$A' }\n",
            "demo 1.0 Url https://h/demo-1.0.zip [A]"
        ),
        (
            "a folder of links",
            Demo + "source = { registry = '../links' }\nwheels = [{ path = 'demo-1.0-py3-none-any.whl' }]\n",
            "demo 1.0 Path ../links [none]"
        ),
        (
            "a wheel by name",
            Demo + PyPi + "wheels = [{ filename = 'demo-1.0-py3-none-any.whl', hash = 'sha256:$A' }]\n",
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        (
            "no hash",
            Demo + PyPi + "wheels = [{ url = 'https://h/demo-1.0-py3-none-any.whl' }]\n",
            "demo 1.0 Index https://pypi.org/simple [none]"
        ),
        (
            "sha512",
            Demo + PyPi + "wheels = [{ url = 'https://h/demo-1.0-py3-none-any.whl', hash = 'sha512:$A$B' }]\n",
            "demo 1.0 Index https://pypi.org/simple [other]"
        ),
        ("a hash without algorithm", Demo + PyPi + "wheels = [{ url = 'https://h/d.whl', hash = '$A' }]\n", "InvalidLockFile"),
        (
            "a local version",
            Head
                + "[[package]]\nname = 'torch'\nversion = '2.5.1+cpu'\nsource = { registry = 'https://h/whl/cpu' }\nwheels = [{ url = "
                + "'https://h/torch-2.5.1%2Bcpu-cp312-cp312-linux_x86_64.whl', hash = 'sha256:$A' }]\n",
            "torch 2.5.1+cpu Index https://h/whl/cpu [A]"
        ),
        (
            "one name from two indexes",
            Demo + PyPi + Wheel + "[[package]]\nname = 'demo'\nversion = '1.0+cpu'\nsource = { registry = 'https://h/cpu' }\n",
            "demo 1.0 SeveralIndexes [A]\ndemo 1.0+cpu SeveralIndexes"
        ),
        (
            "two versions of one name",
            Demo + PyPi + Wheel + "[[package]]\nname = 'demo'\nversion = '2.0'\n" + PyPi,
            "demo 1.0 Index https://pypi.org/simple [A]\ndemo 2.0 Index https://pypi.org/simple"
        ),
        ("no source", Demo, "InvalidLockFile"),
        ("an empty source", Demo + "source = {}\n", "InvalidLockFile"),
        ("a hostile name", (Demo + PyPi).Replace("'demo'", "'a/../b'", StringComparison.Ordinal), "InvalidLockFile"),
        (
            "comments behind values",
            Demo.Replace("'1.0'\n", "'1.0' # pinned\n", StringComparison.Ordinal) + PyPi + Wheel,
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
    ];

    [Fact]
    public void Every_odd_form_is_read_as_uv_reads_it() => LockRows.Check("uv.lock", _cases);

    [Fact]
    public void Groups_and_extras_are_walked_from_the_project()
    {
        const string Text =
            Head
            + """
                [[package]]
                name = "app"
                source = { virtual = "." }
                dependencies = [{ name = "base", extra = ["fast"] }]
                [package.optional-dependencies]
                x = [{ name = "in-x" }]
                [package.dev-dependencies]
                dev = [{ name = "in-dev", version = "2" }]
                [[package]]
                name = "base"
                version = "1"
                source = { registry = "https://pypi.org/simple" }
                dependencies = [{ name = "deep" }]
                [package.optional-dependencies]
                fast = [{ name = "speed" }]
                slow = [{ name = "brake" }]
                [[package]]
                name = "deep"
                version = "1"
                source = { registry = "https://pypi.org/simple" }
                dependencies = [{ name = "base" }]
                [[package]]
                name = "speed"
                version = "1"
                source = { registry = "https://pypi.org/simple" }
                [[package]]
                name = "brake"
                version = "1"
                source = { registry = "https://pypi.org/simple" }
                [[package]]
                name = "in-x"
                version = "1"
                source = { registry = "https://pypi.org/simple" }
                [[package]]
                name = "in-dev"
                version = "1"
                source = { registry = "https://pypi.org/simple" }
                [[package]]
                name = "in-dev"
                version = "2"
                source = { registry = "https://pypi.org/simple" }
                """;
        Assert.Equal("base deep speed brake in-x in-dev in-dev", Names(LockSelection.All));
        Assert.Equal("base deep speed", Names(new LockSelection([], [])));
        Assert.Equal("base deep speed in-x", Names(new LockSelection([], ["X"])));
        Assert.Equal("base deep speed in-dev", Names(new LockSelection(["dev"], [])));
        Assert.Equal(["app"], LockRows.Parse("uv.lock", Text).OwnProjects);

        static string Names(LockSelection selection) =>
            string.Join(' ', LockRows.Parse("x.py.lock", Text, selection).Packages.Select(package => package.Name.Value));
    }
}
