namespace PySign.Sandbox.Control;

/// <summary>
/// A fault that one service (see <see cref="SandboxService"/>) shall show: status, delay, drop, or a kind that the service
/// itself knows. It hits so many requests; a negative number hits all until cleared.
/// </summary>
internal sealed record Fault(string Service, string Kind, int Times, int Status, int DelayMilliseconds);

/// <summary>The faults that tests have asked for. A fault is used up by the requests that it hits.</summary>
internal sealed class FaultBoard
{
    private readonly Lock gate = new();
    private readonly List<Fault> faults = [];

    public static readonly IReadOnlyDictionary<string, string[]> Kinds = new Dictionary<string, string[]>
    {
        [SandboxService.Oidc] = [],
        [SandboxService.Fulcio] = ["no-sct", "detached-sct", "wrong-sct-key", "wrong-identity"],
        [SandboxService.RekorV1] = ["wrong-set", "wrong-root"],
        [SandboxService.RekorV2] = ["frozen"],
        [SandboxService.RekorV2Ecdsa] = ["frozen"],
        [SandboxService.Timestamps] = ["wrong-imprint", "wrong-nonce"],
        [SandboxService.Tuf] = ["rollback", "freeze", "wrong-hash", "new-root", "threshold", "wrong-key", "mix-and-match", "missing-target", "endless"],
        [SandboxService.GitLab] = [],
    };

    public static readonly string[] CommonKinds = ["status", "delay", "drop"];

    public IReadOnlyList<Fault> Active
    {
        get
        {
            lock (gate)
            {
                return [.. faults];
            }
        }
    }

    public void Add(Fault fault)
    {
        lock (gate)
        {
            faults.Add(fault);
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            faults.Clear();
        }
    }

    public bool Hits(string service, string kind) => Take(service, kind) is not null;

    /// <summary>The first such fault, counted down, or null.</summary>
    public Fault? Take(string service, string kind)
    {
        lock (gate)
        {
            var index = faults.FindIndex(fault => fault.Service == service && fault.Kind == kind);
            if (index < 0)
            {
                return null;
            }

            var fault = faults[index];
            if (fault.Times == 1)
            {
                faults.RemoveAt(index);
            }
            else if (fault.Times > 1)
            {
                faults[index] = fault with { Times = fault.Times - 1 };
            }

            return fault;
        }
    }
}
