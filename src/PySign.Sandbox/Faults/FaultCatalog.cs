namespace PySign.Sandbox.Faults;

/// <summary>Every fault that a service can be asked for, and what it then does: the one list, which docs/sandbox.md repeats.</summary>
internal static class FaultCatalog
{
    /// <summary>Faults of every service.</summary>
    public static readonly IReadOnlyDictionary<string, string> Common = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["status"] = "answers with `status` (default 503) and, if `seconds` is given, `Retry-After`",
        ["delay"] = "answers `delayMs` later (default 1000)",
        ["drop"] = "breaks the connection before anything is done",
    };

    private static readonly Dictionary<string, string> _rekorV2 = new(StringComparer.Ordinal)
    {
        ["frozen"] = "takes no more entries (405)",
        ["conflict"] = "takes the entry and answers 409, as for one that it holds already",
        ["lost-answer"] = "takes the entry and breaks the connection",
        ["other-entry"] = "answers with another entry",
        ["wrong-root"] = "proves and signs another tree",
        ["stale-checkpoint"] = "signs the tree as it was before the entry",
        ["cosigned"] = "adds the lines of two witnesses around its own; no fault of the log's",
    };

    /// <summary>The faults of single services, by service and kind.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Kinds = new Dictionary<
        string,
        IReadOnlyDictionary<string, string>
    >(StringComparer.Ordinal)
    {
        [SandboxService.Oidc] = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["expired"] = "mints a token that ended ten minutes ago",
            ["wrong-audience"] = "mints for the audience `somebody-else`",
            ["array-audience"] = "writes the audience as a list of two; a valid token",
            ["wrong-issuer"] = "names an issuer that nobody knows",
            ["clock-skew"] = "mints by a clock that is `seconds` ahead (default 600)",
        },
        [SandboxService.Fulcio] = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["no-sct"] = "leaves the transparency log's promise out",
            ["detached-sct"] = "sends the promise beside the certificate instead of in it",
            ["wrong-sct-key"] = "embeds a promise of a log that nobody knows",
            ["wrong-identity"] = "certifies somebody else",
            ["wrong-key"] = "certifies another key",
            ["expired-ca"] = "issues from an authority whose time in the trusted root is over",
            ["clock-skew"] = "issues by a clock that is `seconds` ahead (default 600)",
            ["gitlab-com"] = "names gitlab.com as the server of every GitLab, as Fulcio's own rules do; no fault",
            ["sparse"] = "leaves run, event, numbers and runner out, as older instances do; no fault",
            ["bare"] = "says nothing but whose certificate it is, and who says so; no fault",
        },
        [SandboxService.RekorV1] = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["conflict"] = "takes the entry and answers 409, as for one that it holds already",
            ["lost-answer"] = "takes the entry and breaks the connection",
            ["other-entry"] = "answers with another entry",
            ["wrong-set"] = "signs another entry's promise",
            ["wrong-root"] = "proves and signs another tree",
            ["stale-checkpoint"] = "signs the tree as it was before the entry",
            ["dsse-refused"] = "refuses entries of kind dsse (400)",
        },
        [SandboxService.RekorV2] = _rekorV2,
        [SandboxService.RekorV2Ecdsa] = _rekorV2,
        [SandboxService.Timestamps] = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["status-200"] = "answers 200 instead of 201; both are right",
            ["rejected"] = "refuses in the answer itself (status rejection)",
            ["no-certificate"] = "leaves its certificate out of the token",
            ["wrong-imprint"] = "stamps another hash",
            ["wrong-nonce"] = "repeats another nonce",
            ["untrusted"] = "stamps with a certificate that nobody knows",
            ["expired-chain"] = "stamps with a certificate that has expired",
            ["clock-skew"] = "stamps by a clock that is `seconds` ahead (default 86400)",
        },
        [SandboxService.Tuf] = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["rollback"] = "serves the timestamp before the present one",
            ["freeze"] = "serves a timestamp that has expired",
            ["wrong-key"] = "serves a timestamp that somebody else signed",
            ["threshold"] = "offers a next root with one signature too few",
            ["mix-and-match"] = "serves another snapshot than the timestamp names",
            ["endless"] = "serves a timestamp of a megabyte",
            ["missing-target"] = "does not have a target that it lists",
            ["wrong-hash"] = "serves other bytes than the target's signed hash",
            ["new-root"] = "changes every key in good order; no fault",
        },
        [SandboxService.GitLab] = new Dictionary<string, string>(StringComparer.Ordinal),
        [SandboxService.GitHub] = new Dictionary<string, string>(StringComparer.Ordinal),
        [SandboxService.PyPi] = new Dictionary<string, string>(StringComparer.Ordinal),
        [SandboxService.Store] = new Dictionary<string, string>(StringComparer.Ordinal),
    };
}
