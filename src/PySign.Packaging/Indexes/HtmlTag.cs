namespace PySign.Packaging.Indexes;

/// <summary>A start tag (<c>a</c>) or an end tag (<c>/a</c>) in lower case, with its attributes, entities resolved.</summary>
internal sealed record HtmlTag(string Name, IReadOnlyDictionary<string, string> Attributes, int Start, int End);
