using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace PySign.Sandbox.Registries.GitLab;

/// <summary>The legacy upload form as GitLab reads it: a few fields are kept, every other one is dropped, attestations included.</summary>
internal sealed partial class PyPiUpload
{
    private const int MaxFieldBytes = 10 * 1024 * 1024;

    // The reader's own 4 KiB make three hundred thousand small reads of a large release.
    private const int BufferBytes = 1 << 17;
    private static readonly string[] _required = ["name", "version"];
    private readonly Dictionary<string, string> _fields = [];

    public ReceivedFile? Content { get; private set; }

    public string FileName { get; private set; } = "";

    public bool IsTooLarge { get; private set; }

    public string Name => _fields.GetValueOrDefault("name", "");

    public string Version => _fields.GetValueOrDefault("version", "");

    public string? ClaimedSha256 => _fields.GetValueOrDefault("sha256_digest");

    public bool HasLongMetadata => _fields.GetValueOrDefault("requires_python", "").Length > 255;

    /// <summary>Longer values are cut, not refused.</summary>
    public string RequiresPython =>
        _fields.GetValueOrDefault("requires_python", "") is var value && value.Length > 255 ? value[..255] : value;

    /// <summary>What the parameter check says, or null when it has nothing to say.</summary>
    public string? ParameterError
    {
        get
        {
            var missing = new List<string>();
            if (Content is null && !IsTooLarge)
            {
                missing.Add("content is missing");
            }

            missing.AddRange(_required.Where(f => _fields.GetValueOrDefault(f, "").Length == 0).Select(f => $"{f} is missing"));
            if (ClaimedSha256 is { } digest && !Sha256Hex().IsMatch(digest))
            {
                missing.Add("sha256_digest is invalid");
            }

            return missing.Count == 0 ? null : string.Join(", ", missing);
        }
    }

    public static async Task<PyPiUpload> Read(HttpRequest request, GitLabInstance instance, long limit, CancellationToken cancellationToken)
    {
        var upload = new PyPiUpload();
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary
        )
        {
            return upload;
        }

        var reader = new MultipartReader(boundary, request.Body, BufferBytes) { HeadersCountLimit = 16, BodyLengthLimit = null };
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                continue;
            }

            var field = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (field == "content" && upload.Content is null)
            {
                upload.FileName = NameRules.Stored(HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "");
                upload.Content = await instance.Receive(section.Body, limit, cancellationToken);
                upload.IsTooLarge = upload.Content is null;
            }
            else if (field is "name" or "version" or "requires_python" or "sha256_digest")
            {
                upload._fields[field] = await ReadField(section.Body, cancellationToken);
            }
        }

        return upload;
    }

    private static async Task<string> ReadField(Stream body, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0 && text.Length < MaxFieldBytes)
        {
            text.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Sha256Hex();
}
