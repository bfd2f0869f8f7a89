namespace Cake.PySign.Tests.Rig;

/// <summary>Ends the process at one boundary: nothing that comes after it leaves the machine, and the ledger stays as it was.</summary>
internal sealed class KillingHandler(HttpMessageHandler inner, int killedAt, string ledger) : DelegatingHandler(inner)
{
    private readonly Lock _gate = new();
    private int _passed;

    public bool IsDead => LedgerAtDeath is not null;

    public byte[]? LedgerAtDeath { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Pass();
        var response = await base.SendAsync(request, cancellationToken);
        Pass();
        return response;
    }

    private void Pass()
    {
        lock (_gate)
        {
            if (!IsDead && ++_passed == killedAt)
            {
                LedgerAtDeath = File.ReadAllBytes(ledger);
            }

            if (IsDead)
            {
                throw new InvalidOperationException("killed");
            }
        }
    }
}
