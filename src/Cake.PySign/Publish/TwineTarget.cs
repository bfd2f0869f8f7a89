using Cake.Core;
using Cake.PySign.Common.Network;
using Cake.PySign.Verify;
using PySign.Http;

namespace Cake.PySign.Publish;

/// <summary>Where twine uploads to, where the result shows, and as whom: checked before anything is read or sent.</summary>
internal sealed record TwineTarget(Uri Repository, Uri Index, string? UserName, string? Password, bool UsesTrustedPublishing)
{
    private const string GitLabPath = "/packages/pypi";

    /// <summary>When the password is no longer taken, where that is known.</summary>
    public DateTimeOffset? Expires { get; init; }

    public static TwineTarget From(TwineUploadSettings settings, ICakeEnvironment environment)
    {
        Setting.RequireLimit(settings.Timeout, nameof(settings.Timeout));
        var repository = ServiceAddress.Require(settings.RepositoryUrl, nameof(settings.RepositoryUrl));
        var index = settings.Index.Url is null ? IndexOf(repository) : ServiceAddress.Require(settings.Index.Url, "Index.Url");
        var password = settings.Index.Password ?? environment.GetEnvironmentVariable("TWINE_PASSWORD");
        if (settings.TrustedPublishing.Decide(string.IsNullOrEmpty(password) && IsPyPi(repository)))
        {
            return string.IsNullOrEmpty(settings.Index.Password)
                ? new TwineTarget(repository, index, null, null, true)
                : throw new PySignException(
                    PySignFailure.InvalidSettings,
                    "TrustedPublishing and Index.Password are both set.",
                    "Publish as the job, or with a token that was made beforehand."
                );
        }

        return new TwineTarget(
            repository,
            index,
            settings.Index.UserName ?? environment.GetEnvironmentVariable("TWINE_USERNAME"),
            password,
            false
        );
    }

    /// <summary>PyPI and TestPyPI, where upload endpoint and index are different hosts.</summary>
    public static bool IsPyPi(Uri repository) => repository.Host is "upload.pypi.org" or "test.pypi.org";

    /// <summary>The credentials that the index is read with. PyPI's index is public: what uploads is not shown to it.</summary>
    public (string? UserName, string? Password) IndexCredentials => IsPyPi(Repository) ? (null, null) : (UserName, Password);

    /// <summary>Where the index serves attestations, and the credentials that they are read with: as the settings say, else beside the
    /// index, with the index's own credentials where they go to its origin.</summary>
    public (Uri Url, string? UserName, string? Password) IntegrityOf(IndexSettings given)
    {
        var url = given.Url is null ? IntegrityOfIndex() : ServiceAddress.Require(given.Url, "Integrity.Url");
        if (!string.IsNullOrEmpty(given.UserName) || !string.IsNullOrEmpty(given.Password))
        {
            return (url, given.UserName, given.Password);
        }

        var (user, password) = EndpointRule.SameOrigin(url, Index) ? IndexCredentials : default;
        return (url, user, password);
    }

    private Uri IntegrityOfIndex() =>
        IntegrityApi.BesideOf(Index)
        ?? throw new PySignException(
            PySignFailure.InvalidSettings,
            $"Where the index {Index} serves attestations is not known, so those that were uploaded could not be read back.",
            "Set AttestationVerification.Integrity.Url."
        );

    /// <exception cref="PySignException">User name or password is not known, so that nothing can be uploaded.</exception>
    public void RequireCredentials()
    {
        if (UsesTrustedPublishing)
        {
            return;
        }

        if (string.IsNullOrEmpty(UserName) || string.IsNullOrEmpty(Password))
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"There is no {(string.IsNullOrEmpty(UserName) ? "user name" : "password")} for {Repository}.",
                "Set Index.UserName and Index.Password, or the variables TWINE_USERNAME and TWINE_PASSWORD."
            );
        }
    }

    public static Uri IndexOf(Uri repository)
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
                "Set Index.Url."
            ),
        };
    }
}
