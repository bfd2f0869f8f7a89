using Cake.Core;

namespace Cake.PySign.Publishing;

/// <summary>Where twine uploads to, where the result shows, and as whom: checked before anything is read or sent.</summary>
internal sealed record TwineTarget(Uri Repository, Uri Index, string? UserName, string? Password)
{
    private const string GitLabPath = "/packages/pypi";

    public static TwineTarget From(TwineUploadSettings settings, ICakeEnvironment environment)
    {
        var repository = ServiceAddress.Require(settings.RepositoryUrl, nameof(settings.RepositoryUrl));
        return new TwineTarget(
            repository,
            settings.IndexUrl is null ? IndexOf(repository) : ServiceAddress.Require(settings.IndexUrl, nameof(settings.IndexUrl)),
            settings.UserName ?? environment.GetEnvironmentVariable("TWINE_USERNAME"),
            settings.Password ?? environment.GetEnvironmentVariable("TWINE_PASSWORD"));
    }

    /// <exception cref="PySignException">User name or password is not known, so that nothing can be uploaded.</exception>
    public void RequireCredentials()
    {
        if (string.IsNullOrEmpty(UserName) || string.IsNullOrEmpty(Password))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"There is no {(string.IsNullOrEmpty(UserName) ? "user name" : "password")} for {Repository}.",
                "Set UserName and Password, or the variables TWINE_USERNAME and TWINE_PASSWORD.");
        }
    }

    private static Uri IndexOf(Uri repository)
    {
        var path = repository.AbsolutePath.TrimEnd('/');
        if (path.EndsWith(GitLabPath, StringComparison.Ordinal))
        {
            return ServiceAddress.Below(repository, "simple");
        }

        return repository.Host switch
        {
            "upload.pypi.org" => new Uri("https://pypi.org/simple"),
            "test.pypi.org" => new Uri("https://test.pypi.org/simple"),
            _ => throw new PySignException(
                PySignFailure.InvalidSettings,
                $"The simple index that belongs to {repository} is not known, so what was uploaded could not be read back.",
                "Set IndexUrl."),
        };
    }
}
