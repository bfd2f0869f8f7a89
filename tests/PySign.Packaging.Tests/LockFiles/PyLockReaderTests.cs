using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

public sealed class PyLockReaderTests
{
    private const string Head = "lock-version = '1.0'\ncreated-by = 'test'\n";
    private const string Wheel =
        "wheels = [{name = 'demo-1.0-py3-none-any.whl', url = 'https://h/demo-1.0-py3-none-any.whl', hashes = {sha256 = '$A'}}]\n";
    private const string Demo = Head + "[[packages]]\nname = 'demo'\nversion = '1.0'\n";

    private static readonly (string, string, string)[] _cases =
    [
        ("no package", Head + "packages = []\n", ""),
        ("one wheel", Demo + Wheel, "demo 1.0 Index [A]"),
        ("an index with a slash", Demo + "index = 'https://pypi.org/simple/'\n" + Wheel, "demo 1.0 Index https://pypi.org/simple/ [A]"),
        ("an index with credentials", Demo + "index = 'https://u:p@h/simple?t=1'\n" + Wheel, "demo 1.0 Index https://h/simple [A]"),
        (
            "sdist and wheel, hashes as a table",
            Demo
                + "sdist = {url = 'https://h/demo-1.0.tar.gz', hashes = {sha256 = '$B'}}\n[[packages.wheels]]\n"
                + "url = 'https://h/demo-1.0-py3-none-any.whl'\n[packages.wheels.hashes]\nsha256 = '$A'\n",
            "demo 1.0 Index [B A]"
        ),
        (
            "packages inline",
            Head
                + "packages = [{name = 'demo', version = '1.0', wheels = [{path = './d/demo-1.0-py3-none-any.whl', hashes = {sha256 = "
                + "'$A'}}]}]\n",
            "demo 1.0 Index [A]"
        ),
        ("sha512 alone", Demo + Wheel.Replace("sha256 = '$A'", "sha512 = '$A$B'", StringComparison.Ordinal), "demo 1.0 Index [other]"),
        ("sha256 beside another", Demo + Wheel.Replace("sha256 =", "md5 = 'ab', sha256 =", StringComparison.Ordinal), "demo 1.0 Index [A]"),
        (
            "an upper-case digest",
            Demo + Wheel.Replace("'$A'", "'" + new string('A', 64) + "'", StringComparison.Ordinal),
            "demo 1.0 Index [A]"
        ),
        ("no hashes", Demo + "wheels = [{name = 'demo-1.0-py3-none-any.whl', url = 'https://h/x', hashes = {}}]\n", "InvalidLockFile"),
        ("a short digest", Demo + Wheel.Replace("$A", "abcd", StringComparison.Ordinal), "InvalidLockFile"),
        ("a name that is not normalized", (Demo + Wheel).Replace("'demo'", "'De.Mo'", StringComparison.Ordinal), "de-mo 1.0 Index [A]"),
        ("a hostile name", (Demo + Wheel).Replace("'demo'", "'../etc'", StringComparison.Ordinal), "InvalidLockFile"),
        ("no version", Head + "[[packages]]\nname = 'demo'\n" + Wheel, "demo - Index [A]"),
        (
            "git",
            Demo + "vcs = {type = 'git', url = 'https://t@h/demo.git', commit-id = 'abcdef0123'}\n",
            "demo 1.0 Vcs https://h/demo.git @abcdef0"
        ),
        ("an archive from nowhere", Demo + "archive = {hashes = {sha256 = '$C'}}\n", "InvalidLockFile"),
        ("a wheel without a name", Demo + "wheels = [{hashes = {sha256 = '$A'}}]\n", "InvalidLockFile"),
        ("git without commit", Demo + "vcs = {type = 'git', url = 'https://h/demo.git'}\n", "InvalidLockFile"),
        ("a folder", Demo + "directory = {path = './demo'}\n", "demo 1.0 Path ./demo"),
        ("an editable folder", Demo + "directory = {path = './demo', editable = true}\n", "demo 1.0 Editable ./demo"),
        (
            "an archive by url",
            Demo + "archive = {url = 'https://h/demo-1.0.zip?x=1', hashes = {sha256 = '$C'}}\n",
            "demo 1.0 Url https://h/demo-1.0.zip [C]"
        ),
        (
            "an archive by path and url",
            Demo + "archive = {url = 'https://h/d.zip', path = '../d.zip', hashes = {sha256 = '$C'}}\n",
            "demo 1.0 Path ../d.zip [C]"
        ),
        ("two sources", Demo + "directory = {path = '.'}\n" + Wheel, "InvalidLockFile"),
        ("no source", Demo, "InvalidLockFile"),
        ("a newer minor version", Demo.Replace("1.0'\nc", "1.1'\nc", StringComparison.Ordinal) + Wheel, "demo 1.0 Index [A]"),
        ("another major version", Demo.Replace("1.0'\nc", "2.0'\nc", StringComparison.Ordinal) + Wheel, "UnsupportedLockFile"),
        ("no version of the form", "created-by = 'x'\npackages = []\n", "InvalidLockFile"),
        ("no packages key", Head, "InvalidLockFile"),
        (
            "an upload time as text, as pipenv writes it",
            Demo + Wheel.Replace("url =", "upload-time = '2025-01-01', url =", StringComparison.Ordinal),
            "demo 1.0 Index [A]"
        ),
        (
            "an upload time",
            Demo + Wheel.Replace("url =", "upload-time = 2025-01-01T00:00:00Z, url =", StringComparison.Ordinal),
            "demo 1.0 Index [A]"
        ),
        (
            "one name twice, two versions",
            Demo + Wheel + "[[packages]]\nname = 'demo'\nversion = '2.0'\n" + Wheel.Replace("$A", "$B", StringComparison.Ordinal),
            "demo 1.0 Index [A]\ndemo 2.0 Index [B]"
        ),
        (
            "one name in two spellings",
            Demo + Wheel + "[[packages]]\nname = 'Demo'\nversion = '1.0.0'\n" + Wheel.Replace("$A", "$B", StringComparison.Ordinal),
            "demo 1.0 Index [A B]"
        ),
        (
            "one name from two indexes",
            Demo
                + "index = 'https://a/simple'\n"
                + Wheel
                + "[[packages]]\nname = 'demo'\nversion = '2.0'\nindex = 'https://b/simple'\n"
                + Wheel,
            "demo 1.0 SeveralIndexes [A]\ndemo 2.0 SeveralIndexes [A]"
        ),
        (
            "one index in two spellings",
            Demo
                + "index = 'https://a/simple'\n"
                + Wheel
                + "[[packages]]\nname = 'demo'\nversion = '2.0'\nindex = 'https://A:443/simple/'\n"
                + Wheel,
            "demo 1.0 Index https://a/simple [A]\ndemo 2.0 Index https://A:443/simple/ [A]"
        ),
        ("not TOML", "[[packages", "InvalidLockFile"),
        (
            "a file name beyond the folder",
            Demo + "wheels = [{name = '../../x.whl', url = 'https://h/x', hashes = {sha256 = '$A'}}]\n",
            "demo 1.0 Index [A]"
        ),
    ];

    [Fact]
    public void Every_odd_form_is_read_as_the_standard_says() => LockRows.Check("pylock.toml", _cases);

    [Fact]
    public void Publishers_that_the_lock_expects_are_read()
    {
        var package = Assert.Single(
            LockRows
                .Parse(
                    "pylock.dev.toml",
                    Demo
                        + Wheel
                        + "[[packages.attestation-identities]]\nkind = 'GitHub'\nrepository = 'acme/demo'\nworkflow = 'release.yml'\n"
                )
                .Packages
        );
        var identity = Assert.Single(package.Identities);
        Assert.Equal(("GitHub", "acme/demo", "release.yml"), (identity.Kind, identity.Values["repository"], identity.Values["workflow"]));
        Assert.Equal(4, package.Line);
    }

    [Fact]
    public void Groups_and_extras_are_chosen_by_markers()
    {
        var text =
            Head
            + "default-groups = ['main']\n"
            + string.Concat(
                new[]
                {
                    ("a", "python_version > '3'"),
                    ("b", "'x' in extras"),
                    ("c", "'dev' in dependency_groups or 'y' in extras"),
                    ("d", "'main' in dependency_groups and sys_platform == 'linux'"),
                    ("e", "'x' not in extras"),
                    ("f", "('x' in extras) and (os_name == \"nt\" or 'dev' in dependency_groups)"),
                    ("g", "what is this"),
                }.Select(one =>
                    $"[[packages]]\nname = '{one.Item1}'\nversion = '1'\nmarker = {System.Text.Json.JsonSerializer.Serialize(one.Item2)}\n"
                    + Wheel
                )
            );
        Assert.Equal("a b c d e f g", Names(LockSelection.All));
        Assert.Equal("a d e g", Names(new LockSelection([], [])));
        Assert.Equal("a b d f g", Names(new LockSelection([], ["x"])));
        Assert.Equal("a c d e g", Names(new LockSelection(["dev"], [])));
        Assert.Equal("a b c d f g", Names(new LockSelection(["dev"], null)));

        string Names(LockSelection selection) =>
            string.Join(' ', LockRows.Parse("pylock.toml", text, selection).Packages.Select(package => package.Name.Value));
    }
}
