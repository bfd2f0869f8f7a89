using System.Net;

namespace Cake.PySign.Tests.Rig;

/// <summary>
/// Lets a share of requests fail in the ways a network and a busy service do: before anything was sent, half sent, refused with and without
/// having acted, answered and the answer lost, the answer cut off.
/// </summary>
internal sealed class FaultyHandler(HttpMessageHandler inner, int seed, double share) : DelegatingHandler(inner)
{
    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();

    public int Requests { get; private set; }

    public int Faults { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int kind;
        lock (_gate)
        {
            Requests++;
            kind = _random.NextDouble() < share ? _random.Next(7) : -1;
            Faults += kind >= 0 ? 1 : 0;
        }

        switch (kind)
        {
            case 0:
                throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
            case 1:
                throw new HttpRequestException(HttpRequestError.Unknown, "connection reset while sending");
            case 2:
                return Answer(request, HttpStatusCode.ServiceUnavailable);
            case 3:
                return Answer(request, HttpStatusCode.TooManyRequests);
        }

        var response = await base.SendAsync(request, cancellationToken);
        switch (kind)
        {
            case 4:
                response.Dispose();
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "the answer was lost");
            case 5:
                response.Dispose();
                return Answer(request, HttpStatusCode.BadGateway);
            case 6:
                var whole = await response.Content.ReadAsByteArrayAsync(cancellationToken);
                var half = new ByteArrayContent(whole[..(whole.Length / 2)]);
                half.Headers.ContentType = response.Content.Headers.ContentType;
                half.Headers.ContentLength = whole.Length;
                response.Content = half;
                return response;
            default:
                return response;
        }
    }

    private static HttpResponseMessage Answer(HttpRequestMessage request, HttpStatusCode status) =>
        new(status) { RequestMessage = request, Content = new StringContent("{\"message\":\"the service is busy\"}") };
}
