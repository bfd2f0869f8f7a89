using Cake.PySign.Common.Calls;

namespace Cake.PySign.Sign;

/// <summary>
/// One signing session for all that signs in a run: several projects of a repository get the same certificate, for one identity token. It
/// is opened by the first that has something to sign; whether its identity is the one that each project requires is checked by each.
/// </summary>
internal sealed class SharedSigning : IAsyncDisposable
{
    private SigningSession? _session;

    /// <summary>The session that is open, or one that is opened now; it is ended by whoever shares it.</summary>
    public async Task<SigningSession> SessionAsync(SigningRequest request, Services services, CancellationToken cancellationToken) =>
        _session ??= await SigningSession.OpenAsync(request, services, cancellationToken).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Works in the shared session where there is one, else in one of its own.</summary>
    public static async Task<T> InSessionAsync<T>(
        SharedSigning? shared,
        SigningRequest request,
        Services services,
        Func<SigningSession, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        if (shared is not null)
        {
            return await work(await shared.SessionAsync(request, services, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }

        var session = await SigningSession.OpenAsync(request, services, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await work(session).ConfigureAwait(false);
        }
    }
}
