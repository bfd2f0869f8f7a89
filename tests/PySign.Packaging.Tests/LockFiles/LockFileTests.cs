using System.Text;
using PySign.Packaging.LockFiles;

namespace PySign.Packaging.Tests.LockFiles;

public sealed class LockFileTests
{
    /// <summary>One project in every form, each as its program writes it.</summary>
    private static readonly (string Name, string Text)[] _forms =
    [
        (
            "pylock.toml",
            """
            lock-version = "1.0"
            created-by = "test"
            [[packages]]
            name = "demo-lib"
            version = "1.0.0"
            sdist = { name = "demo_lib-1.0.0.tar.gz", url = "https://h/demo_lib-1.0.0.tar.gz", hashes = { sha256 = "$A" } }
            wheels = [{ name = "demo_lib-1.0.0-py3-none-any.whl", url = "https://h/d", hashes = { sha256 = "$B" } }]
            [[packages]]
            name = "tool"
            vcs = { type = "git", url = "https://h/tool.git", commit-id = "0123456789" }
            """
        ),
        (
            "requirements.txt",
            """
            Demo_Lib==1.0.0 \
                --hash=sha256:$A \
                --hash=sha256:$B
            tool @ git+https://h/tool.git@0123456789
            """
        ),
        (
            "uv.lock",
            """
            version = 1
            [[package]]
            name = "app"
            source = { editable = "." }
            [[package]]
            name = "demo-lib"
            version = "1.0.0"
            source = { registry = "https://pypi.org/simple" }
            sdist = { url = "https://h/demo_lib-1.0.0.tar.gz", hash = "sha256:$A" }
            wheels = [{ url = "https://h/demo_lib-1.0.0-py3-none-any.whl", hash = "sha256:$B" }]
            [[package]]
            name = "tool"
            source = { git = "https://h/tool.git?rev=main#0123456789" }
            """
        ),
        (
            "poetry.lock",
            """
            [[package]]
            name = "Demo.Lib"
            version = "1.0.0"
            files = [{ file = "demo_lib-1.0.0.tar.gz", hash = "sha256:$A" }, { file = "demo_lib-1.0.0-py3-none-any.whl", hash = "sha256:$B" }]
            [[package]]
            name = "tool"
            version = "0.1"
            files = []
            [package.source]
            type = "git"
            url = "https://h/tool.git"
            reference = "main"
            resolved_reference = "0123456789"
            [metadata]
            lock-version = "2.1"
            """
        ),
        (
            "pdm.lock",
            """
            [metadata]
            lock_version = "4.5.1"
            [[package]]
            name = "demo-lib"
            version = "1.0.0"
            files = [{ file = "demo_lib-1.0.0.tar.gz", hash = "sha256:$A" }, { file = "demo_lib-1.0.0-py3-none-any.whl", hash = "sha256:$B" }]
            [[package]]
            name = "tool"
            git = "https://h/tool.git"
            ref = "main"
            revision = "0123456789"
            """
        ),
        (
            "Pipfile.lock",
            """
            {"_meta": {"sources": [{"name": "pypi", "url": "https://pypi.org/simple"}]},
             "default": {"demo-lib": {"version": "==1.0.0", "hashes": ["sha256:$A", "sha256:$B"]},
                         "tool": {"git": "https://h/tool.git", "ref": "0123456789"}}}
            """
        ),
    ];

    [Fact]
    public void All_forms_of_one_project_say_the_same()
    {
        foreach (var (name, text) in _forms)
        {
            var rows = LockRows
                .Parse(name, text)
                .Packages.Select(package =>
                    $"{package.Name.Normalized} {package.Source.Kind} {package.Source.Revision} "
                    + $"{string.Join(' ', package.Files.Select(file => file.Sha256!.Hex[..1]).Order(StringComparer.Ordinal))}"
                );
            Assert.Equal(["demo-lib Index  a b", "tool Vcs 0123456789 "], rows);
        }
    }

    [Fact]
    public void A_form_is_known_by_its_name_or_by_what_it_holds()
    {
        foreach (var (name, text) in _forms.Where(form => form.Name is not ("requirements.txt" or "Pipfile.lock")))
            Assert.Equal(LockRows.Parse(name, text).Kind, LockRows.Parse("locked.toml", text).Kind);
        Assert.Equal(LockFileKind.Requirements, LockRows.Parse("main.txt", "demo==1.0").Kind);
        Assert.Equal("UnsupportedLockFile", LockRows.Read("other.lock", "a = 1\n"));
        foreach (
            var known in new[]
            {
                "pylock.toml",
                "pylock.dev.toml",
                "uv.lock",
                "x.py.lock",
                "requirements.txt",
                "dev-requirements.txt",
                "Pipfile.lock",
            }
        )
            Assert.True(LockFile.IsLockFileName(known), known);
        foreach (var unknown in new[] { "pylock..toml", "pylock.a.b.toml", "Pipfile", "package-lock.json", "requirements.in" })
            Assert.False(LockFile.IsLockFileName(unknown), unknown);
    }

    [Fact]
    public void Hashes_chosen_to_be_alike_are_told_apart_as_fast_as_others() =>
        Growth.AssertLinear(
            20_000,
            static count =>
                Encoding.UTF8.GetBytes("a==1 " + string.Concat(Enumerable.Range(0, count).Select(i => $"--hash=sha256:{i:x64} "))),
            static content => Assert.Single(LockFile.Parse("requirements.txt", content).Packages)
        );

    [Fact]
    public void A_lock_beyond_every_bound_is_refused()
    {
        var text = new byte[LockFile.MaxBytes + 1];
        Assert.Equal(PackagingFailure.LockFileTooLarge, Assert.Throws<PackagingException>(() => LockFile.Parse("uv.lock", text)).Reason);
        var lines = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("a==1\n", LockFile.MaxPackages + 1)) + "what is behind is not read"
        );
        Assert.Equal(
            PackagingFailure.LockFileTooLarge,
            Assert.Throws<PackagingException>(() => LockFile.Parse("requirements.txt", lines)).Reason
        );
        Assert.Equal("InvalidLockFile", LockRows.Read("uv.lock", "a = " + new string('[', 5000)));
        Assert.Equal("InvalidLockFile", LockRows.Read("Pipfile.lock", new string('[', 5000)));
    }

    /// <summary>Lock files as projects have them, in folders below <c>PYSIGN_REAL_LOCKS</c>.</summary>
    [Fact]
    public void Real_lock_files_are_read_whole()
    {
        if (Environment.GetEnvironmentVariable("PYSIGN_REAL_LOCKS") is not { Length: > 0 } root)
        {
            Assert.Skip("NOT RUN: PYSIGN_REAL_LOCKS names no folder.");
            return;
        }

        var files = Directory
            .EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => LockFile.IsLockFileName(Path.GetFileName(file)));
        var read = 0;
        foreach (var file in files)
        {
            var locked = LockFile.Parse(Path.GetFileName(file), File.ReadAllBytes(file));
            Assert.NotEmpty(locked.Packages);
            var pinned = locked.Packages.Count(package => package.Files.Any(one => one.Sha256 is not null));
            Assert.True(pinned * 2 >= locked.Packages.Count, $"{file}: {pinned} of {locked.Packages.Count} pinned");
            TestContext.Current.SendDiagnosticMessage("{0}: {1} packages, {2} pinned", file, locked.Packages.Count, pinned);
            read++;
        }

        Assert.True(read >= 10, $"{read} lock files");
    }
}
