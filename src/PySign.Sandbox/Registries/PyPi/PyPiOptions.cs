namespace PySign.Sandbox.Registries.PyPi;

/// <summary>The settings of the sandbox's PyPI that change how it answers.</summary>
public sealed record PyPiOptions
{
    /// <summary>API tokens (<c>pypi-…</c>), and the normalized project that each may upload to; an empty name means any.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Who may publish without a long-lived token.</summary>
    public IReadOnlyList<PyPiPublisher> Publishers { get; init; } = [];

    /// <summary>Whether trusted publishing is there at all: <c>enabled</c>, <c>disabled</c> (403) or <c>absent</c> (404).</summary>
    public string TrustedPublishing { get; init; } = "enabled";

    /// <summary>The audience that identity tokens are asked for; a dishonest index asks for another service's.</summary>
    public string Audience { get; init; } = "pypi";

    /// <summary>The code with which every exchange is refused; null for none.</summary>
    public string? MintRefusal { get; init; }

    /// <summary>Whether tokens are exchanged, and the connection then ends without an answer.</summary>
    public bool MintAnswersLost { get; init; }

    /// <summary>After how many uploads the 15 minutes of a minted token are over; 0 for when they are, less than 0 for before the
    /// first.</summary>
    public int UploadsPerToken { get; init; }

    /// <summary>How many days old every release is said to be; files are not added after 14.</summary>
    public int ReleaseAgeDays { get; init; }

    /// <summary>How many readings of a project's index do not show what was just uploaded, as a CDN does.</summary>
    public int IndexDelay { get; init; }

    /// <summary>How many readings of a file's provenance do not show it yet.</summary>
    public int ProvenanceDelay { get; init; }

    /// <summary>The largest file, in bytes.</summary>
    public long MaxBytes { get; init; } = 100 << 20;

    /// <summary>Whether no uploads are taken for now.</summary>
    public bool UploadsDisabled { get; init; }

    /// <summary>Whether nothing more is taken because too much came in a short time (429).</summary>
    public bool RateLimited { get; init; }

    /// <summary>Whether provenance is served in another form than that of version 1 (406 for who asks for it).</summary>
    public bool ProvenanceOfAnotherVersion { get; init; }

    /// <summary>Whether provenance is not served for now.</summary>
    public bool ProvenanceDisabled { get; init; }

    /// <summary>Whether pages and the integrity API know of provenance; an index that does not, or a mirror that strips it, answers with
    /// API 1.1 and without the key.</summary>
    public bool ShowsProvenance { get; init; } = true;

    /// <summary>Projects, by normalized name, of which the index says nothing about provenance, as if it knew none at all.</summary>
    public IReadOnlySet<string> SilentProjects { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Projects, by normalized name, whose pages are answered with this status instead.</summary>
    public IReadOnlyDictionary<string, int> Broken { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>For how many seconds pages and provenance need not be asked again (PyPI: 600); 0 for no word about it.</summary>
    public int MaxAgeSeconds { get; init; }
}

/// <summary>A trusted publisher.</summary>
/// <param name="Kind"><c>GitHub</c> or <c>GitLab</c>.</param>
/// <param name="Project">The normalized name of the project it publishes.</param>
/// <param name="Repository">The repository, <c>owner/name</c>.</param>
/// <param name="Workflow">GitHub: the workflow's file name; GitLab: its path.</param>
/// <param name="Environment">The environment that the job must run in; null for any.</param>
/// <param name="IsPending">Whether it creates the project with its first upload.</param>
public sealed record PyPiPublisher(
    string Kind,
    string Project,
    string Repository,
    string Workflow,
    string? Environment = null,
    bool IsPending = false
);
