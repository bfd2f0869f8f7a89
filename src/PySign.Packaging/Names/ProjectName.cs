using System.Text;

namespace PySign.Packaging.Names;

/// <summary>
/// A Python project's name as its author writes it, and its normalized form (name normalization specification, PEP 503):
/// two names are equal when their normalized forms are.
/// </summary>
public sealed class ProjectName : IEquatable<ProjectName>
{
    // No project name comes near this; file systems end at 255 bytes for a whole file name.
    private const int MaxLength = 200;

    private ProjectName(string value)
    {
        Value = value;
        Normalized = Normalize(value);
    }

    /// <summary>The name as written, for example <c>Hello-PySign</c>.</summary>
    public string Value { get; }

    /// <summary>Lower case with every run of <c>-</c>, <c>_</c> and <c>.</c> as one <c>-</c>, for example <c>hello-pysign</c>.</summary>
    public string Normalized { get; }

    /// <summary>The normalized form in file names (binary distribution format, PEP 625), for example <c>hello_pysign</c>.</summary>
    public string FileNameForm => Normalized.Replace('-', '_');

    /// <summary>Reads a name: ASCII letters and digits, with <c>.</c>, <c>_</c> and <c>-</c> inside.</summary>
    /// <exception cref="PackagingException"><see cref="PackagingFailure.InvalidName"/>: the text is not a name.</exception>
    public static ProjectName Parse(string name) =>
        TryParse(name, out var result)
            ? result
            : throw new PackagingException(
                PackagingFailure.InvalidName,
                name,
                "a project name of ASCII letters, digits, '.', '_' and '-' that begins and ends with a letter or digit",
                "Use a name such as 'hello-pysign'."
            );

    /// <summary>Reads a name; false when the text is not one.</summary>
    public static bool TryParse(string? name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ProjectName? result)
    {
        result = null;
        if (
            string.IsNullOrEmpty(name)
            || name.Length > MaxLength
            || !char.IsAsciiLetterOrDigit(name[0])
            || !char.IsAsciiLetterOrDigit(name[^1])
        )
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
                return false;
        }

        result = new ProjectName(name);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(ProjectName? other) => other is not null && other.Normalized == Normalized;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProjectName);

    /// <inheritdoc/>
    public override int GetHashCode() => Normalized.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name as written.</summary>
    public override string ToString() => Value;

    private static string Normalize(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            if (c is not ('.' or '_' or '-'))
                text.Append(char.ToLowerInvariant(c));
            else if (text[^1] != '-')
                text.Append('-');
        }

        return text.ToString();
    }
}
