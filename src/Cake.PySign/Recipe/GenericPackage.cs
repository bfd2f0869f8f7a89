namespace Cake.PySign.Recipe;

/// <summary>Where a release's signatures are kept: the generic package named after the project and its version, or the GitHub release of
/// its tag.</summary>
internal static class GenericPackage
{
    public static T Address<T>(Release release, Ledger ledger, T settings)
        where T : GenericRegistrySettings
    {
        var options = release.Options;
        settings.RegistryUrl =
            options.GenericUrl
            ?? throw Release.Missing(
                "PYSIGN_GENERIC_URL",
                "the generic package registry, such as https://gitlab.com/api/v4/projects/42/packages/generic"
            );
        settings.PackageName = options.GenericName ?? ledger.NormalizedName;
        settings.PackageVersion =
            options.GenericVersion ?? (options.GenericKind == RegistryKind.GitHubRelease ? Tag(options) : ledger.Version);
        settings.Token = options.GenericToken;
        settings.TokenKind = options.GenericTokenKind;
        settings.UserName = options.GenericUserName;
        settings.Kind = options.GenericKind;
        settings.CaFile = options.CaFile;
        return settings;
    }

    // GitHub makes a tag that is not there, on whatever its default branch holds then: the name of one is never guessed.
    private static string Tag(ReleaseOptions options) =>
        options.Tag is { Length: > 0 } tag
            ? tag
            : throw Release.Missing("PYSIGN_TAG", "the tag whose GitHub release takes the signatures, such as v1.0.0");
}
