namespace Cake.PySign.Recipe.Init;

/// <summary>The CI files of <c>recipes/</c>, which the assembly carries, fitted to a repository.</summary>
internal static class InitRecipes
{
    public static string GitLab(string name, InitLook look, bool isPyPi)
    {
        var text = Load($"gitlab/{name}");
        if (isPyPi)
        {
            var (job, parent) = name == ".gitlab-ci.yml" ? ("publish", ".python") : ("pysign-publish", ".pysign-python");
            text = Fit(
                text,
                $"\n{job}:\n  extends: {parent}\n",
                $"\n{job}:\n  extends: {parent}\n  id_tokens:\n    PYPI_ID_TOKEN:\n      aud: pypi\n"
            );
            text = Fit(
                text,
                "    DOTNET_NOLOGO: \"1\"\n",
                "    DOTNET_NOLOGO: \"1\"\n    PYSIGN_REPOSITORY_URL: https://upload.pypi.org/legacy/\n"
            );

            // The preflight asks PyPI what the job that publishes will ask.
            const string Sign = "    SIGSTORE_ID_TOKEN:\n      aud: sigstore\n";
            text = Fit(
                text,
                $"{Sign}  script:\n    - dotnet tool restore\n    - dotnet cake --target=PySign-Preflight",
                $"{Sign}    PYPI_ID_TOKEN:\n      aud: pypi\n  script:\n    - dotnet tool restore\n"
                    + "    - dotnet cake --target=PySign-Preflight"
            );
        }

        if (look.IsMonorepo)
        {
            text = Fit(text, "--wheel-dir .cache/tests/dist .\n", $"--wheel-dir .cache/tests/dist \"./{look.Project}\"\n");
            text = Fit(text, "cp -r tests .cache/tests/", $"cp -r \"{look.Project}/tests\" .cache/tests/");
        }

        return text;
    }

    public static string GitHub(string name, InitLook look)
    {
        var text = Load($"github/{name}");
        return look.IsMonorepo && name != "tests.yml"
            ? Fit(text, "tags: [\"v*\"]", $"tags: [\"{look.TagPattern.Replace("{version}", "*", StringComparison.Ordinal)}\"]")
            : text;
    }

    // A place that is not there once would be a file that looks right and is not.
    private static string Fit(string text, string place, string with) =>
        text.Split(place).Length == 2
            ? text.Replace(place, with, StringComparison.Ordinal)
            : throw new InvalidOperationException(
                $"The CI file has {text.Split(place).Length - 1} places '{place.Trim()}' instead of one."
            );

    private static string Load(string name)
    {
        using var stream =
            typeof(InitRecipes).Assembly.GetManifestResourceStream($"Cake.PySign.Recipes.{name}")
            ?? throw new InvalidOperationException($"The assembly does not carry {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
