using Cake.PySign.Tests.Rig;
using PySign.Sandbox.Registries.GitLab;
using static Cake.PySign.PySignFailure;
using User = Cake.PySign.Tests.Rig.GitLabUser;

namespace Cake.PySign.Tests.Publish;

/// <summary>What GitLab's package index says to an upload, each with what its user is told.</summary>
internal static class GitLabUploadBehaviors
{
    private const string Sdist = "hello_pysign-1.0.0.tar.gz";
    private const string Project = "/api/v4/projects/42/packages/pypi/files/";

    private static readonly Func<GitLabProjectOptions, GitLabProjectOptions> _plain = options => options;

    public static readonly IReadOnlyDictionary<string, GitLabBehavior> All = new Dictionary<string, GitLabBehavior>
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
    };

    /// <summary>Does something after a file was published.</summary>
    public static async Task<string> Posted(
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
}
