using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

public sealed class PdmLockReaderTests
{
    private const string Head =
        "[metadata]\ngroups = ['default']\nstrategy = ['inherit_metadata']\nlock_version = '4.5.1'\ncontent_hash = 'sha256:x'\n";
    private const string Demo = Head + "[[package]]\nname = 'demo'\nversion = '1.0'\ngroups = ['default']\n";
    private const string Files = "files = [{file = 'demo-1.0-py3-none-any.whl', hash = 'sha256:$A'}]\n";

    private static readonly (string, string, string)[] _cases =
    [
        ("nothing", Head, ""),
        ("no metadata", "[[package]]\nname = 'demo'\n", "InvalidLockFile"),
        ("a file", Demo + Files, "demo 1.0 Index [A]"),
        ("static urls", Demo + "files = [{url = 'https://h/demo-1.0%2Bx.tar.gz', hash = 'sha256:$A'}]\n", "demo 1.0 Index [A]"),
        ("no files", Demo, "demo 1.0 Index"),
        ("an older minor", Demo.Replace("4.5.1", "4.4", StringComparison.Ordinal) + Files, "demo 1.0 Index [A]"),
        ("version 3", Demo.Replace("4.5.1", "3.1", StringComparison.Ordinal) + Files, "demo 1.0 Index [A]"),
        ("another major", Demo.Replace("4.5.1", "5.0", StringComparison.Ordinal) + Files, "UnsupportedLockFile"),
        ("no version", Head.Replace("lock_version = '4.5.1'\n", "", StringComparison.Ordinal), "UnsupportedLockFile"),
        (
            "targets",
            Head + "[[metadata.targets]]\nrequires_python = '>=3.9'\n[[package]]\nname = 'demo'\nversion = '1.0'\n" + Files,
            "demo 1.0 Index [A]"
        ),
        (
            "extras are the same package",
            Demo + Files + "[[package]]\nname = 'demo'\nversion = '1.0'\nextras = ['x']\n" + Files,
            "demo 1.0 Index [A]"
        ),
        ("git", Demo + "git = 'https://h/demo.git'\nref = 'main'\nrevision = '0123456789'\n", "demo 1.0 Vcs https://h/demo.git @0123456"),
        ("mercurial", Demo + "hg = 'https://h/demo'\nrevision = '0123456789'\n", "demo 1.0 Vcs https://h/demo @0123456"),
        ("editable git without revision", Demo + "git = 'https://h/demo.git'\neditable = true\n", "demo 1.0 Vcs https://h/demo.git"),
        ("a url", Demo + "url = 'https://u:p@h/demo-1.0.zip?x'\n" + Files, "demo 1.0 Url https://h/demo-1.0.zip [A]"),
        ("a file url", Demo + "url = 'file:///x/demo-1.0.zip'\n" + Files, "demo 1.0 Path file:///x/demo-1.0.zip [A]"),
        ("a folder", Demo + "path = './demo'\n", "demo 1.0 Path ./demo"),
        ("an editable folder", Demo + "path = './demo'\neditable = true\n", "demo 1.0 Editable ./demo"),
        (
            "files of the old form",
            "[metadata]\nlock_version = '4.2'\n[metadata.files]\n'demo 1.0' = [{file = 'demo-1.0.tar.gz', hash = 'sha256:$A'}]\n'demo 2.0' "
                + "= [{file = 'x', hash = 'sha256:$B'}]\n[[package]]\nname = 'demo'\nversion = '1.0'\n",
            "demo 1.0 Index [A]"
        ),
        (
            "old form with extras and local version",
            "[metadata]\nlock_version = '4.0'\n[metadata.files]\n'torch[x] 1.10.2+cu111' = [{url = "
                + "'https://h/torch-1.10.2%2Bcu111-cp39-cp39-linux_x86_64.whl', hash = 'sha256:$A'}]\n[[package]]\nname = 'torch'\nversion "
                + "= '1.10.2+cu111'\n",
            "torch 1.10.2+cu111 Index [A]"
        ),
        ("no hash", Demo + "files = [{file = 'demo-1.0.tar.gz'}]\n", "InvalidLockFile"),
        ("sha1", Demo + "files = [{file = 'demo-1.0.tar.gz', hash = 'sha1:aa'}]\n", "demo 1.0 Index [other]"),
        ("files that are text", Demo + "files = ['x']\n", "InvalidLockFile"),
        ("a hostile name", Demo.Replace("'demo'", "'-demo'", StringComparison.Ordinal), "InvalidLockFile"),
        (
            "one name twice by markers",
            Demo + "marker = 'a'\n" + Files + "[[package]]\nname = 'demo'\nversion = '0.9'\nmarker = 'b'\n",
            "demo 1.0 Index [A]\ndemo 0.9 Index"
        ),
    ];

    [Fact]
    public void Every_odd_form_is_read_as_pdm_reads_it() => LockRows.Check("pdm.lock", _cases);

    [Fact]
    public void Groups_are_chosen()
    {
        const string Text =
            Head
            + "[[package]]\nname='a'\nversion='1'\ngroups=['default','dev']\n[[package]]\nname='b'\nversion='1'\ngroups=['dev']\n"
            + "[[package]]\nname='c'\nversion='1'\ngroups=['fast']\n[[package]]\nname='d'\nversion='1'\n";
        Assert.Equal("a b c d", Names(LockSelection.All));
        Assert.Equal("a d", Names(new LockSelection([], [])));
        Assert.Equal("a b d", Names(new LockSelection(["dev"], [])));
        Assert.Equal("a c d", Names(new LockSelection([], ["fast"])));

        static string Names(LockSelection selection) =>
            string.Join(' ', LockRows.Parse("pdm.lock", Text, selection).Packages.Select(package => package.Name.Value));
    }
}
