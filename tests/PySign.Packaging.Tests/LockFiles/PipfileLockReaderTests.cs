using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

public sealed class PipfileLockReaderTests
{
    private static readonly (string, string, string)[] _cases =
    [
        ("nothing", File(""), ""),
        (
            "one",
            File("\"demo\":{\"hashes\":[\"sha256:$A\",\"sha256:$B\"],\"index\":\"pypi\",\"version\":\"==1.0\"}"),
            "demo 1.0 Index https://pypi.org/simple [A B]"
        ),
        (
            "no index name",
            File("\"demo\":{\"hashes\":[\"sha256:$A\"],\"version\":\"==1.0\"}"),
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        ("no sources", "{\"_meta\":{\"pipfile-spec\":6},\"default\":{\"demo\":{\"version\":\"==1.0\"}}}", "demo 1.0 Index"),
        (
            "several sources, none named",
            Two("\"demo\":{\"version\":\"==1.0\",\"hashes\":[\"sha256:$A\"]}"),
            "demo 1.0 SeveralIndexes https://pypi.org/simple [A]"
        ),
        ("several sources, one named", Two("\"demo\":{\"version\":\"==1.0\",\"index\":\"corp\"}"), "demo 1.0 Index https://corp/simple"),
        ("an index that is not a source", File("\"demo\":{\"version\":\"==1.0\",\"index\":\"other\"}"), "demo 1.0 Index other"),
        ("no hashes", File("\"demo\":{\"version\":\"==1.0\"}"), "demo 1.0 Index https://pypi.org/simple"),
        ("no version", File("\"demo\":{\"hashes\":[\"sha256:$A\"]}"), "demo - Index https://pypi.org/simple [A]"),
        ("git", File("\"demo\":{\"git\":\"https://t@h/demo.git\",\"ref\":\"0123456789\"}"), "demo - Vcs https://h/demo.git @0123456"),
        ("mercurial", File("\"demo\":{\"hg\":\"https://h/demo\"}"), "demo - Vcs https://h/demo"),
        ("a folder", File("\"demo\":{\"path\":\"./demo\"}"), "demo - Path ./demo"),
        ("an editable folder", File("\"demo\":{\"path\":\".\",\"editable\":true}"), "demo - Editable ."),
        ("a file url", File("\"demo\":{\"file\":\"file:///x/demo-1.0.zip\"}"), "demo - Path file:///x/demo-1.0.zip"),
        (
            "a url",
            File("\"demo\":{\"file\":\"https://h/demo-1.0.zip?x=1\",\"hashes\":[\"sha256:$A\"]}"),
            "demo - Url https://h/demo-1.0.zip [A]"
        ),
        ("editable without path", File("\"demo\":{\"editable\":true,\"version\":\"==1.0\"}"), "demo 1.0 Editable"),
        ("a range", File("\"demo\":{\"version\":\">=1.0\"}"), "InvalidLockFile"),
        ("a hash that is none", File("\"demo\":{\"version\":\"==1.0\",\"hashes\":[\"$A\"]}"), "InvalidLockFile"),
        ("sha512", File("\"demo\":{\"version\":\"==1.0\",\"hashes\":[\"sha512:$A$B\"]}"), "demo 1.0 Index https://pypi.org/simple [other]"),
        ("a key twice", File("\"demo\":{\"version\":\"==1.0\"},\"demo\":{\"version\":\"==2.0\"}"), "InvalidLockFile"),
        ("not JSON", "{", "InvalidLockFile"),
        ("an array", "[]", "InvalidLockFile"),
        ("no _meta", "{\"default\":{}}", "InvalidLockFile"),
        ("a newer form", "{\"_meta\":{\"pipfile-spec\":7}}", "UnsupportedLockFile"),
        ("an entry that is text", File("\"demo\":\"*\""), "InvalidLockFile"),
        (
            "one package in two sections",
            File(
                "\"demo\":{\"version\":\"==1.0\",\"hashes\":[\"sha256:$A\"]}",
                "\"Demo\":{\"version\":\"==1.0\",\"hashes\":[\"sha256:$A\"]}"
            ),
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        ("a byte order mark", "\ufeff" + File("\"demo\":{\"version\":\"==1.0\"}"), "demo 1.0 Index https://pypi.org/simple"),
        ("a hostile name", File("\"../x\":{\"version\":\"==1.0\"}"), "InvalidLockFile"),
    ];

    [Fact]
    public void Every_odd_form_is_read_as_pipenv_reads_it() => LockRows.Check("Pipfile.lock", _cases);

    [Fact]
    public void Sections_are_chosen_and_lines_are_known()
    {
        const string Text =
            "{\n\"_meta\": {\"pipfile-spec\": 6},\n\"default\": {\n\"a\": {\"version\": \"==1\"}\n},\n\"develop\": {\n\"b\": {\"version\": "
            + "\"==1\"}\n}\n}";
        var read = LockRows.Parse("Pipfile.lock", Text);
        Assert.Equal([("a", 4), ("b", 7)], read.Packages.Select(package => (package.Name.Value, package.Line)));
        Assert.Equal("a", Assert.Single(LockRows.Parse("Pipfile.lock", Text, new LockSelection([], null)).Packages).Name.Value);
    }

    private static string File(string entries, string develop = "") =>
        "{\"_meta\":{\"pipfile-spec\":6,\"sources\":[{\"name\":\"pypi\",\"url\":\"https://${USER}:${PASS}@pypi.org/simple\",\"verify_ssl\":true}]},"
        + $"\"default\":{{{entries}}},\"develop\":{{{develop}}}}}";

    private static string Two(string entries) =>
        "{\"_meta\":{\"sources\":[{\"name\":\"pypi\",\"url\":\"https://pypi.org/simple\"},{\"name\":\"corp\",\"url\":\"https://corp/simple\"}]},"
        + $"\"default\":{{{entries}}}}}";
}
