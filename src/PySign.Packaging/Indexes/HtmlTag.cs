namespace PySign.Packaging.Indexes;

/// <summary>A start tag (<c>a</c>) or an end tag (<c>/a</c>) in lower case, with its attributes, entities resolved.</summary>
/// <param name="Name">The name, with the slash of an end tag.</param>
/// <param name="Attributes">The first of each name.</param>
/// <param name="Repeats">Whether an attribute stands there twice: browsers take the first, pip the last.</param>
/// <param name="Start">Where it begins in the page.</param>
/// <param name="End">Where what follows it begins.</param>
internal sealed record HtmlTag(string Name, IReadOnlyDictionary<string, string> Attributes, bool Repeats, int Start, int End);
