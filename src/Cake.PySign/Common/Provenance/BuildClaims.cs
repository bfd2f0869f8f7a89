using System.Text.Json.Nodes;
using PySign.Sigstore.Identity;

namespace Cake.PySign.Common.Provenance;

/// <summary>
/// What a CI job's identity token says of the job, in the words of SLSA provenance. Only the token is asked, never a variable: Fulcio
/// writes the same claims into the certificate, so that a verifier can compare the two.
/// </summary>
internal sealed record BuildClaims
{
    private BuildClaims() { }

    public required string BuildType { get; init; }

    /// <summary>The builder's id: the workflow that ran, as the certificate's subject alternative name has it.</summary>
    public required string Builder { get; init; }

    /// <summary>The source repository's address.</summary>
    public required string Repository { get; init; }

    public required string Ref { get; init; }

    public required string Commit { get; init; }

    public required string Invocation { get; init; }

    public required JsonObject External { get; init; }

    public required JsonObject Internal { get; init; }

    /// <summary>What of <see cref="Internal"/> the certificate does not repeat, by its path.</summary>
    public IReadOnlyList<string> NotCertified { get; init; } = [];

    /// <summary>The claims, or null where the token is not a job's of a CI service that provenance can speak of.</summary>
    public static BuildClaims? Of(IdentityToken token) => GitHub(token) ?? GitLab(token);

    // Field by field as actions/attest writes it, so that what reads GitHub's own provenance reads this.
    private static BuildClaims? GitHub(IdentityToken token)
    {
        if (
            token.Claim("job_workflow_ref") is null
            || token.Claim("workflow_ref") is not { } workflow
            || token.Claim("repository") is not { } repository
            || token.Claim("ref") is not { } reference
            || token.Claim("sha") is not { } commit
            || token.Claim("run_id") is not { } run
            || token.Claim("run_attempt") is not { } attempt
        )
        {
            return null;
        }

        const string Server = "https://github.com";
        var (file, workflowRef) = WorkflowFile(workflow, reference);
        var path = file.StartsWith(repository + "/", StringComparison.Ordinal) ? file[(repository.Length + 1)..] : file;
        return new BuildClaims
        {
            BuildType = SlsaProvenance.GitHubBuildType,
            Builder = token.ExpectedIdentity,
            Repository = $"{Server}/{repository}",
            Ref = reference,
            Commit = commit,
            Invocation = $"{Server}/{repository}/actions/runs/{run}/attempts/{attempt}",
            External = Workflow(workflowRef, $"{Server}/{repository}", path),
            Internal = new JsonObject
            {
                ["github"] = Texts(token, "event_name", "repository_id", "repository_owner_id", "runner_environment"),
            },
        };
    }

    private static BuildClaims? GitLab(IdentityToken token)
    {
        if (
            token.Claim("ci_config_ref_uri") is not { } config
            || token.Claim("project_path") is not { } project
            || token.Claim("sha") is not { } commit
            || token.Claim("job_id") is not { } job
            || (RefPath(token) ?? token.Claim("ref_path")) is not { } reference
        )
        {
            return null;
        }

        var server = token.Issuer.TrimEnd('/');
        var (file, workflowRef) = WorkflowFile(config, reference);
        var slashes = file.IndexOf("//", StringComparison.Ordinal);
        return new BuildClaims
        {
            BuildType = SlsaProvenance.GitLabBuildType,
            Builder = token.ExpectedIdentity,
            Repository = $"{server}/{project}",
            Ref = reference,
            Commit = commit,
            Invocation = $"{server}/{project}/-/jobs/{job}",
            External = Workflow(workflowRef, $"{server}/{project}", slashes < 0 ? file : file[(slashes + 2)..]),
            Internal = new JsonObject
            {
                ["gitlab"] = Texts(
                    token,
                    "pipeline_source",
                    "pipeline_id",
                    "project_id",
                    "namespace_id",
                    "runner_id",
                    "runner_environment"
                ),
            },
            NotCertified = ["gitlab.pipeline_id", "gitlab.runner_id"],
        };
    }

    private static JsonObject Workflow(string gitRef, string repository, string path) =>
        new()
        {
            ["workflow"] = new JsonObject
            {
                ["ref"] = gitRef,
                ["repository"] = repository,
                ["path"] = path,
            },
        };

    // Both a file's name and a ref may hold an @: release@pypi.yml, refs/tags/core@1.0.
    private static (string File, string Ref) WorkflowFile(string workflow, string otherwise)
    {
        var at = workflow.IndexOf("@refs/", StringComparison.Ordinal);
        at = at < 0 ? workflow.LastIndexOf('@') : at;
        return at < 0 ? (workflow, otherwise) : (workflow[..at], workflow[(at + 1)..]);
    }

    // As Fulcio makes the certificate's ref (its configuration of GitLab, the claims ref and ref_type).
    private static string? RefPath(IdentityToken token) =>
        (token.Claim("ref_type"), token.Claim("ref")) switch
        {
            ("tag", { } tag) => $"refs/tags/{tag}",
            ("branch", { } branch) => $"refs/heads/{branch}",
            _ => null,
        };

    private static JsonObject Texts(IdentityToken token, params string[] names)
    {
        var texts = new JsonObject();
        foreach (var name in names.Where(name => token.Claim(name) is not null))
        {
            texts[name] = token.Claim(name);
        }

        return texts;
    }
}
