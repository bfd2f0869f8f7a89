namespace PySign.Packaging.Versions;

/// <summary>A version that something states for a release.</summary>
/// <param name="Origin">What states it, as an error names it: <c>the tag v1.2.3</c>, <c>pyproject.toml</c>.</param>
/// <param name="Text">The version as written there.</param>
public sealed record StatedVersion(string Origin, string Text);
