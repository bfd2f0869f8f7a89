using System.Net;

namespace Cake.PySign.Common.Network;

/// <summary>What a registry's status means, whichever program was answered with it. The first row that fits counts.</summary>
/// <param name="Status">The status.</param>
/// <param name="Said">What the answer must hold in addition; empty for anything.</param>
/// <param name="Reason">The cause, for scripts.</param>
/// <param name="What">The cause, for a sentence.</param>
/// <param name="Advice">What a person can do about it.</param>
internal sealed record StatusAdvice(HttpStatusCode Status, string Said, PySignFailure Reason, string What, string Advice)
{
    private const string Again = "Run again: the same bytes are then accepted as published, others are refused by name.";
    private const string Later = "Run again later: what is already published is recognized and skipped.";
    private const string Larger = "Ask the registry's administrator for a higher limit.";
    private const string There = "the registry already has a file of this name";
    private const string TooLarge = "a file is larger than the registry takes";

    private static readonly StatusAdvice[] _table =
    [
        new(
            HttpStatusCode.Unauthorized,
            "",
            PySignFailure.Unauthorized,
            "the credentials were not accepted",
            "Check user and token, and that it has not expired: a GitLab job uses gitlab-ci-token with CI_JOB_TOKEN of this project, PyPI "
                + "uses __token__, and a signature store needs the token's kind (JobToken, PrivateToken, DeployToken)."
        ),
        new(
            HttpStatusCode.Forbidden,
            "Package protected",
            PySignFailure.PackageProtected,
            "the package is protected",
            "A protection rule closes this package: publish as a role that the rule allows, or let a maintainer change it."
        ),
        new(
            HttpStatusCode.Forbidden,
            "rate limit",
            PySignFailure.RateLimited,
            "the service limits how often it is asked",
            "Run again in some minutes: what is already published is recognized and skipped."
        ),
        new(
            HttpStatusCode.Forbidden,
            "",
            PySignFailure.Forbidden,
            "the credentials do not allow this",
            "Check the role of the token's owner and the project's job token settings."
        ),
        new(
            HttpStatusCode.NotFound,
            "",
            PySignFailure.NotFound,
            "the project or its package registry is not there for this user",
            "Check the address, and that the package registry of the project is switched on. GitLab also answers 404 where a private "
                + "project may not be seen."
        ),
        new(HttpStatusCode.RequestTimeout, "", PySignFailure.Unreachable, "the registry failed", Later),
        new(HttpStatusCode.TooManyRequests, "", PySignFailure.Unreachable, "the registry failed", Later),
        new(HttpStatusCode.Conflict, "", PySignFailure.Conflict, There, Again),
        new(HttpStatusCode.PreconditionFailed, "", PySignFailure.Conflict, There, Again),
        new(HttpStatusCode.RequestEntityTooLarge, "", PySignFailure.TooLarge, TooLarge, Larger),
        new(HttpStatusCode.BadRequest, "too large", PySignFailure.TooLarge, TooLarge, Larger),
        new(HttpStatusCode.BadRequest, "already been taken", PySignFailure.Conflict, There, Again),
        new(HttpStatusCode.BadRequest, "already exists", PySignFailure.Conflict, There, Again),
        new(HttpStatusCode.BadRequest, "Duplicate", PySignFailure.Conflict, There, Again),
        new(HttpStatusCode.BadRequest, "does not allow updating", PySignFailure.Conflict, There, Again),
        new(HttpStatusCode.UnprocessableEntity, "already_exists", PySignFailure.Conflict, There, Again),
        new(
            HttpStatusCode.UnprocessableEntity,
            "immutable release",
            PySignFailure.ReleaseClosed,
            "the release is immutable",
            "Nothing can be added to an immutable release, and its tag cannot be used again, even after it was deleted: release a new "
                + "version."
        ),
        new(
            HttpStatusCode.UnprocessableEntity,
            "Repository rule violations",
            PySignFailure.Forbidden,
            "a ruleset of the repository forbids it",
            "Push the tag as somebody whom the ruleset allows to create it, and release it then."
        ),
    ];

    public (PySignFailure Reason, string Advice) ReasonAndAdvice => (Reason, Advice);

    /// <summary>The meaning of a status; no status is that of a registry that failed.</summary>
    /// <param name="status">The status.</param>
    /// <param name="said">The answer, or all that a program said.</param>
    public static StatusAdvice Of(HttpStatusCode? status, string said) =>
        Array.Find(_table, row => row.Status == status && said.Contains(row.Said, StringComparison.OrdinalIgnoreCase))
        ?? (
            (int?)status is >= 400 and < 500
                ? new StatusAdvice(
                    status.Value,
                    "",
                    PySignFailure.InvalidMetadata,
                    "what was sent was refused",
                    "Read the registry's message; build again with metadata that it takes."
                )
                : new StatusAdvice(status ?? default, "", PySignFailure.Unreachable, "the registry failed", Later)
        );
}
