using Cake.PySign.Tests.Rig;
using IoPath = System.IO.Path;

namespace Cake.PySign.Tests.Build;

/// <summary>Repositories in every state that a project is built from.</summary>
internal sealed class RepositoryLayouts(TemporaryFolder folder)
{
    public static TheoryData<string> Names =>
        [
            "plain",
            "changed",
            "staged",
            "deleted",
            "distance",
            "subfolder",
            "link out of the project",
            "link out of the repository",
            "submodule",
            "changed submodule",
            "project is a submodule",
            "second work tree",
            "sparse",
            "export-subst",
            "filter that is not here",
            "line ends",
            "detached",
            "packed refs",
            "split index",
            "absolute link",
            "odd names",
            "token in the remote",
            "no commit",
            "path is a link",
            "tracked output folder",
            "includes",
            "large",
            "large, changed outside",
            "large, deleted outside",
            "large, staged outside",
            "large, untracked outside",
            "large, odd names outside",
            "large, submodule outside",
            "large, changed submodule outside",
            "large, sparse",
            "large, split index",
            "large, link chain",
            "large, looks above",
            "large, second work tree",
        ];

    /// <summary>Makes the repository and returns the project's folder.</summary>
    public string Arrange(string layout)
    {
        var project = folder.Folder("repo").FullPath;
        folder.Write("repo/pyproject.toml", "[project]\nname = \"hello\"\ndynamic = [\"version\"]\n");
        folder.Write("repo/hello/__init__.py", "");
        folder.Write("repo/hello/data.bin", "data");
        var tree = layout is "no commit" ? null : GitTree.Commit(project);
        switch (layout)
        {
            case not null when layout.StartsWith("large", StringComparison.Ordinal):
                return ArrangeLarge(tree!, layout);
            case "no commit":
                new GitTree(project).Run("init", "-q");
                break;
            case "changed":
                folder.Write("repo/hello/data.bin", "other");
                break;
            case "staged":
                folder.Write("repo/hello/new.py", "x = 1");
                tree!.Run("add", "-A");
                break;
            case "deleted":
                File.Delete(IoPath.Combine(project, "hello/data.bin"));
                break;
            case "distance":
                folder.Write("repo/hello/new.py", "x = 1");
                tree!.CommitAll();
                break;
            case "detached":
                tree!.Run("checkout", "-q", "--detach", "v1.2.3");
                break;
            case "packed refs":
                tree!.Run("tag", "-a", "v1.3.0", "-m", "annotated");
                tree.Run("pack-refs", "--all");
                tree.Run("gc", "-q");
                break;
            case "split index":
                tree!.Run("update-index", "--split-index");
                break;
            case "sparse":
                folder.Write("repo/other/big.txt", "x");
                tree!.CommitAll();
                tree.Run("sparse-checkout", "set", "hello");
                break;
            case "export-subst":
                folder.Write("repo/.gitattributes", "hello/_archive.txt export-subst\ndocs export-ignore\n");
                folder.Write("repo/hello/_archive.txt", "$Format:%H$\n");
                folder.Write("repo/docs/index.md", "x");
                tree!.CommitAll();
                break;
            case "filter that is not here":
                ArrangeFilter(tree!);
                break;
            case "line ends":
                tree!.Run("config", "core.autocrlf", "true");
                folder.Write("repo/hello/dos.txt", "one\r\ntwo\r\n");
                tree.CommitAll();
                break;
            case "odd names":
                folder.Write("repo/hello/tab\tand \"quote\".txt", "x");
                folder.Write("repo/hello/strängé.txt", "x");
                folder.Write("repo/hello/-dash.txt", "x");
                tree!.CommitAll();
                break;
            case "absolute link":
                File.CreateSymbolicLink(IoPath.Combine(project, "absolute"), IoPath.Combine(project, "pyproject.toml"));
                tree!.CommitAll();
                break;
            case "link out of the repository":
                folder.Write("outside/LICENSE", "x");
                File.CreateSymbolicLink(IoPath.Combine(project, "LICENSE"), "../outside/LICENSE");
                tree!.CommitAll();
                break;
            case "token in the remote":
                ArrangeToken(tree!);
                break;
            case "tracked output folder":
                folder.Write("repo/dist/.gitignore", "*\n");
                tree!.Run("add", "-f", "dist/.gitignore");
                tree.CommitAll();
                folder.Write("repo/dist/old-1.0.tar.gz", "x");
                break;
            case "includes":
                folder.Write("included.cfg", "[core]\n\tfileMode = false\n[alias]\n\tx = status\n");
                tree!.Run("config", "include.path", "../../included.cfg");
                MakeExecutable(IoPath.Combine(project, "hello/data.bin"));
                break;
            case "path is a link":
                Directory.CreateSymbolicLink(folder.Folder("link").FullPath, project);
                return folder.Folder("link").FullPath;
            case "subfolder" or "link out of the project":
                return ArrangeSubfolder(tree!, layout == "link out of the project");
            case "submodule" or "changed submodule" or "project is a submodule":
                return ArrangeSubmodule(tree!, layout);
            case "second work tree":
                tree!.Run("worktree", "add", "-q", "../second", "-b", "second");
                folder.Write("second/hello/new.py", "x = 1");
                new GitTree(folder.Folder("second").FullPath).CommitAll();
                return folder.Folder("second").FullPath;
        }

        return project;
    }

    private static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
        }
    }

    private void ArrangeFilter(GitTree tree)
    {
        folder.Write("repo/.gitattributes", "*.bin filter=upper\n");
        tree.Run("config", "filter.upper.clean", "tr a-z A-Z");
        folder.Write("repo/hello/data.bin", "smudged");
        tree.CommitAll();

        // As on a machine without git-lfs: what lies there is not what is in the repository, and only the index knows that it is right.
        tree.Run("config", "--unset", "filter.upper.clean");
    }

    private void ArrangeToken(GitTree tree)
    {
        tree.Run("remote", "add", "origin", "https://gitlab-ci-token:canary-1@gitlab.example/acme/hello.git");
        tree.Run("config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic canary-2");
        tree.Run("config", "credential.helper", "!echo canary-3");
        tree.Run("config", "url.https://x:canary-4@gitlab.example/.insteadOf", "https://gitlab.example/");
        folder.Write("repo/.git/hooks/post-index-change", "#!/bin/sh\ntouch canary\n");
    }

    private string ArrangeSubfolder(GitTree tree, bool withLink)
    {
        folder.Write("repo/python/pyproject.toml", "[project]\nname = \"inner\"\ndynamic = [\"version\"]\n");
        folder.Write("repo/LICENSE", "x");
        if (withLink)
        {
            File.CreateSymbolicLink(folder.File("repo/python/LICENSE").FullPath, "../LICENSE");
            Directory.CreateSymbolicLink(folder.File("repo/python/all").FullPath, "../hello");
        }

        tree.CommitAll();
        tree.Run("tag", "v2.0.0");
        return folder.Folder("repo/python").FullPath;
    }

    // A project among others, with more files around it than are copied without need.
    private string ArrangeLarge(GitTree tree, string layout)
    {
        folder.Write(
            "repo/packages/one/pyproject.toml",
            "[project]\nname = \"one\"\ndynamic = [\"version\"]\n[tool.setuptools_scm]\nroot = \"../..\"\n"
        );
        folder.Write("repo/packages/one/one/__init__.py", "from .. import x\n");
        folder.Write("repo/packages/README.md", "x");
        for (var i = 0; i < 40; i++)
        {
            folder.Write($"repo/packages/two/data/{i}.txt", $"{i}");
            folder.Write($"repo/shared/{i}.txt", $"{i}");
        }

        var project = folder.Folder("repo/packages/one").FullPath;
        var outside = folder.File("repo/shared/1.txt").FullPath;
        if (layout.EndsWith("link chain", StringComparison.Ordinal))
        {
            File.CreateSymbolicLink(IoPath.Combine(project, "LICENSE"), "../two/LICENSE");
            File.CreateSymbolicLink(folder.File("repo/packages/two/LICENSE").FullPath, "../../shared/3.txt");
            Directory.CreateSymbolicLink(IoPath.Combine(project, "data"), "../two/data");
        }
        else if (layout.EndsWith("link to the top", StringComparison.Ordinal))
        {
            Directory.CreateSymbolicLink(IoPath.Combine(project, "all"), "../..");
        }
        else if (layout.EndsWith("looks above", StringComparison.Ordinal))
        {
            folder.Write("repo/packages/one/setup.py", "open('../../shared/1.txt')\n");
        }
        else if (layout.EndsWith("odd names outside", StringComparison.Ordinal))
        {
            folder.Write("repo/shared/tab\tand \"quote\".txt", "x");
            folder.Write("repo/shared/back\\slash.txt", "x");
            folder.Write("repo/strängé.txt", "x");
        }

        tree.CommitAll();
        tree.Run("tag", "v2.0.0");
        if (layout.EndsWith("changed outside", StringComparison.Ordinal))
        {
            folder.Write("repo/shared/1.txt", "changed");
        }
        else if (layout.EndsWith("deleted outside", StringComparison.Ordinal))
        {
            File.Delete(outside);
        }
        else if (layout.EndsWith("staged outside", StringComparison.Ordinal))
        {
            folder.Write("repo/shared/1.txt", "changed");
            tree.Run("add", "-A");
        }
        else if (layout.EndsWith("untracked outside", StringComparison.Ordinal))
        {
            folder.Write("repo/shared/untracked.txt", "x");
        }
        else if (layout.EndsWith("submodule outside", StringComparison.Ordinal))
        {
            ArrangeSubmodule(tree, layout.Contains("changed", StringComparison.Ordinal) ? "changed submodule" : "submodule");
        }
        else if (layout.EndsWith("sparse", StringComparison.Ordinal))
        {
            tree.Run("sparse-checkout", "set", "packages/one");
        }
        else if (layout.EndsWith("split index", StringComparison.Ordinal))
        {
            tree.Run("update-index", "--split-index");
        }
        else if (layout.EndsWith("second work tree", StringComparison.Ordinal))
        {
            tree.Run("worktree", "add", "-q", "../second", "-b", "second");
            return folder.Folder("second/packages/one").FullPath;
        }

        return project;
    }

    private string ArrangeSubmodule(GitTree tree, string layout)
    {
        folder.Write("library/pyproject.toml", "[project]\nname = \"library\"\ndynamic = [\"version\"]\n");
        folder.Write("library/code.py", "x = 1\n");
        GitTree.Commit(folder.Folder("library").FullPath, "v7.0.0");
        tree.Run("submodule", "--quiet", "add", "../library", "vendored/library");
        tree.CommitAll();
        if (layout == "changed submodule")
        {
            folder.Write("repo/vendored/library/code.py", "x = 2\n");
        }

        return folder.Folder(layout == "project is a submodule" ? "repo/vendored/library" : "repo").FullPath;
    }
}
