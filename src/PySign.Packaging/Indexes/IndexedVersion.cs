namespace PySign.Packaging.Indexes;

/// <summary>What a project page has for one version.</summary>
/// <param name="Files">The distributions of exactly this version, each once, in page order.</param>
/// <param name="AlsoInstallable">Names of files that are not distributions of exactly this version and that an installer takes for it all
/// the same: versions with a local label, which are preferred to the one without, and archive forms that the standards no longer
/// know.</param>
public sealed record IndexedVersion(IReadOnlyList<SimpleIndexFile> Files, IReadOnlyList<string> AlsoInstallable);
