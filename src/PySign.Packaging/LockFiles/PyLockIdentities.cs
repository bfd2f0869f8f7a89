using PySign.Packaging.Names;
using PySign.Packaging.Toml;

namespace PySign.Packaging.LockFiles;

/// <summary>
/// Writes <c>attestation-identities</c> into a <c>pylock.toml</c> (PEP 751, "packages.attestation-identities"): the publisher objects of
/// the index without what wraps them. Every other character of the file stays as it is.
/// </summary>
public static class PyLockIdentities
{
    private const string Key = "attestation-identities";

    /// <summary>Gives the file with the identities of its packages; a package that has exactly these keeps how they are written.</summary>
    /// <param name="content">A <c>pylock.toml</c>.</param>
    /// <param name="identitiesOf">The identities of a project's version; null leaves a package as it is.</param>
    /// <returns>The file's bytes.</returns>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.InvalidLockFile"/>: it is not a <c>pylock.toml</c>, or a package's
    /// identities are written in a way that cannot be replaced without touching something else.</exception>
    public static byte[] Write(ReadOnlyMemory<byte> content, Func<ProjectName, string?, IReadOnlyList<LockedIdentity>?> identitiesOf)
    {
        ArgumentNullException.ThrowIfNull(identitiesOf);
        try
        {
            var document = TomlDocument.Parse(content.Span);
            var toml = new LockToml(document);
            var changes = new List<(TomlSpan, string)>();
            foreach (var package in toml.Tables(toml.Root, "packages"))
            {
                var name = LockText.Name(toml.RequireText(package, "name"), toml.Line(package));
                if (
                    identitiesOf(name, toml.Text(package, "version")) is { } wanted
                    && !IsSame([.. toml.Tables(package, Key).Select(one => PyLockReader.Identity(toml, one))], wanted)
                )
                    changes.Add(Change(document, toml, package, wanted));
            }

            return changes.Count == 0 ? content.ToArray() : TomlEditor.Apply(document, changes).ToUtf8();
        }
        catch (TomlException e)
        {
            throw LockText.Invalid(e.Message, "a pylock.toml that can be edited", e.Line, e);
        }
    }

    private static (TomlSpan, string) Change(TomlDocument document, LockToml toml, TomlTable package, IReadOnlyList<LockedIdentity> wanted)
    {
        if (package.Find(Key) is not { } entry)
            return TomlEditor.Addition(document, package, $"{Key} = {Array(document, package, wanted)}");
        var array = (TomlArray)entry.Value;
        if (!array.IsArrayOfTables)
            return (array.Span, Array(document, package, wanted));

        // [[packages.attestation-identities]], once or several times in a row: the same again, in its form.
        var last = ((TomlTable)array.Items[^1]).LastStatement;
        var statements = document.Statements.Skip(entry.Statement).Take(last - entry.Statement + 1).ToList();
        if (statements.Count(static one => one.Kind == TomlStatementKind.Header) != array.Items.Count)
            throw LockText.Invalid(Key, "the identities of a package in a row, without other tables between them", toml.Line(package));
        var (first, end) = (document.Statements[entry.Statement], document.Statements[last]);
        var tables = wanted.Select(identity =>
            string.Join(document.LineEnd, Entries(identity).Prepend(document.Text[first.Start..first.LineEnd].TrimStart()))
        );
        return (new TomlSpan(first.Start, end.LineEnd), string.Join(document.LineEnd + document.LineEnd, tables));
    }

    private static string Array(TomlDocument document, TomlTable package, IReadOnlyList<LockedIdentity> identities)
    {
        var tables = identities.Select(static identity => $"{{ {string.Join(", ", Entries(identity))} }}").ToList();

        // One line is enough for one; within braces there are no line breaks (TOML 1.0).
        return tables.Count < 2 || package.IsInline
            ? $"[{string.Join(", ", tables)}]"
            : $"[{string.Concat(tables.Select(table => $"{document.LineEnd}    {table},"))}{document.LineEnd}]";
    }

    private static IEnumerable<string> Entries(LockedIdentity identity) =>
        identity
            .Values.OrderBy(static one => Order(one.Key))
            .ThenBy(static one => one.Key, StringComparer.Ordinal)
            .Prepend(KeyValuePair.Create("kind", identity.Kind))
            .Select(static one => $"{TomlStringWriter.WriteKey([one.Key])} = {TomlStringWriter.Write(one.Value)}");

    // As PEP 740 and the example of PEP 751 order them.
    private static int Order(string key) =>
        key switch
        {
            "repository" or "email" => 0,
            "environment" => 2,
            _ => 1,
        };

    private static bool IsSame(IReadOnlyList<LockedIdentity> found, IReadOnlyList<LockedIdentity> wanted) =>
        found.Count == wanted.Count && wanted.All(one => found.Any(other => IsSame(one, other)));

    private static bool IsSame(LockedIdentity one, LockedIdentity other) =>
        one.Kind == other.Kind
        && one.Values.Count == other.Values.Count
        && one.Values.All(pair => other.Values.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
