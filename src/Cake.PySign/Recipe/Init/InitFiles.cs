using System.Text.Json;
using System.Text.Json.Nodes;
using Cake.PySign.Recipe.Rehearsing;
using IoPath = System.IO.Path;

namespace Cake.PySign.Recipe.Init;

/// <summary>What happens to a file.</summary>
internal enum InitChange
{
    /// <summary>It has what a release needs.</summary>
    Kept,

    /// <summary>It was not there.</summary>
    Written,

    /// <summary>It is there and lacks something that can be added; done only when asked.</summary>
    Changed,

    /// <summary>It is there with other content; replaced only when asked.</summary>
    Replaced,

    /// <summary>It is there, and a person must say where the lines belong.</summary>
    ByHand,
}

/// <summary>A file of the repository, and what it should hold.</summary>
/// <param name="Path">Below the root, with forward slashes.</param>
/// <param name="Change">What happens to it.</param>
/// <param name="Content">All of it as it should be.</param>
/// <param name="Said">What a person is told: lines that are added, or why.</param>
internal sealed record InitFile(string Path, InitChange Change, string Content, string Said)
{
    public bool NeedsAsking => Change is InitChange.Changed or InitChange.Replaced;
}

/// <summary>Works out the files of a repository's release, and changes nothing.</summary>
/// <param name="look">The repository.</param>
/// <param name="version">The version of Cake.PySign that build.cake names.</param>
internal sealed class InitFiles(InitLook look, string version)
{
    private const string CakeVersion = "7.0.0";
    private const string UploadsToo = "uploads by itself: take that out, or a version is public before its signatures, and twice";

    private static readonly string[] _ignored = ["tools/", "artifacts/", "dist/", "consumer/", "test-results/"];

    public IEnumerable<InitFile> All() => Planned().Select(Fitted);

    /// <summary>A file that is changed keeps its line ends and its byte order mark; one that cannot be read as text is left to a
    /// person.</summary>
    private InitFile Fitted(InitFile file)
    {
        if (file.Change is not InitChange.Changed)
        {
            return file;
        }

        var bytes = File.ReadAllBytes(IoPath.Combine(look.Root, file.Path));
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return file with { Change = InitChange.ByHand, Said = $"is not UTF-8; it {file.Said}" };
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var isWindows =
            text.Contains("\r\n", StringComparison.Ordinal)
            && !text.Replace("\r\n", "", StringComparison.Ordinal).Contains('\n', StringComparison.Ordinal);
        var content = isWindows ? file.Content.ReplaceLineEndings("\r\n") : file.Content;
        return file with { Content = text.StartsWith('\uFEFF') ? '\uFEFF' + content : content };
    }

    private IEnumerable<InitFile> Planned()
    {
        yield return Script();
        yield return Manifest();
        yield return Ignored();
        foreach (
            var file in look.Flavor switch
            {
                null => [],
                RehearsedAs.GitLab or RehearsedAs.GitLabPyPi => GitLab(),
                _ => GitHub(),
            }
        )
        {
            yield return file;
        }
    }

    private string? Read(string path) => IoPath.Combine(look.Root, path) is var full && File.Exists(full) ? File.ReadAllText(full) : null;

    /// <summary>A file that is wholly this program's: as it should be, absent, or somebody else's.</summary>
    private InitFile Whole(string path, string content) =>
        Read(path) switch
        {
            null => new InitFile(path, InitChange.Written, content, ""),
            var there when SameLines(there, content) => new InitFile(path, InitChange.Kept, content, ""),
            _ => new InitFile(path, InitChange.Replaced, content, "it is there with other content"),
        };

    private static bool SameLines(string one, string other) =>
        one.ReplaceLineEndings("\n").TrimEnd() == other.ReplaceLineEndings("\n").TrimEnd();

    private InitFile Script()
    {
        const string Path = "build.cake";
        var load = $"#load nuget:?package=Cake.PySign&version={version}\n";
        var options = look.IsMonorepo
            ? $"PySign.Options.ProjectDirectory = \"{look.Project}\";\nPySign.Options.TagPattern = \"{look.TagPattern}\";\n"
            : "";
        var run = "RunPySign(Argument(\"target\", \"PySign-Release\"));\n";
        if (Read(Path) is not { } there)
        {
            return new InitFile(Path, InitChange.Written, $"{load}\n{options}{run}", "");
        }

        if (!there.Contains("Cake.PySign", StringComparison.Ordinal))
        {
            return new InitFile(Path, InitChange.Changed, load + there, $"gains the line {load.TrimEnd()}; its own tasks stay");
        }

        return look.IsMonorepo && !there.Contains("Options.ProjectDirectory", StringComparison.Ordinal)
            ? new InitFile(Path, InitChange.ByHand, there, $"needs, before it runs a target:\n{options.TrimEnd()}")
            : new InitFile(Path, InitChange.Kept, there, "");
    }

    /// <summary>SDK 10 puts a new manifest beside the solution, older ones into <c>.config</c>; <c>dotnet tool restore</c> finds
    /// both.</summary>
    private InitFile Manifest()
    {
        string[] places = [".config/dotnet-tools.json", "dotnet-tools.json"];
        var path = places.FirstOrDefault(one => Read(one) is not null) ?? places[0];
        var tool = new JsonObject
        {
            ["version"] = CakeVersion,
            ["commands"] = new JsonArray("dotnet-cake"),
            ["rollForward"] = false,
        };
        if (Read(path) is { } there)
        {
            return Extended(path, there, tool);
        }

        var manifest = new JsonObject
        {
            ["version"] = 1,
            ["isRoot"] = true,
            ["tools"] = new JsonObject { ["cake.tool"] = tool },
        };
        return new InitFile(path, InitChange.Written, Text(manifest), "");
    }

    /// <summary>The manifest that is there, with the tool; left as it is where it cannot be written without losing something.</summary>
    private static InitFile Extended(string path, string there, JsonObject tool)
    {
        try
        {
            var manifest = JsonNode.Parse(there, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            var tools = manifest!["tools"]!.AsObject();
            if (tools.Any(pair => pair.Key.Equals("cake.tool", StringComparison.OrdinalIgnoreCase)))
            {
                return new InitFile(path, InitChange.Kept, there, "");
            }

            if (HasComments(there))
            {
                // Written again it would lose them.
                return new InitFile(
                    path,
                    InitChange.ByHand,
                    there,
                    $"needs the tool cake.tool {CakeVersion} (dotnet tool install Cake.Tool)"
                );
            }

            tools["cake.tool"] = tool;
            return new InitFile(path, InitChange.Changed, Text(manifest), $"gains the tool cake.tool {CakeVersion}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            return new InitFile(
                path,
                InitChange.ByHand,
                there,
                $"is not a tool manifest; dotnet tool install Cake.Tool --version {CakeVersion}"
            );
        }
    }

    private static bool HasComments(string json)
    {
        try
        {
            using var _ = JsonDocument.Parse(json);
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    private static string Text(JsonNode node) => node.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

    private InitFile Ignored()
    {
        const string Path = ".gitignore";
        if (Read(Path) is not { } there)
        {
            return new InitFile(Path, InitChange.Written, string.Join('\n', _ignored) + "\n", "");
        }

        var have = there.Split('\n').Select(line => line.Trim().Trim('/')).ToHashSet(StringComparer.Ordinal);
        var missing = _ignored.Where(line => !have.Contains(line.TrimEnd('/'))).ToList();
        return missing.Count == 0
            ? new InitFile(Path, InitChange.Kept, there, "")
            : new InitFile(
                Path,
                InitChange.Changed,
                (there.Length == 0 || there.EndsWith('\n') ? there : there + "\n") + string.Join('\n', missing) + "\n",
                $"gains {string.Join(" ", missing)}"
            );
    }

    /// <summary>A pipeline that is there keeps its file and includes the template.</summary>
    private IEnumerable<InitFile> GitLab()
    {
        const string Path = ".gitlab-ci.yml";
        const string Template = ".gitlab/pysign.gitlab-ci.yml";
        var isPyPi = look.Flavor == RehearsedAs.GitLabPyPi;
        var whole = InitRecipes.GitLab(".gitlab-ci.yml", look, isPyPi);
        if (Read(Path) is not { } there || SameLines(there, whole))
        {
            yield return Whole(Path, whole);
            yield break;
        }

        // What releases already is not joined by a second release of the same tag.
        if (Releases(there) && !there.Contains("pysign.gitlab-ci.yml", StringComparison.Ordinal))
        {
            yield return Whole(Path, whole);
            yield break;
        }

        yield return Whole(Template, InitRecipes.GitLab("pysign.gitlab-ci.yml", look, isPyPi));
        if (there.Contains("pysign.gitlab-ci.yml", StringComparison.Ordinal))
        {
            yield return new InitFile(Path, InitChange.Kept, there, "");
            yield break;
        }

        if (Uploads(there))
        {
            yield return new InitFile(Path, InitChange.ByHand, there, UploadsToo);
        }

        var include = $"include:\n  - local: {Template}\n";
        var hasInclude = there.Split('\n').Any(line => line.StartsWith("include:", StringComparison.Ordinal));
        yield return hasInclude
            ? new InitFile(Path, InitChange.ByHand, there, $"needs in its include:\n  - local: {Template}")
            : new InitFile(Path, InitChange.Changed, $"{include}\n{there}", $"gains at its top:\n{include.TrimEnd()}");
    }

    private IEnumerable<InitFile> GitHub()
    {
        const string Folder = ".github/workflows";
        var release = look.Flavor == RehearsedAs.GitHubPyPi ? "release-pypi.yml" : "release-registry.yml";
        var others = Workflows(Folder)
            .Where(path => path != $"{Folder}/{release}")
            .Select(path => (Path: path, Text: Read(path)!))
            .ToList();
        var releasing = others.Where(one => Releases(one.Text)).ToList();
        foreach (var one in releasing)
        {
            // A second workflow would release the same tag once more.
            yield return new InitFile(one.Path, InitChange.Kept, one.Text, "");
        }

        foreach (var one in others.Except(releasing).Where(one => Uploads(one.Text)))
        {
            yield return new InitFile(one.Path, InitChange.ByHand, one.Text, UploadsToo);
        }

        if (releasing.Count == 0)
        {
            yield return Whole($"{Folder}/{release}", InitRecipes.GitHub(release, look));
        }

        // Many repositories have a tests.yml of their own, and it may stay.
        var tests = InitRecipes.GitHub("tests.yml", look);
        var own = Read($"{Folder}/tests.yml") is { } there && !SameLines(there, tests);
        yield return Whole($"{Folder}/{(own ? "pysign-tests.yml" : "tests.yml")}", tests);
    }

    private List<string> Workflows(string folder) =>
        IoPath.Combine(look.Root, folder) is var full && Directory.Exists(full)
            ?
            [
                .. Directory
                    .EnumerateFiles(full)
                    .Where(file => IoPath.GetExtension(file) is ".yml" or ".yaml" && new FileInfo(file).LinkTarget is null)
                    .Select(file => $"{folder}/{IoPath.GetFileName(file)}")
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    private static bool Releases(string ci) =>
        ci.Contains("PySign-Sign", StringComparison.Ordinal) || ci.Contains("PySign-Release", StringComparison.Ordinal);

    private static bool Uploads(string ci) =>
        ci.Contains("gh-action-pypi-publish", StringComparison.Ordinal)
        || ci.Contains("twine upload", StringComparison.Ordinal)
        || ci.Contains("uv publish", StringComparison.Ordinal)
        || ci.Contains("poetry publish", StringComparison.Ordinal);
}
