using System.Net;
using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;
using static Cake.PySign.PySignFailure;
using User = Cake.PySign.Tests.Rig.GitLabUser;

namespace Cake.PySign.Tests.Publish;

/// <summary>Every way in which GitLab's generic registry may answer, and what a person sees who uploads to it or fetches from it.</summary>
public sealed class GitLabGenericBehaviorTests(GitLabHost host) : IClassFixture<GitLabHost>
{
    private const string Url = "/api/v4/projects/42/packages/generic/hello-pysign/1.0.0/a.sig";

    private static readonly Func<GitLabProjectOptions, GitLabProjectOptions> _plain = options => options;

    internal static readonly IReadOnlyDictionary<string, GitLabBehavior> Behaviors = new Dictionary<string, GitLabBehavior>
    {
        // Who is let in
        ["a job's own token is taken in JOB-TOKEN"] = new(_plain, user => user.UploadAsync(), null, $"Uploaded {Url}", 1),
        ["an access token is taken in PRIVATE-TOKEN"] = new(
            _plain,
            user => user.UploadAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.Access, StoreTokenKind.PrivateToken)),
            null,
            "Uploaded"
        ),
        ["a deploy token is taken in DEPLOY-TOKEN"] = new(
            _plain,
            user => user.UploadAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.Deploy, StoreTokenKind.DeployToken)),
            null,
            "Uploaded"
        ),
        ["an access token is taken as bearer"] = new(
            _plain,
            user => user.UploadAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.Access, StoreTokenKind.BearerToken)),
            null,
            "Uploaded"
        ),
        ["an access token is taken as password of any user"] = new(
            _plain,
            user =>
                user.UploadAsync(s => (s.Store.Token, s.Store.TokenKind, s.Store.UserName) = (User.Access, StoreTokenKind.Password, "me")),
            null,
            "Uploaded"
        ),
        ["a job's token is taken as password of gitlab-ci-token"] = new(
            _plain,
            user => user.UploadAsync(s => (s.Store.TokenKind, s.Store.UserName) = (StoreTokenKind.Password, "gitlab-ci-token")),
            null,
            "Uploaded"
        ),
        ["a deploy token is taken as password of its user"] = new(
            _plain,
            user =>
                user.UploadAsync(s =>
                    (s.Store.Token, s.Store.TokenKind, s.Store.UserName) = (User.Deploy, StoreTokenKind.Password, "deploy")
                ),
            null,
            "Uploaded"
        ),
        ["a deploy token of another user is none"] = new(
            _plain,
            user =>
                user.UploadAsync(s =>
                    (s.Store.Token, s.Store.TokenKind, s.Store.UserName) = (User.Deploy, StoreTokenKind.Password, "somebody")
                ),
            Unauthorized,
            "401 Unauthorized",
            0
        ),
        ["a token in the header of another kind is none"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.TokenKind = StoreTokenKind.PrivateToken),
            Unauthorized,
            "401 Unauthorized",
            0
        ),
        ["a wrong token may not upload"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Token = User.Wrong),
            Unauthorized,
            "401 Unauthorized",
            0
        ),
        ["a wrong job token may not read what is public"] = new(
            _plain,
            user => user.FetchAsync(s => s.Store.Token = User.Wrong),
            Unauthorized,
            "401 Unauthorized"
        ),
        ["a wrong access token may not read what is public"] = new(
            _plain,
            user => user.FetchAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.Wrong, StoreTokenKind.PrivateToken)),
            Unauthorized,
            "401 Unauthorized"
        ),
        ["a wrong password reads what is public"] = new(
            _plain,
            user =>
                Put(
                    user,
                    () =>
                        user.FetchAsync(s =>
                            (s.Store.Token, s.Store.TokenKind, s.Store.UserName) = (User.Wrong, StoreTokenKind.Password, "me")
                        )
                ),
            null,
            "signature"
        ),
        ["nobody uploads without a token"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Token = null),
            InvalidSettings,
            "An upload needs a token, also in a public project.",
            0
        ),
        ["anybody reads what is public"] = new(_plain, user => Put(user, () => user.FetchAsync()), null, "signature"),
        ["a private project wants a token"] = new(
            options => options with { IsPublic = false },
            user => user.FetchAsync(),
            Unauthorized,
            "401 Unauthorized"
        ),
        ["a private project lets a read-only token read"] = new(
            options => options with { IsPublic = false },
            user => Put(user, () => user.FetchAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.ReadOnly, StoreTokenKind.DeployToken))),
            null,
            "signature"
        ),
        ["a private project does not exist for somebody else"] = new(
            options => options with { IsPublic = false },
            user => user.UploadAsync(s => s.Store.Token = User.Stranger),
            NotFound,
            "404 Project Not Found",
            0
        ),
        ["a private project shows a guest no packages"] = new(
            options => options with { IsPublic = false },
            user => user.FetchAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.Guest, StoreTokenKind.PrivateToken)),
            Forbidden,
            "403 Forbidden"
        ),
        ["another project's job may not upload to a public one"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Token = User.Stranger),
            Forbidden,
            "403 Forbidden",
            0
        ),
        ["a guest may not upload"] = new(
            _plain,
            user => user.UploadAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.Guest, StoreTokenKind.PrivateToken)),
            Forbidden,
            "403 Forbidden",
            0
        ),
        ["a read-only deploy token may not upload"] = new(
            _plain,
            user => user.UploadAsync(s => (s.Store.Token, s.Store.TokenKind) = (User.ReadOnly, StoreTokenKind.DeployToken)),
            Forbidden,
            "Check the role of the token's owner",
            0
        ),
        ["a project that is not there is not found"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Url = new Uri($"{User.Api}projects/77/packages/generic")),
            NotFound,
            "404 Project Not Found"
        ),
        ["a job token policy closes uploads"] = new(
            options => options with { JobTokenMayPublish = false },
            user => user.UploadAsync(),
            Forbidden,
            "403 Forbidden",
            0
        ),
        ["a job token policy closes reading"] = new(
            options => options with { JobTokenMayRead = false },
            user => user.FetchAsync(s => s.Store.Token = User.Job),
            Forbidden,
            "403 Forbidden"
        ),
        ["a package registry that is switched off takes nothing"] = new(
            options => options with { PackagesEnabled = false },
            user => user.UploadAsync(),
            Forbidden,
            "403 Forbidden",
            0
        ),
        ["a package registry that is switched off serves nothing"] = new(
            options => options with { PackagesEnabled = false },
            user => user.FetchAsync(),
            NotFound,
            "is not there"
        ),
        ["a protected package is closed"] = new(
            options => options with { ProtectedPackages = ["hello-pysign"] },
            user => user.UploadAsync(),
            PackageProtected,
            "403 Forbidden - Package protected.",
            0
        ),

        // What is taken
        ["a project is found by its path"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Url = new Uri($"{User.Api}projects/acme%2Fhello-pysign/packages/generic")),
            null,
            "Uploaded",
            1
        ),
        ["a slash at the end of the address changes nothing"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Url = new Uri($"{User.Api}projects/42/packages/generic/")),
            null,
            $"Uploaded {Url}",
            1
        ),
        ["a question in the address is refused"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Url = new Uri($"{User.Api}projects/42/packages/generic?select=package_file")),
            InvalidSettings,
            "must not have a query",
            0
        ),
        ["a file over the limit is too large"] = new(
            options => options with { MaxGenericBytes = 3 },
            user => user.UploadAsync(),
            TooLarge,
            "400 Bad request - File is too large",
            0
        ),
        ["an empty file is not a file"] = new(_plain, user => user.UploadAsync(text: ""), InvalidMetadata, "file is missing", 0),
        ["an object storage that fails takes nothing"] = new(
            options => options with { ObjectStorageFails = true },
            user => user.UploadAsync(),
            Forbidden,
            "403 Forbidden",
            0
        ),
        ["a parameter check speaks under another key"] = new(
            _plain,
            user => Says(user, HttpStatusCode.BadRequest, """{"error":"file_name is invalid"}"""),
            InvalidMetadata,
            "answered 400: file_name is invalid"
        ),
        ["an epoch is stored under its mapped name"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Version = "1!2.0", "a-1!2.0.sig"),
            null,
            "/1.epoch.2.0/a-1.epoch.2.0.sig"
        ),
        ["a plus is a plus"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Version = "1.0+local", "a-1.0+local.sig"),
            null,
            "/1.0%2Blocal/a-1.0%2Blocal.sig"
        ),
        ["a tilde stands inside a name"] = new(_plain, user => user.UploadAsync(file: "a~1.sig"), null, "Uploaded", 1),
        ["a tilde ends no name"] = new(_plain, user => user.UploadAsync(file: "a.sig~"), InvalidName, "not starting or ending with ~", 0),
        ["an at sign, which only newer versions take, is refused"] = new(
            _plain,
            user => user.UploadAsync(file: "a@1.sig"),
            InvalidName,
            "a@1.sig",
            0
        ),
        ["two dots in a version are refused"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Version = "1..0"),
            InvalidName,
            "without '..'",
            0
        ),
        ["two dots in a file name are refused"] = new(_plain, user => user.UploadAsync(file: "a..sig"), InvalidName, "without '..'", 0),
        ["a package name with a space is refused"] = new(
            _plain,
            user => user.UploadAsync(s => s.Store.Name = "hello pysign"),
            InvalidName,
            "package name 'hello pysign'",
            0
        ),
        ["a path part is not a file name"] = new(_plain, user => user.FetchAsync(file: "deep/a.sig"), InvalidName, "deep/a.sig"),

        // What is there already
        ["the same bytes are there already"] = new(_plain, user => Put(user, () => user.UploadAsync()), null, "AlreadyThere", 1),
        ["other bytes are a conflict though duplicates are allowed"] = new(
            _plain,
            user => Put(user, () => user.UploadAsync(), "other"),
            Conflict,
            "a.sig: here ",
            1
        ),
        ["another run's file that came first stays first where duplicates are allowed"] = new(
            _plain,
            user => Overtaken(user),
            Conflict,
            "another run publishes the same version",
            2
        ),
        ["another run's file keeps ours out where duplicates are off"] = new(
            options => options with { GenericDuplicates = false },
            user => Overtaken(user),
            Conflict,
            "a.sig: here ",
            1
        ),
        ["another run's same file is success where duplicates are off"] = new(
            options => options with { GenericDuplicates = false },
            user => Overtaken(user, "signature"),
            null,
            "Uploaded",
            1
        ),
        ["a package's name is an exception from allowed duplicates"] = new(
            options => options with { GenericDuplicateExceptions = "hello-.*" },
            user => Overtaken(user),
            Conflict,
            "a.sig: here ",
            1
        ),
        ["a package's version is an exception from duplicates that are off"] = new(
            options => options with { GenericDuplicates = false, GenericDuplicateExceptions = @"1\.0.*" },
            user => Overtaken(user),
            Conflict,
            "another run publishes",
            2
        ),
        ["the newest of a name is served"] = new(
            _plain,
            user => Put(user, () => Put(user, () => user.FetchAsync(), "second"), "first"),
            null,
            "second",
            2
        ),
        ["a deleted file brings an older one to light"] = new(
            _plain,
            async user =>
                await Put(
                    user,
                    async () =>
                    {
                        await user.DeleteAsync(await user.PutAsync("second"));
                        return await user.FetchAsync();
                    },
                    "first"
                ),
            null,
            "first",
            1
        ),
        ["a hidden package is served all the same"] = new(
            _plain,
            async user =>
            {
                await user.PutAsync("signature", query: "&status=hidden");
                return await user.FetchAsync();
            },
            null,
            "signature"
        ),
        ["a hidden package counts as published"] = new(
            _plain,
            async user =>
            {
                await user.PutAsync("signature", query: "&status=hidden");
                return await user.UploadAsync();
            },
            null,
            "AlreadyThere",
            1
        ),

        // How it comes down
        ["a file that is not there is not found"] = new(_plain, user => user.FetchAsync(), NotFound, "is not there"),
        ["a checksum header is not needed"] = new(
            options => options with { ChecksumHeader = false },
            user => Put(user, () => user.FetchAsync()),
            null,
            "signature"
        ),
        ["a file comes from object storage without the token"] = new(
            options => options with { ObjectStorage = true },
            user => Put(user, () => user.FetchAsync(s => s.Store.Token = User.Job)),
            null,
            "signature"
        ),
        ["object storage is not gone to where it is not allowed"] = new(
            options => options with { ObjectStorage = true },
            user => Put(user, () => user.FetchAsync(s => s.Network.StorageRedirects = PySignChoice.Never)),
            Redirected,
            "127.0.0.1"
        ),
        ["an upload is read back from object storage"] = new(
            options => options with { ObjectStorage = true },
            user => user.UploadAsync(),
            null,
            "Uploaded",
            1
        ),
    };

    public static TheoryData<string> Names => [.. Behaviors.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task What_the_user_sees(string behavior) => Behaviors[behavior].PlayAsync(host);

    private static async Task<string> Put(User user, Func<Task<string>> then, string text = "signature")
    {
        await user.PutAsync(text);
        return await then();
    }

    /// <summary>Another run's file arrives between our look and our upload.</summary>
    private static Task<string> Overtaken(User user, string text = "other")
    {
        user.Meanwhile = async request =>
        {
            if (request.Method == HttpMethod.Put)
            {
                user.Meanwhile = null;
                await user.PutAsync(text);
            }

            return null;
        };
        return user.UploadAsync();
    }

    private static Task<string> Says(User user, HttpStatusCode status, string body)
    {
        user.Meanwhile = request =>
            Task.FromResult(
                request.Method == HttpMethod.Put
                    ? new HttpResponseMessage(status) { Content = new StringContent(body), RequestMessage = request }
                    : null
            );
        return user.UploadAsync();
    }
}
