using PySign.Sigstore.Trust;

namespace Cake.PySign.Recipe;

/// <summary>Which Sigstore instance a release was signed with, as far as somebody who verifies has to know.</summary>
/// <param name="IsPublic">The public one, whose trust every client brings along.</param>
/// <param name="Log">The log of version 1, where clients have to be told.</param>
internal sealed record SigningInstance(bool IsPublic, Uri? Log)
{
    public static SigningInstance Of(Release release)
    {
        var options = release.Options;
        var isPublic = options.Trust.TrustedRoot is null && options.Trust.TufMirror is null;
        return new SigningInstance(
            isPublic,
            isPublic ? null
                : options.Signing.SigningConfig is null ? options.Signing.RekorUrl
                : LogOf(release)
        );
    }

    // The job that publishes need not have the config that another job signed with.
    private static Uri? LogOf(Release release)
    {
        var config = release.Options.Signing.SigningConfig!.MakeAbsolute(release.Context.Environment).FullPath;
        return File.Exists(config)
            ? SigningServices.FromFile(config, release.Time.GetUtcNow()).Logs.FirstOrDefault(log => log.MajorApiVersion == 1)?.Uri
            : null;
    }
}
