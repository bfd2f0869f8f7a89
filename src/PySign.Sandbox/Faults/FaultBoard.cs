namespace PySign.Sandbox.Faults;

/// <summary>
/// A fault of <see cref="FaultCatalog"/> that one service (see <see cref="SandboxService"/>) shall show. It hits so many
/// requests; a negative number hits all until cleared.
/// </summary>
internal sealed record Fault(
    string Service,
    string Kind,
    int Times = 1,
    int Status = 503,
    int DelayMilliseconds = 1000,
    int? Seconds = null
);

/// <summary>The faults that tests have asked for. A fault is used up by the requests that it hits.</summary>
internal sealed class FaultBoard
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Active
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    public void Add(Fault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    public bool Hits(string service, string kind) => Take(service, kind) is not null;

    /// <summary>The first such fault, counted down, or null.</summary>
    public Fault? Take(string service, string kind)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(fault => fault.Service == service && fault.Kind == kind);
            if (index < 0)
            {
                return null;
            }

            var fault = _faults[index];
            if (fault.Times == 1)
            {
                _faults.RemoveAt(index);
            }
            else if (fault.Times > 1)
            {
                _faults[index] = fault with { Times = fault.Times - 1 };
            }

            return fault;
        }
    }
}
