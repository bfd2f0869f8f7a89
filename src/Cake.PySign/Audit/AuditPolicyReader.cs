using System.Globalization;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging.Names;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>Reads <c>pysign-dependencies.toml</c>.</summary>
internal sealed class AuditPolicyReader(FilePath path)
{
    private static readonly string[] _requirements =
    [
        "source-repository",
        "source-ref",
        "source-digest",
        "source-visibility",
        "source-owner",
        "build-config",
        "build-trigger",
        "runner-environment",
        "deployment-environment",
        "slsa-builder",
    ];

    private readonly StrictToml _toml = new(path, "file", 4 << 20, "docs/dependencies-audit.md lists what it may say.");

    /// <exception cref="PySignException">The file says something that is not known.</exception>
    public (AuditPolicy Policy, TomlDocument Document) Read() => _toml.Read(document => (Read(document.Root), document));

    private AuditPolicy Read(TomlTable root)
    {
        _toml.RequireKeys(root, "the file", ["schema", "mode", "packages", "exceptions", "unattested"]);
        _toml.RequireSchema(root);

        var packages = _toml.Table(root, "packages", "packages");
        var rules = packages is null ? [] : packages.Keys.Select(key => Rule(key, _toml.Table(packages, key, $"packages.{key}")!)).ToList();
        if (Duplicates.Of(rules.Where(static rule => !rule.IsPattern), static rule => AuditPolicy.Normal(rule.Key)) is { } twice)
        {
            throw _toml.Invalid($"one table for {twice.Key}, not {twice.Count()} in several spellings");
        }

        return new AuditPolicy
        {
            Mode = Mode(root, "mode") ?? AuditMode.Collect,
            Rules = rules,
            Exceptions = [.. Exceptions(root)],
            Unattested = Unattested(_toml.Table(root, "unattested", "unattested")),
        };
    }

    private Dictionary<string, string> Unattested(TomlTable? table)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in table?.Keys ?? [])
        {
            known[AuditPolicy.Normal(Name(key, "unattested"))] = _toml.Text(table!, key, "unattested")!;
        }

        return known;
    }

    private AuditRule Rule(string key, TomlTable table)
    {
        var at = $"packages.{key}";
        _toml.RequireKeys(table, at, ["mode", "publisher", "since", "files", "unhashed", .. _requirements]);
        var since = _toml.Text(table, "since", at);
        if (since is not null && !PythonVersion.TryParse(since, out _))
        {
            throw _toml.Invalid($"a version as {at}.since, not \"{since}\"");
        }

        var files = _toml.Text(table, "files", at);
        if (files is not (null or "all" or "some"))
        {
            throw _toml.Invalid($"\"all\" or \"some\" as {at}.files, not \"{files}\"");
        }

        var unhashed = _toml.Truth(table, "unhashed", at) == true;
        if (unhashed && key.Contains('*', StringComparison.Ordinal))
        {
            throw _toml.Invalid($"unhashed only in the table of one package, not in {at}: bytes that nothing fixes are accepted by name");
        }

        return new AuditRule(
            Name(key, "packages"),
            Mode(table, at),
            _toml.Table(table, "publisher", $"{at}.publisher") is { } publisher ? Publisher(publisher, $"{at}.publisher") : null,
            since,
            files == "some",
            [
                .. _requirements
                    .Where(name => table.TryGetValue(name, out _))
                    .Select(name => KeyValuePair.Create(name, _toml.Text(table, name, at)!)),
            ]
        )
        {
            Unhashed = unhashed,
        };
    }

    private AuditedPublisher Publisher(TomlTable table, string at)
    {
        _toml.RequireKeys(table, at, ["kind", "repository", "workflow", "environment", "email"]);
        var kind = _toml.Text(table, "kind", at) ?? throw _toml.Invalid($"kind in {at}");
        if (kind is not ("GitHub" or "GitLab" or "Google"))
        {
            throw _toml.Invalid($"\"GitHub\", \"GitLab\" or \"Google\" as {at}.kind, not \"{kind}\"");
        }

        var publisher = new AuditedPublisher(
            kind,
            _toml.Text(table, "repository", at),
            _toml.Text(table, "workflow", at),
            Empty(table, "environment") ? null : _toml.Text(table, "environment", at),
            _toml.Text(table, "email", at)
        );
        var (needed, given) = kind == "Google" ? ("email", publisher.Email) : ("repository", publisher.Repository);
        return given is not null ? publisher : throw _toml.Invalid($"{needed} in {at}");
    }

    private static bool Empty(TomlTable table, string key) => table.TryGetValue(key, out var value) && value is TomlString { Value: "" };

    private IEnumerable<AuditException> Exceptions(TomlTable root)
    {
        if (!root.TryGetValue("exceptions", out var value))
        {
            yield break;
        }

        var items =
            value is TomlArray array && array.Items.All(static item => item is TomlTable)
                ? array.Items
                : throw _toml.Invalid("tables [[exceptions]]");
        foreach (var (i, table) in items.Cast<TomlTable>().Index())
        {
            var at = $"exceptions[{i}]";
            _toml.RequireKeys(table, at, ["package", "version", "reason", "until"]);
            yield return new AuditException(
                Name(_toml.Text(table, "package", at) ?? throw _toml.Invalid($"package in {at}"), at),
                _toml.Text(table, "version", at),
                _toml.Text(table, "reason", at) ?? throw _toml.Invalid($"reason in {at}: an exception without one is a hole"),
                Until(table, at)
            );
        }
    }

    // A date of TOML, or the same as text.
    private DateOnly Until(TomlTable table, string at)
    {
        var text = table.TryGetValue("until", out var value)
            ? value switch
            {
                TomlDateTime { Kind: TomlDateTimeKind.LocalDate } date => date.Value,
                TomlString written => written.Value,
                _ => "",
            }
            : "";
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until)
            ? until
            : throw _toml.Invalid($"until in {at}, a date such as 2027-01-31: an exception without an end is a rule");
    }

    private AuditMode? Mode(TomlTable table, string at) =>
        _toml.Text(table, "mode", at) switch
        {
            null => null,
            "collect" => AuditMode.Collect,
            "warn" => AuditMode.Warn,
            "enforce" => AuditMode.Enforce,
            var other => throw _toml.Invalid($"\"collect\", \"warn\" or \"enforce\" as mode in {at}, not \"{other}\""),
        };

    private string Name(string name, string at) =>
        ProjectName.TryParse(name.Replace('*', 'x'), out _)
            ? name
            : throw _toml.Invalid($"a package's name or a pattern with * in {at}, not \"{AuditText.Shown(name)}\"");
}
