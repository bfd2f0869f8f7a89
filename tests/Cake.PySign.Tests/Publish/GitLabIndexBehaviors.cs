using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;
using static Cake.PySign.PySignFailure;
using static Cake.PySign.Tests.Publish.GitLabUploadBehaviors;
using User = Cake.PySign.Tests.Rig.GitLabUser;

namespace Cake.PySign.Tests.Publish;

/// <summary>What GitLab's package index says to a download, each with what its user is told.</summary>
internal static class GitLabIndexBehaviors
{
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";
    private const string Project = "/api/v4/projects/42/packages/pypi/files/";

    private static readonly Func<GitLabProjectOptions, GitLabProjectOptions> _plain = options => options;

    public static readonly IReadOnlyDictionary<string, GitLabBehavior> All = new Dictionary<string, GitLabBehavior>
    {
        ["anybody reads what is public"] = new(_plain, user => Posted(user, () => user.DownloadAsync()), null, User.Wheel + " " + Project),
        ["a wrong password reads what is public"] = new(
            _plain,
            user => Posted(user, () => user.DownloadAsync(s => (s.Index.UserName, s.Index.Password) = ("me", User.Wrong))),
            null,
            User.Wheel
        ),
        ["a wrong job token reads nothing"] = new(
            _plain,
            user => Posted(user, () => user.DownloadAsync(s => (s.Index.UserName, s.Index.Password) = ("gitlab-ci-token", User.Wrong))),
            Unauthorized,
            "401 Unauthorized"
        ),
        ["a private project wants a token"] = new(
            options => options with { IsPublic = false },
            user => Posted(user, () => user.DownloadAsync()),
            Unauthorized,
            "401 Unauthorized"
        ),
        ["a private project does not exist for who is not a member"] = new(
            options => options with { IsPublic = false },
            user => Posted(user, () => user.DownloadAsync(s => (s.Index.UserName, s.Index.Password) = ("me", User.Stranger))),
            NotFound,
            "GitLab also answers 404 where a private project may not be seen"
        ),
        ["a private project shows a guest no packages"] = new(
            options => options with { IsPublic = false },
            user => Posted(user, () => user.DownloadAsync(s => (s.Index.UserName, s.Index.Password) = ("me", User.Guest))),
            Forbidden,
            "403 Forbidden"
        ),
        ["a private project lets a read-only token read"] = new(
            options => options with { IsPublic = false },
            user => Posted(user, () => user.DownloadAsync(s => (s.Index.UserName, s.Index.Password) = ("read-only", User.ReadOnly))),
            null,
            User.Wheel
        ),
        ["a job token policy closes reading"] = new(
            options => options with { JobTokenMayRead = false },
            user => Posted(user, () => user.DownloadAsync(s => (s.Index.UserName, s.Index.Password) = ("gitlab-ci-token", User.Job))),
            Forbidden,
            "403 Forbidden"
        ),
        ["a package registry that is switched off serves nothing"] = new(
            options => options with { PackagesEnabled = false },
            user => user.DownloadAsync(),
            NotFound,
            "has no file of"
        ),
        ["a package that is not there is not found"] = new(_plain, user => user.DownloadAsync(), NotFound, "has no file of"),
        ["a package that is not there is looked for elsewhere"] = new(
            options => options with { RequestForwarding = true, ForwardingTarget = "https://pypi.example/simple/" },
            user => user.DownloadAsync(),
            Redirected,
            "https://pypi.example instead (dependency confusion)"
        ),
        ["the JSON form is read where it is switched on"] = new(
            options => options with { JsonIndex = true },
            user => Posted(user, () => user.DownloadAsync()),
            null,
            User.Wheel + " " + Project
        ),
        ["several spellings of a name are one package"] = new(
            _plain,
            user =>
                Posted(user, () => Posted(user, () => user.DownloadAsync(), Sdist, SampleDistribution.Sdist(), ("name", "Hello.PySign"))),
            null,
            Sdist
        ),
        ["two spellings of a version are one version"] = new(
            _plain,
            user => Posted(user, () => Posted(user, () => user.DownloadAsync(), Sdist, SampleDistribution.Sdist(), ("version", "v1.0.0"))),
            null,
            Sdist
        ),
        ["one file name in two versions with other bytes is refused"] = new(
            _plain,
            user =>
                Posted(
                    user,
                    () =>
                        Posted(
                            user,
                            () => user.DownloadAsync(),
                            content: SampleDistribution.Wheel(body: "other\n"),
                            fields: ("version", "1.0")
                        )
                ),
            InvalidMetadata,
            "each file once"
        ),
        ["an empty data-requires-python says nothing"] = new(
            _plain,
            user => Posted(user, () => user.DownloadAsync(), fields: ("requires_python", "")),
            null,
            User.Wheel
        ),
        ["a data-requires-python is escaped"] = new(
            _plain,
            user => Posted(user, () => user.DownloadAsync(), fields: ("requires_python", ">=3.8,<4 \"x\"")),
            null,
            User.Wheel
        ),
        ["a digest that was believed is a lie"] = new(
            _plain,
            user => Posted(user, () => user.DownloadAsync(), fields: ("sha256_digest", new string('1', 64))),
            DigestMismatch,
            "the index says sha256 " + new string('1', 64)
        ),
        ["a file comes from object storage"] = new(
            options => options with { ObjectStorage = true },
            user =>
                Posted(
                    user,
                    () =>
                        user.DownloadAsync(s =>
                            (s.Network.StorageRedirects, s.Index.UserName, s.Index.Password) = (
                                PySignChoice.Always,
                                "gitlab-ci-token",
                                User.Job
                            )
                        )
                ),
            null,
            User.Wheel
        ),
        ["object storage is not gone to unasked"] = new(
            options => options with { ObjectStorage = true },
            user => Posted(user, () => user.DownloadAsync()),
            Redirected,
            "127.0.0.1"
        ),
        ["a listed file that is gone is not found"] = new(_plain, user => Gone(user), NotFound, "The index lists hello_pysign"),
        ["a listed file that is gone is not found in older words"] = new(
            options => options with { OldNotFound = true },
            user => Gone(user),
            NotFound,
            "The index lists hello_pysign"
        ),

        // Consuming from a group
        ["a group's index has the files of its projects"] = new(
            _plain,
            user => Posted(user, () => user.DownloadAsync(s => s.Index.Url = Group("acme"))),
            null,
            $"{User.Wheel} /api/v4/groups/acme/-/packages/pypi/files/"
        ),
        ["a group that is none is not found"] = new(
            _plain,
            user => user.DownloadAsync(s => s.Index.Url = Group("nobody")),
            NotFound,
            "has no file of"
        ),
        ["a group of private projects wants a token"] = new(
            options => options with { IsPublic = false },
            user => Posted(user, () => user.DownloadAsync(s => s.Index.Url = Group("acme"))),
            Unauthorized,
            "401 Unauthorized"
        ),
        ["a group looks elsewhere too"] = new(
            options => options with { RequestForwarding = true },
            user => user.DownloadAsync(s => s.Index.Url = Group("acme")),
            Redirected,
            "dependency confusion"
        ),
        ["a group's projects with other bytes under one name are refused"] = new(
            _plain,
            user => Both(user),
            InvalidMetadata,
            "each file once"
        ),
        ["a group takes no upload"] = new(
            _plain,
            user => user.TwineAsync(s => s.RepositoryUrl = new Uri($"{User.Api}groups/acme/-/packages/pypi")),
            NotFound,
            "404",
            0
        ),
    };

    private static Uri Group(string name) => new($"{User.Api}groups/{name}/-/packages/pypi/simple");

    /// <summary>The file is deleted between the index and the download.</summary>
    private static async Task<string> Gone(User user)
    {
        await user.PostAsync();
        user.Meanwhile = request =>
        {
            if (request.RequestUri!.AbsolutePath.Contains("/files/", StringComparison.Ordinal))
            {
                user.Instance.Projects.Single(project => project.Options.Id == 42).Remove(1, 1);
            }

            return Task.FromResult<HttpResponseMessage?>(null);
        };
        return await user.DownloadAsync();
    }

    private static async Task<string> Both(User user)
    {
        user.Instance.Configure(
            new GitLabProjectOptions
            {
                Id = 43,
                Path = "acme/second",
                Credentials = [new(CredentialKind.AccessToken, User.Stranger)],
            }
        );
        await user.PostAsync();
        await user.PostAsync(content: SampleDistribution.Wheel(body: "other\n"), project: "43");
        return await user.DownloadAsync(s => s.Index.Url = Group("acme"));
    }
}
