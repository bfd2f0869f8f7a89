using System.Net;
using Cake.PySign.Common.Network;
using PySign.Packaging;
using PySign.Packaging.Attestations;
using PySign.Packaging.Distributions;

namespace Cake.PySign.Verify;

/// <summary>An index's integrity API: <c>/{project}/{version}/{file}/provenance</c> below its root.</summary>
internal sealed class IntegrityApi(RegistryConnection connection, Uri root)
{
    private const string Accept = Provenance.MediaType + ", application/json;q=0.5";

    /// <summary>The integrity API beside a simple index: PyPI's are <c>/simple</c> and <c>/integrity</c>. <see langword="null"/> for an
    /// index of another name.</summary>
    public static Uri? BesideOf(Uri index)
    {
        const string Simple = "/simple";
        var path = index.AbsoluteUri.TrimEnd('/');
        return path.EndsWith(Simple, StringComparison.Ordinal) ? new Uri(path[..^Simple.Length] + "/integrity") : null;
    }

    /// <summary>What the index says about a file; <see langword="null"/> when it has no provenance of it.</summary>
    public async Task<Provenance?> FindAsync(DistributionFileName name, CancellationToken cancellationToken)
    {
        var action = $"Reading the provenance of {name.Value}";
        try
        {
            var answer = await connection.GetAsync(AddressOf(name), Accept, action, cancellationToken).ConfigureAwait(false);
            if (answer.RedirectedTo is { } elsewhere)
            {
                throw new PySignException(
                    PySignFailure.Redirected,
                    $"{action}: {answer.Uri} redirects to {ServiceAddress.Origin(elsewhere)}, which is not the index.",
                    "Name the integrity API of the index itself with Integrity.Url."
                );
            }

            return answer.Found ? Read(answer, action) : null;
        }
        catch (PySignException e) when (e.Call is { Status: HttpStatusCode.Forbidden } call)
        {
            throw new PySignException(
                e.Reason,
                $"{action}: the index does not serve provenance now (403): {call.BodyExcerpt}",
                "Run again later; see the index's status page.",
                e
            );
        }
        catch (PySignException e) when (e.Call is { Status: HttpStatusCode.NotAcceptable })
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"{action}: the index has no provenance in the form {Provenance.MediaType} (406).",
                "Update Cake.PySign if a newer version exists.",
                e
            );
        }
    }

    public Uri AddressOf(DistributionFileName name) =>
        ServiceAddress.Below(root, name.Name.Normalized, name.Version.Normalized, name.Value, "provenance");

    private static Provenance Read(RegistryAnswer answer, string action)
    {
        if (answer.ContentType is not (Provenance.MediaType or "application/json"))
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"{action}: {answer.Uri} answered with '{answer.ContentType}', which is not a provenance.",
                "Integrity.Url must be the address of an integrity API, such as https://pypi.org/integrity."
            );
        }

        try
        {
            return Provenance.Parse(answer.Body);
        }
        catch (PackagingException e)
        {
            throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"{action}: what {answer.Uri} answered cannot be used: {e.Message}",
                innerException: e
            );
        }
    }
}
