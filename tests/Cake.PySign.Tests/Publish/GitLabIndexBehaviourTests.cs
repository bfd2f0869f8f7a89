using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;
using static Cake.PySign.PySignFailure;
using User = Cake.PySign.Tests.Rig.GitLabUser;

namespace Cake.PySign.Tests.Publish;

/// <summary>Every way in which GitLab's PyPI registry may answer, and what a person sees who publishes to it or downloads from
/// it.</summary>
public sealed class GitLabIndexBehaviourTests(GitLabHost host) : IClassFixture<GitLabHost>
{
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";
    private const string Project = "/api/v4/projects/42/packages/pypi/files/";

    private static readonly Func<GitLabProjectOptions, GitLabProjectOptions> _plain = options => options;

    internal static readonly IReadOnlyDictionary<string, GitLabBehaviour> Behaviours = new Dictionary<string, GitLabBehaviour>
    {
        // Publishing: who is let in
        ["a job's token is the password of gitlab-ci-token"] = new(_plain, user => user.TwineAsync(), null, "Uploaded " + Project, 1),
        ["an access token is the password of any user"] = new(
            _plain,
            user => user.TwineAsync(s => (s.Index.UserName, s.Index.Password) = ("me", User.Access)),
            null,
            "Uploaded",
            1
        ),
        ["a deploy token is the password of its user"] = new(
            _plain,
            user => user.TwineAsync(s => (s.Index.UserName, s.Index.Password) = ("deploy", User.Deploy)),
            null,
            "Uploaded",
            1
        ),
        ["a job's token is none of another user's"] = new(
            _plain,
            user => user.TwineAsync(s => s.Index.UserName = "me"),
            Unauthorized,
            "401 Unauthorized",
            0
        ),
        ["a wrong password may not publish"] = new(
            _plain,
            user => user.TwineAsync(s => (s.Index.UserName, s.Index.Password) = ("me", User.Wrong)),
            Unauthorized,
            "The registry says: 401 Unauthorized",
            0
        ),
        ["a wrong job token may not read what is public"] = new(
            _plain,
            user => user.TwineAsync(s => s.Index.Password = User.Wrong),
            Unauthorized,
            "401 Unauthorized",
            0
        ),
        ["a guest may not publish"] = new(
            _plain,
            user => user.TwineAsync(s => (s.Index.UserName, s.Index.Password) = ("me", User.Guest)),
            Forbidden,
            "The registry says: 403 Forbidden",
            0
        ),
        ["a read-only deploy token may not publish"] = new(
            _plain,
            user => user.TwineAsync(s => (s.Index.UserName, s.Index.Password) = ("read-only", User.ReadOnly)),
            Forbidden,
            "The registry says: 403 Forbidden",
            0
        ),
        ["another project's job may not publish to a public one"] = new(
            _plain,
            user => user.TwineAsync(s => s.Index.Password = User.Stranger),
            Forbidden,
            "The registry says: 403 Forbidden",
            0
        ),
        ["a private project does not exist for somebody else"] = new(
            options => options with { IsPublic = false },
            user => user.TwineAsync(s => s.Index.Password = User.Stranger),
            NotFound,
            "404 Project Not Found",
            0
        ),
        ["a project that is not there is not found"] = new(
            _plain,
            user => user.TwineAsync(s => s.RepositoryUrl = new Uri($"{User.Api}projects/77/packages/pypi")),
            NotFound,
            "404 Project Not Found",
            0
        ),
        ["a job token policy closes publishing"] = new(
            options => options with { JobTokenMayPublish = false },
            user => user.TwineAsync(),
            Forbidden,
            "Check the role of the token's owner",
            0
        ),
        ["a package registry that is switched off takes nothing"] = new(
            options => options with { PackagesEnabled = false },
            user => user.TwineAsync(),
            Forbidden,
            "The registry says: 403 Forbidden",
            0
        ),
        ["a protected package is closed"] = new(
            options => options with { ProtectedPackages = ["hello-pysign"] },
            user => user.TwineAsync(),
            PackageProtected,
            "The registry says: 403 Forbidden - Package protected.",
            0
        ),

        // Publishing: what is taken
        ["a project is found by its path and links by its number"] = new(
            _plain,
            user => user.TwineAsync(s => s.RepositoryUrl = new Uri($"{User.Api}projects/acme%2Fhello-pysign/packages/pypi")),
            null,
            "Uploaded " + Project,
            1
        ),
        ["a slash at the end of the address changes nothing"] = new(
            _plain,
            user => user.TwineAsync(s => s.RepositoryUrl = new Uri($"{User.Api}projects/42/packages/pypi/")),
            null,
            "Uploaded",
            1
        ),
        ["a name that the rule refuses"] = new(
            _plain,
            user => user.TwineAsync(null, ("name", "!")),
            InvalidMetadata,
            "The registry says: 400 Bad request - Validation failed: Name is invalid",
            0
        ),
        ["a version that is none"] = new(
            _plain,
            user => user.TwineAsync(null, ("version", "1.0-SNAPSHOT")),
            InvalidMetadata,
            "The registry says: 400 Bad request - Validation failed: Version is invalid",
            0
        ),
        ["a missing field is named under another key"] = new(
            _plain,
            user => user.TwineAsync(null, ("name", null)),
            InvalidMetadata,
            "The registry says: name is missing",
            0
        ),
        ["a digest that is none"] = new(
            _plain,
            user => user.TwineAsync(null, ("sha256_digest", "xyz")),
            InvalidMetadata,
            "The registry says: sha256_digest is invalid",
            0
        ),
        ["a digest in capitals is one"] = new(
            _plain,
            async user => await user.TwineAsync(null, ("sha256_digest", SampleDistribution.Sha256(user.Content).Hex.ToUpperInvariant())),
            null,
            "Uploaded",
            1
        ),
        ["a file over the limit is too large"] = new(
            options => options with { MaxPyPiBytes = 3 },
            user => user.TwineAsync(),
            TooLarge,
            "The registry says: 400 Bad request - File is too large",
            0
        ),
        ["without a digest in FIPS mode"] = new(
            options => options with { Fips = true },
            user => user.TwineAsync(null, ("sha256_digest", null)),
            InvalidMetadata,
            "The registry says: 422 Unprocessable Entity",
            0
        ),
        ["with a digest in FIPS mode"] = new(options => options with { Fips = true }, user => user.TwineAsync(), null, "Uploaded", 1),
        ["long metadata is cut"] = new(
            _plain,
            user =>
                user.TwineAsync(
                    null,
                    [
                        ("requires_python", new string('>', 300)),
                        ("summary", new string('s', 300)),
                        ("description", new string('d', 5000)),
                        ("keywords", new string('k', 2000)),
                    ]
                ),
            null,
            "Uploaded",
            1
        ),
        ["long metadata is refused by older versions"] = new(
            options => options with { RefusesLongMetadata = true },
            user => user.TwineAsync(null, ("requires_python", new string('>', 300))),
            InvalidMetadata,
            "The registry says: 400 Bad request - Validation failed: Required python is too long",
            0
        ),
        ["attestations vanish"] = new(_plain, user => user.TwineAsync(null, ("attestations", "[{}]")), null, "Uploaded", 1),
        ["an object storage that fails takes nothing"] = new(
            options => options with { ObjectStorageFails = true },
            user => user.TwineAsync(),
            Forbidden,
            "The registry says: 403 Forbidden",
            0
        ),

        // Publishing: what is there already
        ["the same bytes are there already"] = new(_plain, user => Posted(user, () => user.TwineAsync()), null, "AlreadyThere", 1),
        ["other bytes are a conflict"] = new(
            _plain,
            user => Posted(user, () => user.TwineAsync(), content: SampleDistribution.Wheel(body: "other\n")),
            Conflict,
            $"{User.Wheel}: here ",
            1
        ),
        ["another run's file came in between"] = new(
            _plain,
            user => Overtaken(user, SampleDistribution.Wheel(body: "other\n")),
            Conflict,
            $"{User.Wheel}: here ",
            1
        ),
        ["another run's same file came in between"] = new(
            _plain,
            user => Overtaken(user, user.Content),
            null,
            "serves exactly these files",
            1
        ),
        ["a second file of the version joins the first"] = new(
            _plain,
            user => Posted(user, () => user.TwineAsync(), Sdist, SampleDistribution.Sdist()),
            null,
            "Uploaded",
            2
        ),
        ["a digest is believed, and a lie found out"] = new(
            _plain,
            user => user.TwineAsync(null, ("sha256_digest", new string('1', 64))),
            DigestMismatch,
            new string('1', 64),
            1
        ),
        ["a package that would be looked for elsewhere is not there yet"] = new(
            options => options with { RequestForwarding = true },
            user => user.TwineAsync(s => s.DryRun = true),
            null,
            "1 to upload, 0 there already, 0 different",
            0
        ),
        ["a rehearsed upload reads without a password"] = new(
            _plain,
            user => user.TwineAsync(s => (s.Index.UserName, s.Index.Password, s.DryRun) = (null, null, true)),
            null,
            "Dry run",
            0
        ),

        // Consuming
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

    public static TheoryData<string> Names => [.. Behaviours.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task What_the_user_sees(string behaviour) => Behaviours[behaviour].PlayAsync(host);

    [Fact]
    public void Every_setting_of_a_project_is_switched_in_one_of_the_tables()
    {
        var switched = Behaviours
            .Values.Concat(GitLabGenericBehaviourTests.Behaviours.Values)
            .SelectMany(behaviour => behaviour.Switched())
            .Distinct();
        string[] identity = [nameof(GitLabProjectOptions.Id), nameof(GitLabProjectOptions.Path), nameof(GitLabProjectOptions.Credentials)];
        // Of GitLab's releases, which the addin does not make: the sandbox's own tests switch them.
        string[] releases = [nameof(GitLabProjectOptions.TagsExist), nameof(GitLabProjectOptions.MayCreateTags)];
        Assert.Equal(
            typeof(GitLabProjectOptions)
                .GetProperties()
                .Select(property => property.Name)
                .Except(identity)
                .Except(releases)
                .Order(StringComparer.Ordinal),
            switched.Order(StringComparer.Ordinal)
        );
    }

    private static Uri Group(string name) => new($"{User.Api}groups/{name}/-/packages/pypi/simple");

    private static async Task<string> Posted(
        User user,
        Func<Task<string>> then,
        string fileName = User.Wheel,
        byte[]? content = null,
        params (string Name, string? Value)[] fields
    )
    {
        await user.PostAsync(fileName, content, fields: fields);
        return await then();
    }

    /// <summary>Another run's file arrives between our look and twine's upload.</summary>
    private static Task<string> Overtaken(User user, byte[] content)
    {
        user.Meanwhile = async request =>
        {
            if (request.Method == HttpMethod.Post)
            {
                user.Meanwhile = null;
                await user.PostAsync(content: content);
            }

            return null;
        };
        return user.TwineAsync();
    }

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
