using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Cake.PySign.Common.Network;
using PySign.Formats;

namespace Cake.PySign.Common.Stores;

/// <summary>
/// GitLab's generic registry. By default it takes a second file of a name and serves the newest; its package API tells which came first,
/// and that one stands.
/// </summary>
internal sealed class GitLabGenericRegistry(RegistryConnection connection, Uri registry, string package, string version)
    : GenericRegistry(connection, ServiceAddress.Below(registry, package, version))
{
    private const string GenericPath = "/packages/generic";
    private const int PageLength = 100;

    public override string Stored(string fileName) => GenericNames.Mapped(fileName);

    public override void RequireFile(string fileName) => GenericNames.RequireGitLabFile(fileName);

    public override Task UploadAsync(HashedFile file, long size, CancellationToken cancellationToken)
    {
        var name = file.FileName;
        return Connection.SendFileAsync(new FileUpload(HttpMethod.Put, Url(name), file, size, $"Uploading {name}"), cancellationToken);
    }

    public override async Task<ILookup<string, Sha256Digest>> KeptAsync(CancellationToken cancellationToken)
    {
        var address = registry.AbsoluteUri.TrimEnd('/');
        if (!address.EndsWith(GenericPath, StringComparison.Ordinal))
        {
            return await base.KeptAsync(cancellationToken).ConfigureAwait(false);
        }

        var packages = address[..^"/generic".Length];
        var query = $"?package_type=generic&package_name={Uri.EscapeDataString(package)}&package_version={Uri.EscapeDataString(version)}";
        var ids = await RowsAsync(
                packages + query,
                row => Text(row, "name") == package && Text(row, "version") == version ? Id(row) : null,
                cancellationToken
            )
            .ConfigureAwait(false);
        var kept = new SortedDictionary<long, (string Name, Sha256Digest Sha256)>();
        var packagesOfVersion = ids.Distinct().ToList();
        if (packagesOfVersion.Count > MaxPackages)
        {
            throw Endless();
        }

        foreach (var id in packagesOfVersion)
        {
            var files = await RowsAsync(
                    $"{packages}/{id.ToString(CultureInfo.InvariantCulture)}/package_files?",
                    row =>
                        Text(row, "file_name") is { } name && Text(row, "file_sha256") is { } sha256 && Id(row) is { } number
                            ? ((long Id, string Name, Sha256Digest Sha256)?)(number, name, Digest(sha256))
                            : null,
                    cancellationToken
                )
                .ConfigureAwait(false);
            foreach (var file in files)
            {
                kept[file.Id] = (file.Name, file.Sha256);
            }
        }

        return kept.Values.ToLookup(file => file.Name, file => file.Sha256, StringComparer.Ordinal);
    }

    private static Sha256Digest Digest(string text) =>
        Sha256Digest.TryParse(text, out var sha256) ? sha256 : throw new JsonException($"file_sha256 is '{text}', which is not a SHA-256");

    // A hundred rows each: more than any version of a package has files.
    private const int MaxPages = 500;

    // GitLab keeps one package of a name and version; a few more where two jobs made it at the same moment.
    private const int MaxPackages = 20;

    private static string? Text(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Id(JsonElement row) => row.TryGetProperty("id", out var value) && value.TryGetInt64(out var id) ? id : null;

    /// <summary>The wanted rows of every page; none where this token may not read the package API, which not every token may.</summary>
    private async Task<List<T>> RowsAsync<T>(string address, Func<JsonElement, T?> want, CancellationToken cancellationToken)
        where T : struct
    {
        var all = new List<T>();
        var pages = new HashSet<string>(StringComparer.Ordinal);
        for (var page = 1; page <= MaxPages; page++)
        {
            if (await PageAsync(address, page, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return all;
            }

            var count = answer.Found ? Read(answer.Body, want, all) : 0;
            if (count < PageLength)
            {
                return all;
            }

            if (!pages.Add(Convert.ToHexString(SHA256.HashData(answer.Body))))
            {
                break;
            }
        }

        throw Endless();
    }

    /// <returns>The page; null where this token may not read it.</returns>
    private async Task<RegistryAnswer?> PageAsync(string address, int page, CancellationToken cancellationToken)
    {
        RegistryAnswer answer;
        try
        {
            answer = await Connection
                .GetAsync(
                    new Uri(string.Create(CultureInfo.InvariantCulture, $"{address}&per_page={PageLength}&page={page}")),
                    "application/json",
                    $"Listing the files of {package} {version}",
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (PySignException e) when (e.Reason is PySignFailure.Unauthorized or PySignFailure.Forbidden)
        {
            return null;
        }

        if (answer.RedirectedTo is { } elsewhere)
        {
            throw new PySignException(
                PySignFailure.Redirected,
                $"The registry's list of the files of {package} {version} goes on at {ServiceAddress.Origin(elsewhere)}.",
                "Correct Store.Url: a list that is not followed is not whole."
            );
        }

        return answer;
    }

    private PySignException Endless() =>
        new(
            PySignFailure.Unreachable,
            $"The registry's list of the files of {package} {version} does not end: it answers page after page, or the same page again.",
            "Check Store.Url; what answers there does not do what GitLab's package API does."
        );

    private static int Read<T>(byte[] body, Func<JsonElement, T?> want, List<T> all)
        where T : struct
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            all.AddRange(json.RootElement.EnumerateArray().Select(want).OfType<T>());
            return json.RootElement.GetArrayLength();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PySignException(
                PySignFailure.Unreachable,
                $"The registry's package API did not answer with a list: {e.Message}",
                "Check Store.Url.",
                e
            );
        }
    }
}
