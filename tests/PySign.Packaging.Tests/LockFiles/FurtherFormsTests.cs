namespace PySign.Packaging.Tests.LockFiles;

/// <summary>What programs also write, people also edit by hand, and nobody should rely on.</summary>
public sealed class FurtherFormsTests
{
    private const string PyLock = "lock-version = '1.0'\ncreated-by = 'test'\n[[packages]]\nname = 'demo'\nversion = '1.0'\n";
    private const string PyLockWheel = "wheels = [{url = 'https://h/demo-1.0-py3-none-any.whl', hashes = {sha256 = '$A'}}]\n";
    private const string Uv = "version = 1\n[[package]]\nname = 'demo'\nversion = '1.0'\n";
    private const string UvPyPi = "source = { registry = 'https://pypi.org/simple' }\n";
    private const string UvWheel = "wheels = [{ url = 'https://h/demo-1.0-py3-none-any.whl', hash = 'sha256:$A' }]\n";
    private const string Poetry = "[[package]]\nname = 'demo'\nversion = '1.0'\n";
    private const string PoetryTail = "[metadata]\nlock-version = '2.1'\n";
    private const string Pdm = "[metadata]\nlock_version = '4.5.1'\n[[package]]\nname = 'demo'\nversion = '1.0'\n";

    private static readonly (string File, string Title, string Text, string Rows)[] _cases =
    [
        (
            "pylock.toml",
            "dotted keys",
            PyLock + "vcs.type = 'git'\nvcs.url = 'https://h/d.git'\nvcs.commit-id = 'abcdef0'\n",
            "demo 1.0 Vcs https://h/d.git @abcdef0"
        ),
        (
            "pylock.toml",
            "a repository by path",
            PyLock + "vcs = {type = 'hg', path = '../d', commit-id = 'abcdef0'}\n",
            "demo 1.0 Vcs ../d @abcdef0"
        ),
        (
            "pylock.toml",
            "CRLF and a byte order mark",
            "\ufeff" + (PyLock + PyLockWheel).Replace("\n", "\r\n", StringComparison.Ordinal),
            "demo 1.0 Index [A]"
        ),
        (
            "pylock.toml",
            "the algorithm in capitals",
            PyLock + PyLockWheel.Replace("sha256", "SHA256", StringComparison.Ordinal),
            "demo 1.0 Index [A]"
        ),
        ("pylock.toml", "an archive without hashes", PyLock + "archive = {url = 'https://h/d.zip'}\n", "InvalidLockFile"),
        ("pylock.toml", "a hash that is a number", PyLock + "wheels = [{name = 'd', hashes = {sha256 = 1}}]\n", "InvalidLockFile"),
        (
            "pylock.toml",
            "one invented name for several files, as pipenv writes it",
            PyLock
                + "wheels = [{name = 'd.whl', url = 'https://h/d', hashes = {sha256 = '$A'}}, "
                + "{name = 'd.whl', url = 'https://h/d', hashes = {sha256 = '$B'}}]\n",
            "demo 1.0 Index [A B]"
        ),
        (
            "pylock.toml",
            "one file twice",
            PyLock + "wheels = [{name = 'd.whl', hashes = {sha256 = '$A'}}, {name = 'e.whl', hashes = {sha256 = '$A'}}]\n",
            "demo 1.0 Index [A]"
        ),
        (
            "pylock.toml",
            "no created-by",
            (PyLock + PyLockWheel).Replace("created-by = 'test'\n", "", StringComparison.Ordinal),
            "InvalidLockFile"
        ),
        (
            "pylock.toml",
            "the major version alone",
            (PyLock + PyLockWheel).Replace("'1.0'\nc", "'1'\nc", StringComparison.Ordinal),
            "demo 1.0 Index [A]"
        ),
        (
            "pylock.toml",
            "a name in look-alike letters",
            (PyLock + PyLockWheel).Replace("'demo'", "'d\u0435mo'", StringComparison.Ordinal),
            "InvalidLockFile"
        ),
        (
            "pylock.toml",
            "one name, with and without its index",
            PyLock + "index = 'https://corp/simple'\n" + PyLockWheel + "[[packages]]\nname = 'demo'\nversion = '2.0'\n" + PyLockWheel,
            "demo 1.0 SeveralIndexes [A]\ndemo 2.0 SeveralIndexes [A]"
        ),
        ("pylock.toml", "identities that are text", PyLock + PyLockWheel + "attestation-identities = 'me'\n", "InvalidLockFile"),
        (
            "pylock.toml",
            "an identity without kind",
            PyLock + PyLockWheel + "attestation-identities = [{repository = 'a/b'}]\n",
            "InvalidLockFile"
        ),
        ("requirements.txt", "an include without a blank", "-rbase.txt\ndemo==1.0 --hash=sha256:$A", "demo 1.0 Index [A]"),
        ("requirements.txt", "parentheses", "demo (==1.0) --hash=sha256:$A", "demo 1.0 Index [A]"),
        ("requirements.txt", "two clauses are not a pin", "demo==1.0,!=1.1 --hash=sha256:$A", "demo - Index [A]"),
        ("requirements.txt", "a local version", "demo==1.0+cpu --hash=sha256:$A", "demo 1.0+cpu Index [A]"),
        (
            "requirements.txt",
            "an address without blanks",
            "demo[x]@https://h/demo-1.0.zip#sha256=$A",
            "demo 1.0 Url https://h/demo-1.0.zip [A]"
        ),
        ("requirements.txt", "one hash twice", "demo==1.0 --hash=sha256:$A --hash=sha256:$A", "demo 1.0 Index [A]"),
        ("requirements.txt", "a variable for a name", "${NAME}==1.0 --hash=sha256:$A", "InvalidLockFile"),
        ("requirements.txt", "no index and no pages", "--no-index\ndemo==1.0 --hash=sha256:$A", "demo 1.0 Path [A]"),
        (
            "requirements.txt",
            "a file of PyPI by its address",
            "https://files.pythonhosted.org/packages/aa/bb/cc/demo-1.0-py3-none-any.whl#sha256=$A",
            "demo 1.0 Url https://files.pythonhosted.org/packages/aa/bb/cc/demo-1.0-py3-none-any.whl [A]"
        ),
        (
            "requirements.txt",
            "git with a subdirectory",
            "-e git+https://h/x.git@v1#egg=demo&subdirectory=y",
            "demo - Vcs https://h/x.git @v1"
        ),
        (
            "requirements.txt",
            "a comment directly behind a continuation",
            "demo==1.0 --hash=sha256:$A \\\n  # why\nother==2.0",
            "demo 1.0 Index [A]\nother 2.0 Index"
        ),
        ("requirements.txt", "capitals", "DEMO==1.0 --hash=SHA256:$A", "demo 1.0 Index [A]"),
        (
            "requirements.txt",
            "an abbreviated option",
            "--index https://h/simple\ndemo==1.0 --hash=sha256:$A",
            "demo 1.0 Index https://h/simple [A]"
        ),
        ("requirements.txt", "a comma between hashes", "demo==1.0 --hash=sha256:$A,sha256:$B", "InvalidLockFile"),
        ("uv.lock", "git without a commit", Uv + "source = { git = 'https://h/d' }\n", "demo 1.0 Vcs https://h/d"),
        (
            "uv.lock",
            "the algorithm in capitals",
            Uv + UvPyPi + UvWheel.Replace("sha256:", "SHA256:", StringComparison.Ordinal),
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        (
            "uv.lock",
            "keys of newer revisions",
            Uv
                + UvPyPi
                + UvWheel.Replace("hash =", "zstd = { hash = 'sha256:$B' }, upload_time = '2025', hash =", StringComparison.Ordinal),
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        (
            "uv.lock",
            "an edge to a package that is not there",
            Uv + UvPyPi + UvWheel + "dependencies = [{ name = 'gone' }]\n",
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        (
            "uv.lock",
            "an edge without a name",
            "version = 1\n[[package]]\nname = 'app'\nsource = { virtual = '.' }\ndependencies = [{ version = '1' }]\n",
            "InvalidLockFile"
        ),
        (
            "uv.lock",
            "a member in another spelling",
            "version = 1\n[manifest]\nmembers = ['My_Lib']\n[[package]]\nname = 'my-lib'\nsource = { editable = 'lib' }\n",
            ""
        ),
        (
            "uv.lock",
            "a registry without a version",
            "version = 1\n[[package]]\nname = 'demo'\n" + UvPyPi + UvWheel,
            "demo - Index https://pypi.org/simple [A]"
        ),
        (
            "uv.lock",
            "one index with and without a slash",
            Uv + UvPyPi + UvWheel + "[[package]]\nname = 'demo'\nversion = '2.0'\nsource = { registry = 'https://pypi.org/simple/' }\n",
            "demo 1.0 Index https://pypi.org/simple [A]\ndemo 2.0 Index https://pypi.org/simple/"
        ),
        (
            "uv.lock",
            "a source of two kinds",
            Uv + "source = { registry = 'https://pypi.org/simple', git = 'https://h/d#0123456789' }\n" + UvWheel,
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        ("uv.lock", "a url without a hash", Uv + "source = { url = 'https://h/demo-1.0.zip' }\n", "demo 1.0 Url https://h/demo-1.0.zip"),
        (
            "uv.lock",
            "two files of which one has a hash",
            Uv + UvPyPi + "sdist = { url = 'https://h/demo-1.0.tar.gz' }\n" + UvWheel,
            "demo 1.0 Index https://pypi.org/simple [none A]"
        ),
        (
            "poetry.lock",
            "a header, CRLF",
            ("# @generated by Poetry 2.1\n" + Poetry + "files = [{file = 'd', hash = 'sha256:$A'}]\n" + PoetryTail).Replace(
                "\n",
                "\r\n",
                StringComparison.Ordinal
            ),
            "demo 1.0 Index [A]"
        ),
        ("poetry.lock", "a version of the form that is a number", Poetry + "[metadata]\nlock-version = 2.1\n", "InvalidLockFile"),
        (
            "poetry.lock",
            "PyPI as a source",
            Poetry
                + "files = [{file = 'd', hash = 'sha256:$A'}]\n[package.source]\ntype = 'legacy'\n"
                + "url = 'https://pypi.org/simple'\nreference = 'pypi'\n"
                + PoetryTail,
            "demo 1.0 Index https://pypi.org/simple [A]"
        ),
        (
            "poetry.lock",
            "git without a commit",
            Poetry + "[package.source]\ntype = 'git'\nurl = 'git@h:x/d.git'\nreference = 'main'\n" + PoetryTail,
            "demo 1.0 Vcs git@h:x/d.git"
        ),
        (
            "poetry.lock",
            "one name, from PyPI and from another index",
            Poetry
                + Poetry.Replace("1.0", "2.0", StringComparison.Ordinal)
                + "[package.source]\ntype = 'legacy'\nurl = 'https://corp/simple'\nreference = 'corp'\n"
                + PoetryTail,
            "demo 1.0 SeveralIndexes\ndemo 2.0 SeveralIndexes"
        ),
        (
            "poetry.lock",
            "metadata files in another spelling",
            Poetry.Replace("demo", "demo-lib", StringComparison.Ordinal)
                + "[metadata]\nlock-version = '1.1'\n[metadata.files]\nDemo_Lib = [{file = 'demo_lib-1.0.tar.gz', hash = 'sha256:$A'}]\n",
            "demo-lib 1.0 Index [A]"
        ),
        (
            "poetry.lock",
            "no groups at all",
            Poetry + "groups = []\nfiles = [{file = 'd', hash = 'sha256:$A'}]\n" + PoetryTail,
            "demo 1.0 Index [A]"
        ),
        ("poetry.lock", "an empty name", Poetry.Replace("'demo'", "''", StringComparison.Ordinal) + PoetryTail, "InvalidLockFile"),
        (
            "poetry.lock",
            "a local version",
            Poetry.Replace("1.0", "1.0+cu124", StringComparison.Ordinal) + "files = [{file = 'd', hash = 'sha256:$A'}]\n" + PoetryTail,
            "demo 1.0+cu124 Index [A]"
        ),
        (
            "poetry.lock",
            "a group's marker that is not text",
            Poetry + "groups = ['main']\nmarkers = {main = 1}\n" + PoetryTail,
            "InvalidLockFile"
        ),
        ("poetry.lock", "files that are a table", Poetry + "files = {file = 'd'}\n" + PoetryTail, "InvalidLockFile"),
        (
            "pdm.lock",
            "name and address of a file",
            Pdm + "files = [{file = 'd.whl', url = 'https://h/d.whl', hash = 'sha256:$A'}]\n",
            "demo 1.0 Index [A]"
        ),
        ("pdm.lock", "a version of the form that is a number", Pdm.Replace("'4.5.1'", "4.5", StringComparison.Ordinal), "InvalidLockFile"),
        (
            "pdm.lock",
            "extras with further files",
            Pdm
                + "files = [{file = 'a', hash = 'sha256:$A'}]\n[[package]]\nname = 'demo'\nversion = '1.0'\n"
                + "extras = ['x']\nfiles = [{file = 'b', hash = 'sha256:$B'}]\n",
            "demo 1.0 Index [A B]"
        ),
        ("pdm.lock", "subversion", Pdm + "svn = 'https://h/d'\nrevision = '12'\n", "demo 1.0 Vcs https://h/d @12"),
        (
            "pdm.lock",
            "no version and no source",
            "[metadata]\nlock_version = '4.5.1'\n[[package]]\nname = 'demo'\nfiles = [{file = 'd', hash = 'sha256:$A'}]\n",
            "demo - Index [A]"
        ),
        (
            "pdm.lock",
            "the lock's inputs in place of a digest",
            Pdm.Replace("4.5.1'\n", "4.5.1'\nlock_inputs = ['x']\n", StringComparison.Ordinal)
                + "files = [{file = 'd', hash = 'sha256:$A'}]\n",
            "demo 1.0 Index [A]"
        ),
        (
            "pdm.lock",
            "old files in another spelling",
            "[metadata]\nlock_version = '4.2'\n[metadata.files]\n"
                + "'Demo_Lib 1.0' = [{file = 'd', hash = 'sha256:$A'}]\n[[package]]\nname = 'demo-lib'\n"
                + "version = '1.0'\n",
            "demo-lib 1.0 Index [A]"
        ),
        (
            "pdm.lock",
            "one file twice",
            Pdm + "files = [{file = 'a', hash = 'sha256:$A'}, {file = 'a', hash = 'sha256:$A'}]\n",
            "demo 1.0 Index [A]"
        ),
        ("pdm.lock", "an editable package without a path", Pdm + "editable = true\n", "demo 1.0 Editable"),
        ("pdm.lock", "groups that are text", Pdm + "groups = 'dev'\n", "InvalidLockFile"),
        ("pdm.lock", "a hash without algorithm", Pdm + "files = [{file = 'a', hash = '$A'}]\n", "InvalidLockFile"),
        (
            "Pipfile.lock",
            "a category of one's own",
            Pipfile("\"docs\":{\"demo\":{\"version\":\"==1.0\",\"hashes\":[\"sha256:$A\"]}}"),
            "demo 1.0 Index https://h/simple [A]"
        ),
        (
            "Pipfile.lock",
            "arbitrary equality",
            Pipfile("\"default\":{\"demo\":{\"version\":\"===1.0\"}}"),
            "demo 1.0 Index https://h/simple"
        ),
        ("Pipfile.lock", "any version", Pipfile("\"default\":{\"demo\":{\"version\":\"*\"}}"), "InvalidLockFile"),
        (
            "Pipfile.lock",
            "hashes that are null",
            Pipfile("\"default\":{\"demo\":{\"version\":\"==1.0\",\"hashes\":null}}"),
            "InvalidLockFile"
        ),
        (
            "Pipfile.lock",
            "an escaped name",
            Pipfile("\"default\":{\"\\u0064emo\":{\"version\":\"==1.0\"}}"),
            "demo 1.0 Index https://h/simple"
        ),
        (
            "Pipfile.lock",
            "one key twice, once escaped",
            Pipfile("\"default\":{\"demo\":{\"version\":\"==1.0\"},\"\\u0064emo\":{\"version\":\"==2.0\"}}"),
            "InvalidLockFile"
        ),
        ("Pipfile.lock", "a comment", "{/* x */\"_meta\":{}}", "InvalidLockFile"),
        ("Pipfile.lock", "a last comma", "{\"_meta\":{},}", "InvalidLockFile"),
        (
            "Pipfile.lock",
            "markers of the host, as the oldest have them",
            "{\"_meta\":{\"host-environment-markers\":{},\"sources\":[]},\"default\":{\"demo\":{\"version\":\"==1.0\"}}}",
            "demo 1.0 Index"
        ),
        ("Pipfile.lock", "a file beside it", Pipfile("\"default\":{\"demo\":{\"file\":\"./demo-1.0.zip\"}}"), "demo - Path ./demo-1.0.zip"),
        (
            "Pipfile.lock",
            "a source without an address",
            "{\"_meta\":{\"sources\":[{\"name\":\"x\"}]},\"default\":{\"demo\":{\"version\":\"==1.0\",\"index\":\"x\"}}}",
            "demo 1.0 Index "
        ),
        ("Pipfile.lock", "a section that is text", Pipfile("\"default\":\"x\""), "InvalidLockFile"),
    ];

    public static TheoryData<string> Forms => [.. _cases.Select(one => one.File).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Ten_further_forms_of_each_kind_are_read_or_refused(string form)
    {
        var cases = _cases.Where(one => one.File == form).ToList();
        Assert.True(cases.Count >= 10, form);
        var wrong = cases
            .Select(one => (one.Title, one.Rows, Found: LockRows.Read(form, one.Text)))
            .Where(one => one.Rows != one.Found)
            .Select(one => $"{one.Title}: expected {one.Rows}, found {one.Found}");
        Assert.Empty(wrong);
    }

    private static string Pipfile(string sections) =>
        $"{{\"_meta\":{{\"sources\":[{{\"name\":\"pypi\",\"url\":\"https://h/simple\"}}]}},{sections}}}";
}
