using System.Text;
using Cake.Core.IO;
using Cake.PySign.Common.Network;
using Cake.PySign.Common.Stores;
using PySign.Packaging;
using PySign.Packaging.Indexes;
using PySign.Packaging.Names;

namespace Cake.PySign.Common.Indexes;

/// <summary>A simple index (PEP 503 HTML or PEP 691 JSON, whatever the registry answers with).</summary>
internal sealed class PackageIndex(RegistryConnection connection, Uri root)
{
    private const string Accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01";

    /// <summary>The page of one project.</summary>
    public async Task<IndexPage> ReadAsync(ProjectName name, CancellationToken cancellationToken)
    {
        var url = new Uri(ServiceAddress.Below(root, name.Normalized).AbsoluteUri + "/");
        var answer = await connection.GetAsync(url, Accept, $"Reading the index of {name.Value}", cancellationToken).ConfigureAwait(false);
        if (answer.RedirectedTo is not null)
        {
            return new IndexPage(answer.Uri, answer.RedirectedTo, SimpleIndex.Empty);
        }

        return new IndexPage(answer.Uri, null, answer.Found ? Parse(answer) : SimpleIndex.Empty);
    }

    // pip reads a page in the character set that the answer names; a page that is not UTF-8 could show it other links than us.
    private static string Text(RegistryAnswer answer) =>
        answer.Charset?.ToLowerInvariant() is null or "utf-8" or "utf8" or "us-ascii" or "ascii"
        || (answer.Charset.ToLowerInvariant() is "iso-8859-1" or "latin-1" or "latin1" or "windows-1252" && Ascii.IsValid(answer.Body))
            ? Encoding.UTF8.GetString(answer.Body)
            : throw new PySignException(
                PySignFailure.InvalidMetadata,
                $"{answer.Uri} answered in the character set '{answer.Charset}'; an index page is UTF-8.",
                "Ask the registry's administrator."
            );

    private static SimpleIndex Parse(RegistryAnswer answer)
    {
        try
        {
            return answer.ContentType switch
            {
                "application/vnd.pypi.simple.v1+json" or "application/vnd.pypi.simple.latest+json" => SimpleIndex.ParseJson(
                    answer.Body,
                    answer.Uri
                ),
                "text/html" or "application/vnd.pypi.simple.v1+html" or "application/vnd.pypi.simple.latest+html" => SimpleIndex.ParseHtml(
                    Text(answer),
                    answer.Uri
                ),
                var other => throw new PySignException(
                    PySignFailure.InvalidMetadata,
                    $"{answer.Uri} answered with '{other}', which is not a simple index.",
                    "Index.Url must be the address of a simple index; on GitLab it ends with /packages/pypi/simple."
                ),
            };
        }
        catch (PackagingException e)
        {
            var reason = e.Reason == PackagingFailure.IndexTooLarge ? PySignFailure.TooLarge : PySignFailure.InvalidMetadata;
            throw new PySignException(reason, $"The index at {answer.Uri} cannot be read: {e.Input}: expected {e.Expected}.", e.Advice, e);
        }
    }
}

/// <summary>A file that a registry keeps beside distributions: a bundle, a detached signature, the statement about the release.</summary>
internal static class RegistryFile
{
    /// <summary>Downloads it into a folder under its own name; null where the registry has none.</summary>
    public static async Task<FilePath?> FetchAsync(
        GenericRegistry registry,
        string name,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        registry.RequireFile(name);
        using var arriving = new ArrivingFile(folder.CombineWithFilePath(name));
        var download = await registry.DownloadAsync(name, arriving.Open, cancellationToken).ConfigureAwait(false);
        if (download is null)
        {
            return null;
        }

        arriving.Keep(download.Sha256);
        return arriving.Target;
    }
}
