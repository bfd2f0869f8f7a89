using System.Text.Json;

namespace PySign.Packaging.Attestations;

/// <summary>Who published, as an index says in a provenance object: a claim of the index, until the attestations are verified for this
/// publisher.</summary>
public sealed record Publisher
{
    /// <summary>A GitHub Actions workflow.</summary>
    public const string GitHub = "GitHub";

    /// <summary>A GitLab CI pipeline.</summary>
    public const string GitLab = "GitLab";

    /// <summary>A Google service account.</summary>
    public const string Google = "Google";

    /// <summary><c>GitHub</c>, <c>GitLab</c>, <c>Google</c>, or one that is not known here, of which only the kind is read.</summary>
    public required string Kind { get; init; }

    /// <summary>GitHub: <c>owner/name</c>; GitLab: the project's full path; null for others, and where the index does not
    /// say.</summary>
    public string? Repository { get; init; }

    /// <summary>GitHub: the workflow's file name; GitLab: the configuration's path; null for others.</summary>
    public string? Workflow { get; init; }

    /// <summary>The environment that the job ran in, as far as the index registered one.</summary>
    public string? Environment { get; init; }

    /// <summary>Google: the account's e-mail address; null for others.</summary>
    public string? Email { get; init; }

    internal static Publisher Read(JsonElement element)
    {
        var root = AttestationJson.Object(element, "publisher");
        var kind = AttestationJson.Text(root, "kind");
        return kind switch
        {
            GitHub => OfRepository(root, kind, "workflow"),
            GitLab => OfRepository(root, kind, "workflow_filepath"),
            Google => new Publisher { Kind = kind, Email = AttestationJson.OptionalText(root, "email") },
            _ => new Publisher { Kind = kind },
        };
    }

    private static Publisher OfRepository(JsonElement root, string kind, string workflow) =>
        new()
        {
            Kind = kind,
            Repository = AttestationJson.OptionalText(root, "repository"),
            Workflow = AttestationJson.OptionalText(root, workflow),
            Environment = AttestationJson.OptionalText(root, "environment"),
        };

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kind", Kind);
        switch (Kind)
        {
            case GitHub or GitLab:
                json.WriteString("repository", Repository);
                json.WriteString(Kind == GitHub ? "workflow" : "workflow_filepath", Workflow);
                json.WriteString("environment", Environment);
                break;
            case Google:
                json.WriteString("email", Email);
                break;
        }

        json.WriteNull("claims");
        json.WriteEndObject();
    }
}
