using System.Reflection;
using System.Text.RegularExpressions;

namespace PySign.House.Tests;

/// <summary>What a page names is there: types and members, arguments, variables. A name that was changed is found here.</summary>
public sealed partial class NameTests
{
    private static readonly string[] _assemblies =
    [
        "Cake.PySign",
        "PySign.Sigstore",
        "PySign.Packaging",
        "PySign.Formats",
        "PySign.Http",
        "PySign.Sandbox",
    ];

    /// <summary>Words in the form of our names that are others'.</summary>
    private static readonly HashSet<string> _others = new(StringComparer.Ordinal)
    {
        "BouncyCastle",
        "GitHub",
        "GitLab",
        "InternalsVisibleTo",
        "PyPI",
        "PySign",
        "RunPySign",
        "RunTarget",
        "StartProcess",
        "HasEnvironmentVariable",
        "TestPyPI",
        "DateTimeOffset",
        "FilePath",
        "ICakeContext",
        "ICakeEngine",
        "TimeProvider",
        "FileNotFoundException",
    };

    /// <summary>Arguments of Cake, and of other programs that the pages name beside ours.</summary>
    private static readonly HashSet<string> _otherArguments = new(StringComparer.Ordinal)
    {
        "target",
        "verbosity",
        "dryrun",
        "invalidate-script-cache",
        "settings_enablescriptcache",
    };

    private static readonly Lazy<HashSet<string>> _known = new(Known);

    [Fact]
    public void Every_type_and_member_that_a_page_names_is_there()
    {
        var unknown = Pages()
            .Where(page => !page.Name.EndsWith("aliases.md", StringComparison.Ordinal))
            .SelectMany(page =>
                Inline()
                    .Matches(Fenced().Replace(page.Text, ""))
                    .Select(match => Name().Match(match.Groups["code"].Value))
                    .Where(match => match.Success)
                    .SelectMany(match => match.Groups["name"].Value.Split('.'))
                    .Where(name => Humps().IsMatch(name) && !_known.Value.Contains(name) && !_others.Contains(name))
                    .Select(name => $"{page.Name}: {name}")
            )
            .Distinct(StringComparer.Ordinal);
        AssertNone(unknown);
    }

    [Fact]
    public void Every_argument_of_ours_that_a_page_names_is_read()
    {
        var code =
            string.Join('\n', Sources("src", "*.cs").Concat(Sources("eng", "*.cake")).Append(Root("build.cake")).Select(File.ReadAllText))
            + File.ReadAllText(Root("build.sh"));
        var unknown = Pages()
            .SelectMany(page => Arguments(page.Text).Select(argument => (page.Name, Argument: argument)))
            .Where(one => !_otherArguments.Contains(one.Argument))
            .Where(one =>
                !code.Contains($"\"{one.Argument}\"", StringComparison.Ordinal)
                && !code.Contains($"--{one.Argument}", StringComparison.Ordinal)
            )
            .Select(one => $"{one.Name}: --{one.Argument}")
            .Distinct(StringComparer.Ordinal);
        AssertNone(unknown);
    }

    [Fact]
    public void Every_variable_of_ours_that_a_page_names_is_read_and_every_variable_of_the_tests_is_in_CONTRIBUTING()
    {
        var code = string.Join('\n', Sources("src/Cake.PySign", "*.cs").Select(File.ReadAllText));
        var tests = string.Join('\n', Sources("tests", "*.cs").Concat(Sources("benchmarks", "*.cs")).Select(File.ReadAllText));
        var unknown = Pages()
            .SelectMany(page => Variable().Matches(page.Text).Select(match => (page.Name, Variable: match.Value.TrimEnd('_'))))
            .Where(one => !code.Contains($"\"{one.Variable["PYSIGN_".Length..]}", StringComparison.Ordinal))
            .Select(one => $"{one.Name}: {one.Variable}")
            .Distinct(StringComparer.Ordinal);
        AssertNone(unknown);

        var contributing = File.ReadAllText(Root("CONTRIBUTING.md")) + File.ReadAllText(Root("benchmarks/README.md"));
        var unsaid = OfTests().Matches(tests).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);
        var read = new ParameterPage(typeof(global::Cake.PySign.PySignException).Assembly);
        var released = read.Parameters()
            .SelectMany(row => row.Variables)
            .Concat(read.ReadElsewhere().Select(name => "PYSIGN_" + name))
            .ToHashSet();
        AssertNone(unsaid.Where(name => !released.Contains(name) && !contributing.Contains(name, StringComparison.Ordinal)));
    }

    /// <summary>The parameters of the table are set one by one in EveryParameterTests; what is read elsewhere needs its own.</summary>
    [Fact]
    public void Every_variable_that_is_read_elsewhere_and_every_variable_of_a_CI_job_is_named_in_a_test()
    {
        var tests = string.Join(
            '\n',
            Sources("tests", "*.cs")
                .Where(file => !file.Contains("House", StringComparison.Ordinal))
                .Concat(Sources("eng", "*.cake"))
                .Select(File.ReadAllText)
        );
        var page = new ParameterPage(typeof(global::Cake.PySign.PySignException).Assembly);
        var names = page.ReadElsewhere().Select(name => "PYSIGN_" + name.TrimEnd('*')).Concat(ParameterPage.CiVariables()).ToList();
        Assert.True(names.Count > 40, $"{names.Count}");
        AssertNone(names.Where(name => !tests.Contains(name, StringComparison.Ordinal)));
    }

    /// <summary>The keys that the readers of policy files know, from their code; each stands on its page.</summary>
    [Theory]
    [InlineData("src/Cake.PySign/Consume/ReleasePolicyReader.cs", "docs/verify-as-a-user.md")]
    [InlineData("src/Cake.PySign/Audit/AuditPolicyReader.cs", "docs/dependencies-audit.md")]
    [InlineData("src/Cake.PySign/Recipe/ProjectSettings.cs", "docs/importing.md")]
    public void Every_key_of_a_policy_file_is_on_its_page(string reader, string page)
    {
        var text = File.ReadAllText(Root(page));
        var keys = Key()
            .Matches(File.ReadAllText(Root(reader)))
            .Select(match => match.Groups["key"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.True(keys.Count >= 3);
        AssertNone(
            keys.Where(key => !Regex.IsMatch(text, $@"[`""\[ ]{key}[`""\] ]", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
        );
    }

    [Fact]
    public void Every_decision_record_says_what_else_was_possible_what_it_costs_and_what_would_change_it()
    {
        var records = Sources("docs/decisions", "0*.md").ToList();
        Assert.True(records.Count >= 11);
        var index = File.ReadAllText(Root("docs/decisions/README.md"));
        Assert.All(
            records,
            record =>
            {
                var text = File.ReadAllText(record);
                Assert.Contains($"]({Path.GetFileName(record)})", index, StringComparison.Ordinal);
                Assert.All(
                    new[] { "**Decision.**", "**Why.**", "**What else was possible.**", "**What it costs.**", "**We would decide again" },
                    part => Assert.True(text.Contains(part, StringComparison.Ordinal), $"{Path.GetFileName(record)}: {part}")
                );
                Assert.True(text.Split('\n').Length <= 60, $"{record} is longer than a page.");
            }
        );
    }

    [Theory]
    [InlineData("`NoSuchThing.Here`", false)]
    [InlineData("`PySignFailure.MissingFile`", true)]
    public void A_name_that_is_not_there_would_be_found(string text, bool there)
    {
        var name = Name().Match(Inline().Match(text).Groups["code"].Value).Groups["name"].Value.Split('.')[0];
        Assert.Equal(there, _known.Value.Contains(name));
    }

    private static void AssertNone(IEnumerable<string> names)
    {
        var all = string.Join('\n', names);
        Assert.True(all.Length == 0, all);
    }

    // In a line of a shell: those of our commands. In a sentence: a code that begins with one.
    private static IEnumerable<string> Arguments(string text)
    {
        var commands = Command()
            .Matches(text.Replace("\\\n", " ", StringComparison.Ordinal))
            .SelectMany(match => Argument().Matches(match.Groups["rest"].Value));
        return commands
            .Select(match => match.Groups["name"].Value)
            .Concat(Tables().Matches(text).Select(match => match.Groups["name"].Value));
    }

    private static HashSet<string> Known()
    {
        const BindingFlags All =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var names = _assemblies
            .SelectMany(name => Assembly.Load(name).GetTypes())
            .SelectMany(type => type.GetMembers(All).Select(member => member.Name).Append(type.Name.Split('`')[0]))
            .ToHashSet(StringComparer.Ordinal);
        names.UnionWith(new[] { typeof(object), typeof(Uri), typeof(global::Cake.Core.CakeEngine) }.SelectMany(Exported));
        names.UnionWith(Sources("tests", "*.cs").Select(file => Path.GetFileNameWithoutExtension(file)!));
        return names;
    }

    private static IEnumerable<string> Exported(Type type) => type.Assembly.GetExportedTypes().Select(one => one.Name.Split('`')[0]);

    private static IEnumerable<(string Name, string Text)> Pages() =>
        Sources("docs", "*.md")
            .Concat(Sources("samples", "*.md"))
            .Concat(Sources("recipes", "*.md"))
            .Concat(new[] { "README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Select(Root))
            .Select(file => (Path.GetRelativePath(RepositoryRoot.Path, file), File.ReadAllText(file).ReplaceLineEndings("\n")));

    private static IEnumerable<string> Sources(string folder, string pattern)
    {
        var files = Directory
            .EnumerateFiles(Root(folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static string Root(string path) => Path.Combine(RepositoryRoot.Path, path);

    [GeneratedRegex("`(?<code>[^`\n]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Inline();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Fenced();

    [GeneratedRegex(@"^(?<name>[A-Z]\w*(\.[A-Z]\w*)*)(\(.*\))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"""(?<key>[a-z]+(-[a-z]+)*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    [GeneratedRegex("^[A-Z][a-z0-9]+[A-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex Humps();

    [GeneratedRegex(@"(dotnet cake|\./build\.sh|\./build\.ps1)(?<rest>[^\n`#]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<= )--(?<name>[a-z][a-z_-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Argument();

    // The first cell of a table's row that is an argument: `--name`.
    [GeneratedRegex(@"^\| `--(?<name>[a-z][a-z-]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Tables();

    [GeneratedRegex(@"PYSIGN_[A-Z][A-Z_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"GetEnvironmentVariable\(""(?<name>PYSIGN_[A-Z_]+)""\)", RegexOptions.CultureInvariant)]
    private static partial Regex OfTests();

    /// <summary>Whoever knows one alias guesses the next: a name of a setting means one thing, and so does one of a result.</summary>
    [Fact]
    public void A_setting_has_one_type_wherever_it_stands_and_so_has_a_member_of_a_result()
    {
        var types = typeof(global::Cake.PySign.PySignException).Assembly.GetExportedTypes().Where(type => type is { IsEnum: false });
        var (settings, results) = (Names(types.Where(IsSettings)), Names(types.Where(type => !IsSettings(type))));

        // What a release tells its task, which has a mirror of its own.
        Assert.Equal(["Mirror"], settings);

        // What is said of a file, of a package or of a run: the enum or the list belongs to what has it.
        Assert.Equal(["Failures", "Files", "Kind", "Outcome", "Problems", "Reason", "State", "Test"], results);
    }

    /// <summary>What is thrown is called an exception, why it is thrown is an enum that is called a failure or a refusal.</summary>
    [Fact]
    public void An_exception_is_called_one_and_a_failure_is_a_value()
    {
        var types = _assemblies.SelectMany(name => Assembly.Load(name).GetTypes()).ToList();
        AssertNone(
            types
                .Where(type => type.IsSubclassOf(typeof(Exception)) && !type.Name.EndsWith("Exception", StringComparison.Ordinal))
                .Select(type => type.FullName!)
        );
        AssertNone(
            types
                .Where(type => type is { IsPublic: true, IsEnum: false } && type.Name.EndsWith("Failure", StringComparison.Ordinal))
                .Select(type => type.FullName!)
        );
    }

    private static bool IsSettings(Type type) =>
        type.Name.EndsWith("Settings", StringComparison.Ordinal) || type.Name is "ReleaseOptions" or "DownloadLimits";

    private static IReadOnlyList<string> Names(IEnumerable<Type> types) =>
        [
            .. types
                .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                .GroupBy(property => property.Name, property => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType)
                .Where(same => same.Distinct().Count() > 1)
                .Select(same => same.Key)
                .Order(StringComparer.Ordinal),
        ];
}
