using Cake.PySign.Tests.Rig;

namespace Cake.PySign.Tests.Build;

/// <summary>Small projects: a back end with a way to get its version, in a layout.</summary>
internal static class GeneratedProjects
{
    /// <summary>Back ends, with the modules that they need.</summary>
    public static readonly IReadOnlyDictionary<string, string> BackEnds = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["setuptools"] = "setuptools, wheel",
        ["setuptools-scm"] = "setuptools, wheel, setuptools_scm",
        ["hatchling"] = "hatchling",
        ["hatch-vcs"] = "hatchling, hatch_vcs",
        ["flit"] = "flit_core",
        ["poetry"] = "poetry.core",
        ["pdm"] = "pdm.pep517",
    };

    public static readonly IReadOnlyList<string> Layouts =
    [
        "flat",
        "src",
        "subfolder",
        "link to the license",
        "untracked leftovers",
        "second package called consumer",
        "path is a link",
        "submodule",
        "second work tree",
        "one commit later",
        "changed",
    ];

    /// <summary>Writes one as a repository and returns the project's folder.</summary>
    public static string Write(TemporaryFolder folder, string backEnd, string layout)
    {
        var inside = layout is "subfolder" or "link to the license" ? "repo/python" : "repo";
        var package = layout == "src" ? $"{inside}/src/hello_gen" : $"{inside}/hello_gen";
        folder.Write($"{inside}/pyproject.toml", PyProject(backEnd, layout));
        folder.Write($"{inside}/README.md", "# Hello\n");
        folder.Write($"{package}/__init__.py", "\"\"\"Says hello.\"\"\"\n__version__ = \"1.2.3\"\n");
        folder.Write($"{package}/sub/__init__.py", "");
        folder.Write($"{package}/sub/data.txt", "data\n");
        folder.Write($"{inside}/tests/test_hello.py", "def test_hello():\n    import hello_gen\n");
        folder.Write($"{inside}/.gitignore", "*.pyc\n/dist/\n");
        folder.Write("repo/LICENSE", "Free\n");
        if (layout == "second package called consumer")
        {
            folder.Write($"{inside}/consumer/__init__.py", "x = 1\n");
            folder.Write($"{inside}/test-results/notes.txt", "tracked\n");
        }

        if (layout == "link to the license")
        {
            File.CreateSymbolicLink(folder.File($"{inside}/LICENSE").FullPath, "../LICENSE");
        }

        var tree = GitTree.Commit(folder.Folder("repo").FullPath);
        return Change(folder, tree, layout, folder.Folder(inside).FullPath);
    }

    private static string Change(TemporaryFolder folder, GitTree tree, string layout, string project)
    {
        switch (layout)
        {
            case "untracked leftovers":
                folder.Write("repo/artifacts/rehearsal/dist/x.txt", "ours");
                folder.Write("repo/.cake/x.txt", "ours");
                folder.Write("repo/tools/Cake.PySign.1.0.0/x.txt", "ours");
                break;
            case "path is a link":
                Directory.CreateSymbolicLink(folder.Folder("link").FullPath, project);
                return folder.Folder("link").FullPath;
            case "submodule":
                folder.Write("library/code.txt", "x = 1\n");
                GitTree.Commit(folder.Folder("library").FullPath, "");
                tree.Run("submodule", "--quiet", "add", "../library", "docs/vendored");
                tree.CommitAll();
                tree.Run("tag", "v1.3.0");
                break;
            case "second work tree":
                tree.Run("worktree", "add", "-q", "../second", "-b", "second");
                return folder.Folder("second").FullPath;
            case "one commit later":
                folder.Write("repo/hello_gen/new.py", "x = 1\n");
                tree.CommitAll();
                break;
            case "changed":
                folder.Write("repo/hello_gen/sub/data.txt", "other\n");
                break;
        }

        return project;
    }

    private static string PyProject(string backEnd, string layout)
    {
        var system = backEnd switch
        {
            "setuptools" => ("setuptools>=61\", \"wheel", "setuptools.build_meta"),
            "setuptools-scm" => ("setuptools>=61\", \"wheel\", \"setuptools_scm", "setuptools.build_meta"),
            "hatchling" => ("hatchling", "hatchling.build"),
            "hatch-vcs" => ("hatchling\", \"hatch-vcs", "hatchling.build"),
            "flit" => ("flit_core>=3.2", "flit_core.buildapi"),
            "poetry" => ("poetry-core", "poetry.core.masonry.api"),
            _ => ("pdm-pep517>=1.0", "pdm.pep517.api"),
        };
        var head = $"[build-system]\nrequires = [\"{system.Item1}\"]\nbuild-backend = \"{system.Item2}\"\n\n";
        return head + (backEnd == "poetry" ? Poetry(layout) : Standard(backEnd, layout));
    }

    private static string Poetry(string layout) =>
        "[tool.poetry]\nname = \"hello-gen\"\nversion = \"1.2.3\"\ndescription = \"Says hello\"\nauthors = [\"T <t@example.org>\"]\n"
        + "readme = \"README.md\"\n"
        + (layout == "src" ? "packages = [{ include = \"hello_gen\", from = \"src\" }]\n" : "")
        + (layout == "second package called consumer" ? "packages = [{ include = \"hello_gen\" }, { include = \"consumer\" }]\n" : "");

    private static string Standard(string backEnd, string layout)
    {
        var isComputed = backEnd is "setuptools-scm" or "hatch-vcs" or "flit" or "pdm";
        var root = layout is "subfolder" or "link to the license" ? "../" : ".";
        var second = layout == "second package called consumer";
        var text =
            "[project]\nname = \"hello-gen\"\ndescription = \"Says hello\"\nreadme = \"README.md\"\nrequires-python = \">=3.8\"\n"
            + (isComputed ? "dynamic = [\"version\"]\n\n" : "version = \"1.2.3\"\n\n");
        return text
            + backEnd switch
            {
                "setuptools-scm" => $"[tool.setuptools_scm]\nroot = \"{root}\"\n" + Find(layout),
                "setuptools" => Find(layout),
                "hatch-vcs" => $"[tool.hatch.version]\nsource = \"vcs\"\n[tool.hatch.version.raw-options]\nroot = \"{root}\"\n"
                    + Hatch(second),
                "hatchling" => Hatch(second),
                "pdm" => "[tool.pdm.version]\nsource = \"file\"\n"
                    + $"path = \"{(layout == "src" ? "src/" : "")}hello_gen/__init__.py\"\n"
                    + (second ? "[tool.pdm.build]\nincludes = [\"hello_gen\", \"consumer\"]\n" : ""),
                _ => "",
            };
    }

    private static string Find(string layout) =>
        layout == "second package called consumer" ? "[tool.setuptools.packages.find]\ninclude = [\"hello*\", \"consumer*\"]\n" : "";

    private static string Hatch(bool second) =>
        second ? "[tool.hatch.build.targets.wheel]\npackages = [\"hello_gen\", \"consumer\"]\n" : "";
}
