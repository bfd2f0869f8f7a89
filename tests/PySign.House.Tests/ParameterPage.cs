using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Cake.PySign.Recipe;

namespace PySign.House.Tests;

/// <summary>A parameter of the recipe as the code reads it.</summary>
/// <param name="Argument">The argument; empty for what only a variable may say.</param>
/// <param name="Variables">The variables, the first that is set wins.</param>
/// <param name="Default">What holds where nothing is said.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Option">The option that it fills, such as <c>Store.Url</c>.</param>
internal sealed record RecipeParameter(string Argument, IReadOnlyList<string> Variables, string Default, string Meaning, string Option);

/// <summary>
/// The page of the recipe's parameters, made from the code that reads them (<c>ReleaseParameters.cs</c>): names and variables from its
/// calls, defaults and meanings from the option that each call fills.
/// </summary>
internal sealed partial class ParameterPage(Assembly addin)
{
    private static readonly Dictionary<string, string> _roots = new(StringComparer.Ordinal)
    {
        ["options"] = "",
        ["audit"] = "Audit",
        ["signing"] = "Signing",
        ["signer"] = "Signing.Signer",
        ["trust"] = "Trust",
        ["store"] = "Store",
    };

    // What is read into a local first.
    private static readonly Dictionary<string, string> _places = new(StringComparer.Ordinal)
    {
        ["fulcio-url"] = "Signing.FulcioUrl",
        ["rekor-url"] = "Signing.RekorUrl",
        ["timestamp-url"] = "Signing.TimestampUrl",
        ["key-password-file"] = "Signing.KeyPassword",
        ["signer-timeout"] = "Signing.Signer.Timeout",
        ["generic-url"] = "Store.Url",
        ["inspect"] = "Inspect.File",
        ["expect-wheels"] = "ExpectWheels",
    };

    /// <summary>What is read elsewhere than in the table of parameters.</summary>
    private static readonly Dictionary<string, string> _others = new(StringComparer.Ordinal)
    {
        ["DIGESTS"] = "what build jobs handed on through the CI's own channel, for `PySign-Import` ([importing](importing.md))",
        ["DIGESTS_*"] = "the same of one job of a matrix, under a name of its own",
        ["KEY_PASSWORD"] = "the password of `key`; a variable only, because an argument is seen by the whole machine",
        ["PASS_VARIABLES"] = "names of further variables that child processes are given, with commas",
        ["PYTHON"] = "the Python that builds, tests and uploads, where `python` names none",
        ["REGISTRY_TOKEN"] = "the CI files for GitHub: the secret that becomes `TWINE_PASSWORD` and `PYSIGN_GENERIC_TOKEN`",
        ["REGISTRY_USER"] = "the CI files for GitHub: the variable that becomes `TWINE_USERNAME` and `PYSIGN_GENERIC_USERNAME`",
        ["REHEARSAL"] = "set by a rehearsal for what runs in it: no stage leaves this machine then",
        ["REHEARSAL_HOST"] = "set by a rehearsal: where the repository's remote is",
        ["REHEARSAL_PUBLIC_KEY"] = "set by a rehearsal: the public key for which that of the rehearsal stands in",
        ["REHEARSAL_TARGET"] = "set by a rehearsal: the task of the job",
        ["REHEARSE_AS"] = "argument `as`: where the rehearsal plays ([rehearsing](rehearsal.md#what-is-played))",
        ["REHEARSE_ENVIRONMENT"] = "argument `rehearse-environment`: the environment of the preflight and of the job that publishes",
        ["REHEARSE_UNCOMMITTED"] = "argument `uncommitted`: whether what is not committed takes part ([rehearsing](rehearsal.md))",
        ["REHEARSE_WORKFLOW"] = "argument `rehearse-workflow`: the reusable workflow of GitHub that the jobs are in",
        ["SANDBOX"] = "the sandbox program, where it does not lie beside the addin",
        ["VERSION"] =
            "nothing of ours reads it: a script may name it for its version, "
            + "`#load nuget:?package=Cake.PySign&version=%PYSIGN_VERSION%`, and Cake fills it in",
    };

    private readonly XmlDocumentation _documentation = new(addin);
    private readonly ReleaseOptions _defaults = new();

    public static string Source { get; } =
        File.ReadAllText(System.IO.Path.Combine(RepositoryRoot.Path, "src", "Cake.PySign", "Recipe", "ReleaseParameters.cs"))
            .ReplaceLineEndings("\n");

    public IReadOnlyList<RecipeParameter> Parameters()
    {
        var rows = new List<RecipeParameter>();
        foreach (var call in Calls().Matches(Source).Cast<Match>())
        {
            var name = call.Groups["name"].Value;
            var variables = Names().Matches(call.Groups["rest"].Value).Select(match => match.Groups[1].Value).ToList();
            if (rows.FindIndex(row => row.Argument == name) is >= 0 and var known)
            {
                rows[known] = rows[known] with { Variables = [.. rows[known].Variables.Union(variables, StringComparer.Ordinal)] };
                continue;
            }

            var option = Place(call, name);
            rows.Add(new RecipeParameter(name, variables, Default(call), Meaning(option, name), option));
        }

        foreach (var call in Secrets().Matches(Source).Cast<Match>())
        {
            var name = call.Groups["name"].Value;
            if (!rows.Exists(row => row.Variables.Contains(name)))
            {
                var option = Path(call.Groups["target"].Value);
                rows.Add(new RecipeParameter("", [name], "", Meaning(option, name), option));
            }
        }

        return rows;
    }

    public IReadOnlyList<string> ReadElsewhere() => [.. _others.Keys];

    public string Write()
    {
        var page = new StringBuilder(
            "# Parameters\n\nGenerated from the code that reads them (`PYSIGN_ACCEPT_PAGES=1` rewrites it, see CONTRIBUTING.md). "
                + "For each: the argument (`--name=value`; `--name` alone says yes), else the first of its variables that is set, else the "
                + "default. Settings in the script go before defaults only. What holds a secret is a variable and never an argument. A "
                + "`PYSIGN_` variable that is not on this page is a mistake, and stops the task with exit code 10.\n\n"
                + "| argument | variables | default | meaning |\n|---|---|---|---|\n"
        );
        foreach (var row in Parameters().OrderBy(row => row.Argument.Length == 0).ThenBy(row => row.Argument, StringComparer.Ordinal))
        {
            var variables = string.Join(", ", row.Variables.Select(name => $"`{name}`"));
            page.Append(
                $"| {(row.Argument.Length > 0 ? $"`{row.Argument}`" : "")} | {variables} | {row.Default} | {Cell(row.Meaning)} |\n"
            );
        }

        page.Append("\n## Read elsewhere\n\n| variable | meaning |\n|---|---|\n");
        foreach (var (name, meaning) in _others)
        {
            page.Append($"| `PYSIGN_{name}` | {meaning} |\n");
        }

        page.Append(
            "\n## Read from the CI job\n\n"
                + "What a job of GitLab, GitHub and other services says of itself; [ci-identities](ci-identities.md) has "
                + "what becomes of it.\n\n"
        );
        return page.Append(string.Join(", ", CiVariables().Select(name => $"`{name}`"))).Append('\n').ToString();
    }

    /// <summary>What the addin and the engine read of a CI job, in whichever file.</summary>
    public static IEnumerable<string> CiVariables() =>
        new[] { "Cake.PySign", "PySign.Sigstore" }
            .SelectMany(room =>
                Directory.EnumerateFiles(System.IO.Path.Combine(RepositoryRoot.Path, "src", room), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file =>
                !file.Contains("Rehears", StringComparison.Ordinal)
                && !file.Contains("/Sandbox/", StringComparison.Ordinal)
                && !file.Contains("/obj/", StringComparison.Ordinal)
            )
            .SelectMany(file => CiNames().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Where(name => !name.StartsWith("PYSIGN_", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private static string Place(Match call, string name)
    {
        if (_places.TryGetValue(name, out var place))
        {
            return place;
        }

        var before = Source[Math.Max(0, call.Index - 120)..call.Index];
        var target = Target().Match(before);
        if (!target.Success)
        {
            // foreach (… in List("name", …)) { options.Items.Add(…); }
            target = Added().Match(Source, call.Index + call.Length);
        }

        return target.Success ? Path(target.Groups[1].Value) : throw new InvalidOperationException($"Nothing is filled by {name}.");
    }

    private static string Path(string target)
    {
        var dot = target.IndexOf('.', StringComparison.Ordinal);
        var (root, rest) = dot < 0 ? (target, "") : (target[..dot], target[(dot + 1)..]);
        return _roots.TryGetValue(root, out var of)
            ? $"{of}.{rest}".Trim('.')
            : throw new InvalidOperationException($"'{root}' is not known as a part of the options.");
    }

    private string Meaning(string path, string name)
    {
        var type = typeof(ReleaseOptions);
        PropertyInfo? property = null;
        foreach (var part in path.Split('.'))
        {
            property = type.GetProperty(part) ?? throw new InvalidOperationException($"{name} fills {path}; {type.Name} has no {part}.");
            type = property.PropertyType;
        }

        // What an address is the address of, the settings say that hold it.
        var parts = path.Split('.');
        if (property!.DeclaringType == typeof(global::Cake.PySign.IndexSettings) && parts[^1] == "Url")
        {
            return Meaning(string.Join('.', parts[..^1]), name);
        }

        var id = XmlDocumentation.Id(property.DeclaringType!.GetProperty(property.Name)!);
        var meaning = $"{_documentation.Text(id, "summary")} {_documentation.Text(id, "value")}".Trim();
        return property.DeclaringType == typeof(global::Cake.PySign.IndexSettings) ? $"`{path}`. {meaning}" : meaning;
    }

    private string Default(Match call)
    {
        if (call.Groups["kind"].Value == "Choice" && Otherwise().Match(call.Groups["rest"].Value) is { Success: true } choice)
        {
            return $"`{choice.Groups[1].Value}`";
        }

        var after = Source[(call.Index + call.Length)..Math.Min(Source.Length, call.Index + call.Length + 80)];
        if (Flag().Match(after) is { Success: true } flag)
        {
            return $"`{flag.Groups[1].Value}`";
        }

        if (Own().Match(after) is not { Success: true } own)
        {
            return "";
        }

        object? value = _defaults;
        foreach (var part in Path(own.Groups[1].Value).Split('.'))
        {
            value = value?.GetType().GetProperty(part)?.GetValue(value);
        }

        return value is null ? "" : $"`{value}`";
    }

    private static string Cell(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    [GeneratedRegex(
        @"\b(?<kind>Value|Arguments|File|Folder|Address|Flag|List|Choice)(<(?<type>\w+)>)?\(""(?<name>[a-z0-9-]+)""(?<rest>[^()]*)\)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Calls();

    [GeneratedRegex(@"(?<target>[A-Za-z.]+)\s*=\s*variable\(""(?<name>[A-Z_]+)""\)", RegexOptions.CultureInvariant)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"""([A-Z][A-Z_]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    [GeneratedRegex(@"([A-Za-z][A-Za-z.]*)\s*=\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Target();

    [GeneratedRegex(@"([a-z][A-Za-z.]*)\.Add\(", RegexOptions.CultureInvariant)]
    private static partial Regex Added();

    [GeneratedRegex(@"\b\w+\.(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Otherwise();

    [GeneratedRegex(@"^\s*\?\?\s*(true|false)", RegexOptions.CultureInvariant)]
    private static partial Regex Flag();

    [GeneratedRegex(@"^\s*\?\?\s*((?:options|audit)\.[A-Za-z.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Own();

    [GeneratedRegex(
        @"""((?:CI|GITHUB|GITLAB|ACTIONS|BUILDKITE|CIRCLE|CIRCLECI|RUNNER|SIGSTORE|TF|SYSTEM|GOOGLE)(?:_[A-Z_]+)?)""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex CiNames();
}
