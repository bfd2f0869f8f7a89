using Cake.Core.IO;
using PySign.Http;
using PySign.Packaging.Toml;

namespace Cake.PySign.Common;

/// <summary>A TOML file by which a person rules. What is not understood is refused: a rule that is passed over protects nobody.</summary>
/// <param name="path">The file.</param>
/// <param name="name">What it is called where it is refused.</param>
/// <param name="maxBytes">How large it may be.</param>
/// <param name="advice">Where its author reads what it may say.</param>
internal sealed class StrictToml(FilePath path, string name, long maxBytes, string advice)
{
    /// <exception cref="PySignException">The file is too large, is not TOML, or is refused by <paramref name="read"/>.</exception>
    public T Read<T>(Func<TomlDocument, T> read)
    {
        var size = new FileInfo(path.FullPath).Length;
        if (size > maxBytes)
        {
            throw Invalid($"at most {maxBytes} bytes, not {size}");
        }

        try
        {
            return read(TomlDocument.Parse(File.ReadAllBytes(path.FullPath)));
        }
        catch (TomlException e)
        {
            throw Invalid(e.Message, e);
        }
    }

    /// <summary>The version of what the file says, so that a later one is never half understood.</summary>
    public void RequireSchema(TomlTable root)
    {
        if (!root.TryGetValue("schema", out var schema) || schema is not TomlInteger { Value: 1 })
        {
            throw Invalid("schema = 1");
        }
    }

    public void RequireKeys(TomlTable table, string at, string[] known)
    {
        if (table.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw Invalid($"in {at} only {string.Join(", ", known)}, not {ForeignText.Line(unknown)}");
        }
    }

    public TomlTable? Table(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return null;
        }

        return value as TomlTable ?? throw Invalid($"a table [{at}]");
    }

    public string? Text(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return null;
        }

        return value is TomlString text && !string.IsNullOrWhiteSpace(text.Value) ? text.Value : throw Invalid($"text in {at}.{key}");
    }

    /// <summary>Texts, at least one where the key is there at all.</summary>
    public IReadOnlyList<string> Texts(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return [];
        }

        return value is TomlArray { Items.Count: > 0 } array && array.Items.All(static item => item is TomlString)
            ? [.. array.Items.Select(static item => ((TomlString)item).Value)]
            : throw Invalid($"an array of strings, not empty, in {at}.{key}");
    }

    public bool? Truth(TomlTable table, string key, string at)
    {
        if (!table.TryGetValue(key, out var value))
        {
            return null;
        }

        return value is TomlBoolean truth ? truth.Value : throw Invalid($"true or false in {at}.{key}");
    }

    public PySignException Invalid(string expected, Exception? inner = null) =>
        new(PySignFailure.InvalidSettings, $"The {name} '{path}' cannot be used; expected {expected}.", advice, inner);
}
