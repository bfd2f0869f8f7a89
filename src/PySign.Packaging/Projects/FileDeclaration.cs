using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Packaging.Projects;

/// <summary>One entry of a configuration that takes files into the sdist, whether version control has them or not.</summary>
public sealed class FileDeclaration
{
    private readonly Regex? _pattern;

    // Without a pattern: what is taken, a file or a folder, and where it goes.
    private readonly string _from;
    private readonly string _to;

    private FileDeclaration(string text, string from, string to, Regex? pattern, bool forIgnored)
    {
        Text = text;
        _from = from;
        _to = to;
        _pattern = pattern;
        IsForIgnored = forIgnored && pattern is not null;
    }

    /// <summary>The entry.</summary>
    public string Text { get; }

    /// <summary>Whether it is a pattern that is documented to be for what builds make and version control ignores, and nothing
    /// else.</summary>
    public bool IsForIgnored { get; }

    /// <summary>Whether it only gives what is taken anyway another place, and so takes nothing by itself.</summary>
    public bool IsRewrite { get; private init; }

    /// <summary>The path in the tree that a file of the sdist is taken from by this entry; <see langword="null"/> where it does not take
    /// the file.</summary>
    /// <param name="name">Its path in the sdist, with forward slashes.</param>
    public string? SourceOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_pattern is not null)
            return _pattern.IsMatch(name) ? name : null;
        if (name == _to)
            return _from;
        if (_to.Length == 0)
            return $"{_from}/{name}";
        return name.StartsWith(_to + "/", StringComparison.Ordinal) ? $"{_from}/{name[(_to.Length + 1)..]}" : null;
    }

    /// <summary>Whether it names this very file of the tree, and not a folder or a pattern that others fit too.</summary>
    /// <param name="source">A path in the tree.</param>
    public bool Names(string source) => _pattern is null && source == _from;

    /// <summary>Whether it would take a file of the tree.</summary>
    /// <param name="source">A path in the tree.</param>
    public bool Covers(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return _pattern?.IsMatch(source) ?? (source == _from || source.StartsWith(_from + "/", StringComparison.Ordinal));
    }

    // A glob from the project's folder on: a star stops at a slash, two stars do not, and what a folder's name fits is taken whole.
    internal static FileDeclaration? OfGlob(string? glob)
    {
        var text = Plain(glob);
        if (text.Length == 0 || IsEverything(text))
            return null;
        return text.AsSpan().IndexOfAny("*?[") < 0
            ? new FileDeclaration(text, text, text, null, false)
            : new FileDeclaration(text, "", "", Compile(text, anywhere: false), false);
    }

    // gitignore(5): without a slash before its end a pattern fits at any depth.
    internal static FileDeclaration? OfIgnorePattern(string? pattern)
    {
        var text = pattern?.Trim() ?? "";
        if (text.StartsWith('!') || text.StartsWith('#'))
            return null;
        var anywhere = !text.TrimEnd('/').Contains('/', StringComparison.Ordinal);
        var plain = Plain(text);
        if (plain.Length == 0 || IsEverything(plain))
            return null;
        return anywhere || plain.AsSpan().IndexOfAny("*?[") >= 0
            ? new FileDeclaration(text, "", "", Compile(plain, anywhere), forIgnored: plain.AsSpan().IndexOfAny("*?[") >= 0)
            : new FileDeclaration(text, plain, plain, null, false);
    }

    internal static FileDeclaration? OfMove(string from, string? to)
    {
        var source = from.Replace('\\', '/').TrimEnd('/');
        source = source.StartsWith("./", StringComparison.Ordinal) ? source[2..] : source;
        return source.Length > 0 && to is not null ? new FileDeclaration(from, source, Plain(to), null, false) : null;
    }

    // hatchling's sources: the folder is taken off the front of paths, or replaced.
    internal static FileDeclaration? OfRewrite(string? from, string? to) =>
        Plain(from) is { Length: > 0 } source ? new FileDeclaration(source, source, Plain(to), null, false) { IsRewrite = true } : null;

    /// <summary>A path from the project's folder on, without what changes nothing at its ends.</summary>
    internal static string Plain(string? path)
    {
        var name = path?.Trim().Replace('\\', '/').TrimEnd('/') ?? "";
        while (name.StartsWith("./", StringComparison.Ordinal) || name.StartsWith('/'))
            name = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return name == "." ? "" : name;
    }

    private static bool IsEverything(string text) => text.All(letter => letter is '*' or '/');

    private static Regex Compile(string text, bool anywhere)
    {
        var expression = new StringBuilder(anywhere ? "^(?:.*/)?" : "^");
        for (var i = 0; i < text.Length; i++)
        {
            var isDouble = text[i] == '*' && i + 1 < text.Length && text[i + 1] == '*';
            expression.Append(
                isDouble ? ".*"
                : text[i] == '*' ? "[^/]*"
                : text[i] is '?' or '[' ? "[^/]"
                : Regex.Escape(text[i].ToString())
            );
            if (isDouble)
                i += i + 2 < text.Length && text[i + 2] == '/' ? 2 : 1;
            else if (text[i] == '[' && text.IndexOf(']', i + 1) is > 0 and var end)
                i = end;
        }

        return new Regex(
            expression.Append("(?:/.*)?$").ToString(),
            RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline
        );
    }
}

/// <summary>What the MANIFEST.in of setuptools takes (https://setuptools.pypa.io/en/latest/userguide/miscellaneous.html).</summary>
internal static class ManifestTemplate
{
    private static readonly char[] _blanks = [' ', '\t'];

    public static IEnumerable<FileDeclaration> Read(string folder)
    {
        var path = Path.Combine(folder, "MANIFEST.in");
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        foreach (var line in text.Replace("\r", "", StringComparison.Ordinal).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        {
            var words = line.Split('#')[0].Split(_blanks, StringSplitOptions.RemoveEmptyEntries);
            foreach (var glob in Globs(words))
            {
                if (FileDeclaration.OfGlob(glob) is { } declaration)
                    yield return declaration;
            }
        }
    }

    private static IEnumerable<string> Globs(string[] words) =>
        words switch
        {
            ["include", .. var names] => names,
            ["graft", .. var folders] => folders,
            ["recursive-include", var folder, .. var names] => names.Select(name => $"{folder.TrimEnd('/')}/**/{name}"),
            _ => [],
        };
}
