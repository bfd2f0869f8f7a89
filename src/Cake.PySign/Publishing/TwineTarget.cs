using Cake.Core;

namespace Cake.PySign.Publishing;

/// <summary>Where twine uploads to, where the result shows, and as whom: checked before anything is read or sent.</summary>
internal sealed record TwineTarget(Uri Repository, Uri Index, string UserName, string Password)
{
    private const string GitLabPath = "/packages/pypi";

    public static TwineTarget From(TwineUploadSettings settings, ICakeEnvironment environment)
    {
        var repository = ServiceAddress.Require(settings.RepositoryUrl, nameof(settings.RepositoryUrl));
        var index = settings.IndexUrl is null ? IndexOf(repository) : ServiceAddress.Require(settings.IndexUrl, nameof(settings.IndexUrl));
        var user = settings.UserName ?? environment.GetEnvironmentVariable("TWINE_USERNAME");
        var password = settings.Password ?? environment.GetEnvironmentVariable("TWINE_PASSWORD");
        if (string.IsNullOrEmpty(user) || string.IsNullOrEmpty(password))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"There is no {(string.IsNullOrEmpty(user) ? "user name" : "password")} for {repository}.",
                "Set UserName and Password, or the variables TWINE_USERNAME and TWINE_PASSWORD.");
        }

        return new TwineTarget(repository, index, user, password);
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
