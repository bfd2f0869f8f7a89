using System.Globalization;
using Cake.Core.IO;
using Cake.PySign.Common;
using PySign.Packaging.Names;
using PySign.Packaging.Toml;
using PySign.Packaging.Versions;

namespace Cake.PySign.Audit;

/// <summary>Reads <c>pysign-dependencies.toml</c>. What is not understood is refused: a rule that is passed over protects nobody.</summary>
internal sealed class AuditPolicyReader(FilePath path)
{
    private const long MaxBytes = 4 << 20;

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

    /// <exception cref="PySignException">The file says something that is not known.</exception>
    public (AuditPolicy Policy, TomlDocument Document) Read()
    {
        var file = new FileInfo(path.FullPath);
        if (file.Length > MaxBytes)
        {
            throw Invalid($"at most {MaxBytes} bytes, not {file.Length}");
        }

        try
        {
            var document = TomlDocument.Parse(File.ReadAllBytes(path.FullPath));
            return (Read(document.Root), document);
        }
        catch (TomlException e)
        {
            throw Invalid(e.Message, e);
        }
    }

    private AuditPolicy Read(TomlTable root)
    {
        RequireKeys(root, "the file", ["schema", "mode", "packages", "exceptions", "unattested"]);
        if (!root.TryGetValue("schema", out var schema) || schema is not TomlInteger { Value: 1 })
        {
            throw Invalid("schema = 1");
        }

        var packages = Table(root, "packages", "packages");
        var rules = packages is null ? [] : packages.Keys.Select(key => Rule(key, Table(packages, key, $"packages.{key}")!)).ToList();
        if (Duplicates.Of(rules.Where(static rule => !rule.IsPattern), static rule => AuditPolicy.Normal(rule.Key)) is { } twice)
        {
            throw Invalid($"one table for {twice.Key}, not {twice.Count()} in several spellings");
        }

        return new AuditPolicy
        {
            Mode = Mode(root, "mode") ?? AuditMode.Collect,
            Rules = rules,
            Exceptions = [.. Exceptions(root)],
            Unattested = Unattested(Table(root, "unattested", "unattested")),
        };
    }

    private Dictionary<string, string> Unattested(TomlTable? table)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in table?.Keys ?? [])
        {
            known[AuditPolicy.Normal(Name(key, "unattested"))] = Text(table!, key, "unattested")!;
        }

        return known;
    }

    private AuditRule Rule(string key, TomlTable table)
    {
        var at = $"packages.{key}";
        RequireKeys(table, at, ["mode", "publisher", "since", "files", "unhashed", .. _requirements]);
        var since = Text(table, "since", at);
        if (since is not null && !PythonVersion.TryParse(since, out _))
        {
            throw Invalid($"a version as {at}.since, not \"{since}\"");
        }

        var files = Text(table, "files", at);
        if (files is not (null or "all" or "some"))
        {
            throw Invalid($"\"all\" or \"some\" as {at}.files, not \"{files}\"");
        }

        var unhashed = Flag(table, "unhashed", at);
        if (unhashed && key.Contains('*', StringComparison.Ordinal))
        {
            throw Invalid($"unhashed only in the table of one package, not in {at}: bytes that nothing fixes are accepted by name");
        }

        return new AuditRule(
            Name(key, "packages"),
            Mode(table, at),
            Table(table, "publisher", at) is { } publisher ? Publisher(publisher, $"{at}.publisher") : null,
            since,
            files == "some",
            [
                .. _requirements
                    .Where(name => table.TryGetValue(name, out _))
                    .Select(name => KeyValuePair.Create(name, Text(table, name, at)!)),
            ]
        )
        {
            Unhashed = unhashed,
        };
    }

    private AuditedPublisher Publisher(TomlTable table, string at)
    {
        RequireKeys(table, at, ["kind", "repository", "workflow", "environment", "email"]);
        var kind = Text(table, "kind", at) ?? throw Invalid($"kind in {at}");
        if (kind is not ("GitHub" or "GitLab" or "Google"))
        {
            throw Invalid($"\"GitHub\", \"GitLab\" or \"Google\" as {at}.kind, not \"{kind}\"");
        }

        var publisher = new AuditedPublisher(
            kind,
            Text(table, "repository", at),
            Text(table, "workflow", at),
            Empty(table, "environment") ? null : Text(table, "environment", at),
            Text(table, "email", at)
        );
        var (needed, given) = kind == "Google" ? ("email", publisher.Email) : ("repository", publisher.Repository);
        return given is not null ? publisher : throw Invalid($"{needed} in {at}");
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
                : throw Invalid("tables [[exceptions]]");
        foreach (var (i, table) in items.Cast<TomlTable>().Index())
        {
            var at = $"exceptions[{i}]";
            RequireKeys(table, at, ["package", "version", "reason", "until"]);
            yield return new AuditException(
                Name(Text(table, "package", at) ?? throw Invalid($"package in {at}"), at),
                Text(table, "version", at),
                Text(table, "reason", at) ?? throw Invalid($"reason in {at}: an exception without one is a hole"),
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
            : throw Invalid($"until in {at}, a date such as 2027-01-31: an exception without an end is a rule");
    }

    private AuditMode? Mode(TomlTable table, string at) =>
        Text(table, "mode", at) switch
        {
            null => null,
            "collect" => AuditMode.Collect,
            "warn" => AuditMode.Warn,
            "enforce" => AuditMode.Enforce,
            var other => throw Invalid($"\"collect\", \"warn\" or \"enforce\" as mode in {at}, not \"{other}\""),
        };

    private string Name(string name, string at) =>
        ProjectName.TryParse(name.Replace('*', 'x'), out _)
            ? name
            : throw Invalid($"a package's name or a pattern with * in {at}, not \"{AuditText.Shown(name)}\"");

    private TomlTable? Table(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return null;
        }

        return value as TomlTable ?? throw Invalid($"a table as {key} in {at}");
    }

    private string? Text(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return null;
        }

        return value is TomlString text && !string.IsNullOrWhiteSpace(text.Value) ? text.Value : throw Invalid($"text in {at}.{key}");
    }

    private bool Flag(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return false;
        }

        return value is TomlBoolean flag ? flag.Value : throw Invalid($"true or false in {at}.{key}");
    }

    private void RequireKeys(TomlTable table, string at, string[] known)
    {
        if (table.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw Invalid($"in {at} only {string.Join(", ", known)}, not {AuditText.Shown(unknown)}");
        }
    }

    private PySignException Invalid(string expected, Exception? inner = null) =>
        new(
            PySignFailure.InvalidSettings,
            $"The file '{path}' cannot be used; expected {expected}.",
            "docs/dependencies-audit.md lists what it may say.",
            inner
        );
}
