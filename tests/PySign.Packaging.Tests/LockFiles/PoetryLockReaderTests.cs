using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

public sealed class PoetryLockReaderTests
{
    private const string Tail = "[metadata]\nlock-version = '2.1'\npython-versions = '>=3.9'\ncontent-hash = 'x'\n";
    private const string Demo = "[[package]]\nname = 'demo'\nversion = '1.0'\noptional = false\npython-versions = '*'\n";
    private const string Files =
        "files = [{file = 'demo-1.0-py3-none-any.whl', hash = 'sha256:$A'}, {file = 'demo-1.0.tar.gz', hash = 'sha256:$B'}]\n";

    private static readonly (string, string, string)[] _cases =
    [
        ("nothing", Tail, ""),
        ("no metadata", Demo + Files, "InvalidLockFile"),
        ("two files", Demo + Files + Tail, "demo 1.0 Index [A B]"),
        (
            "lock-version 1.1 with category",
            Demo
                + "category = 'main'\n[metadata]\nlock-version = '1.1'\n[metadata.files]\ndemo = [{file = 'demo-1.0.tar.gz', hash = "
                + "'sha256:$A'}]\n",
            "demo 1.0 Index [A]"
        ),
        (
            "metadata files of two versions",
            Demo
                + Demo.Replace("1.0", "2.0", StringComparison.Ordinal)
                + "[metadata]\nlock-version = '1.1'\n[metadata.files]\nDemo = [{file = 'demo-1.0.tar.gz', hash = 'sha256:$A'}, {file = "
                + "'demo-2.0.tar.gz', hash = 'sha256:$B'}]\n",
            "demo 1.0 Index [A]\ndemo 2.0 Index [B]"
        ),
        ("the oldest form", Demo + "[metadata]\n[metadata.hashes]\ndemo = ['$A', '$B']\n", "demo 1.0 Index [A B]"),
        ("lock-version 2.0", Demo + Files + Tail.Replace("2.1", "2.0", StringComparison.Ordinal), "demo 1.0 Index [A B]"),
        ("a newer minor", Demo + Files + Tail.Replace("2.1", "2.9", StringComparison.Ordinal), "demo 1.0 Index [A B]"),
        ("another major", Demo + Files + Tail.Replace("2.1", "3.0", StringComparison.Ordinal), "UnsupportedLockFile"),
        ("not a version", Demo + Files + Tail.Replace("2.1", "new", StringComparison.Ordinal), "UnsupportedLockFile"),
        ("no files", Demo + "files = []\n" + Tail, "demo 1.0 Index"),
        (
            "another index",
            Demo + Files + "[package.source]\ntype = 'legacy'\nurl = 'https://u:p@h/simple'\nreference = 'corp'\n" + Tail,
            "demo 1.0 Index https://h/simple [A B]"
        ),
        (
            "git",
            Demo
                + "files = []\n[package.source]\ntype = 'git'\nurl = 'https://h/demo.git'\nreference = 'main'\nresolved_reference = "
                + "'0123456789'\n"
                + Tail,
            "demo 1.0 Vcs https://h/demo.git @0123456"
        ),
        (
            "a url",
            Demo + Files + "[package.source]\ntype = 'url'\nurl = 'https://h/demo-1.0.zip'\n" + Tail,
            "demo 1.0 Url https://h/demo-1.0.zip [A B]"
        ),
        ("a folder", Demo + "files = []\n[package.source]\ntype = 'directory'\nurl = '../demo'\n" + Tail, "demo 1.0 Path ../demo"),
        (
            "a folder in development",
            Demo + "develop = true\nfiles = []\n[package.source]\ntype = 'directory'\nurl = '../demo'\n" + Tail,
            "demo 1.0 Editable ../demo"
        ),
        (
            "a file",
            Demo + Files + "[package.source]\ntype = 'file'\nurl = 'demo-1.0.tar.gz'\n" + Tail,
            "demo 1.0 Path demo-1.0.tar.gz [A B]"
        ),
        ("a source of another type", Demo + "[package.source]\ntype = 'ftp'\nurl = 'x'\n" + Tail, "InvalidLockFile"),
        ("a source without address", Demo + "[package.source]\ntype = 'git'\n" + Tail, "InvalidLockFile"),
        ("md5", Demo + "files = [{file = 'demo-1.0.tar.gz', hash = 'md5:aa'}]\n" + Tail, "demo 1.0 Index [other]"),
        ("a hash that is none", Demo + "files = [{file = 'demo-1.0.tar.gz', hash = 'sha256:zz'}]\n" + Tail, "InvalidLockFile"),
        ("a file without hash", Demo + "files = [{file = 'demo-1.0.tar.gz'}]\n" + Tail, "InvalidLockFile"),
        (
            "a name as the index prints it",
            (Demo + Files + Tail).Replace("'demo'", "'Backports.Demo'", StringComparison.Ordinal),
            "backports-demo 1.0 Index [A B]"
        ),
        ("no version", "[[package]]\nname = 'demo'\n" + Tail, "InvalidLockFile"),
        (
            "markers as a table",
            Demo + "groups = ['main', 'dev']\nmarkers = {main = \"os_name == 'nt'\", dev = 'x'}\n" + Files + Tail,
            "demo 1.0 Index [A B]"
        ),
        (
            "dependencies in three forms",
            Demo
                + Files
                + "[package.dependencies]\na = '*'\nb = {version = '1', optional = true}\nc = [{version = '1'}, {version = '2'}]\n"
                + Tail,
            "demo 1.0 Index [A B]"
        ),
    ];

    [Fact]
    public void Every_odd_form_is_read_as_poetry_reads_it() => LockRows.Check("poetry.lock", _cases);

    [Fact]
    public void Groups_and_extras_are_chosen()
    {
        const string Text =
            "[[package]]\nname='a'\nversion='1'\ngroups=['main']\n[[package]]\nname='b'\nversion='1'\ngroups=['dev']\n"
            + "[[package]]\nname='c'\nversion='1'\noptional=true\ngroups=['main']\n[package.dependencies]\nd='*'\n"
            + "[[package]]\nname='d'\nversion='1'\noptional=true\ngroups=['main']\n[[package]]\nname='e'\nversion='1'\ncategory='dev'\n"
            + "[extras]\nx=['c (>=1)']\n"
            + Tail;
        Assert.Equal("a b c d e", Names(LockSelection.All));
        Assert.Equal("a", Names(new LockSelection([], [])));
        Assert.Equal("a c d", Names(new LockSelection([], ["x"])));
        Assert.Equal("a b e", Names(new LockSelection(["dev"], [])));

        static string Names(LockSelection selection) =>
            string.Join(' ', LockRows.Parse("poetry.lock", Text, selection).Packages.Select(package => package.Name.Value));
    }
}
