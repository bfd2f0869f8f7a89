using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>PyPI's upload endpoint: 200 for what is stored or was there, and every refusal in the reason phrase.</summary>
internal sealed class PyPiUploads(PyPiIndex index, PyPiTokens tokens, TimeProvider time)
{
    private static readonly FormOptions _form = new() { MultipartBodyLengthLimit = long.MaxValue, ValueLengthLimit = int.MaxValue };

    public async Task PostAsync(HttpContext context)
    {
        if (!context.Request.Path.Value!.EndsWith('/'))
        {
            context.Response.StatusCode = 308;
            context.Response.Headers.Location = "/legacy/";
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var form = await context.Request.ReadFormAsync(_form, context.RequestAborted);
        var (status, problem) = await TakeAsync(context, form);
        context.Response.StatusCode = status;
        if (problem is not null)
        {
            context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = problem;
            context.Response.ContentType = "text/html; charset=UTF-8";
            await context.Response.WriteAsync(
                $"<html><head><title>{status} {problem}</title></head><body><h1>{status} {problem}</h1></body></html>",
                context.RequestAborted
            );
        }
    }

    private async Task<(int Status, string? Problem)> TakeAsync(HttpContext context, IFormCollection form)
    {
        if (index.Options.UploadsDisabled)
        {
            return (403, "New uploads are temporarily disabled. See https://pypi.org/help/#admin-intervention for more information.");
        }

        if (index.Options.RateLimited)
        {
            return (429, "Too Many Requests");
        }

        var project = PyPiIndex.Normalize(form["name"].ToString());
        var token = Token(context.Request);
        var publisher = tokens.PublisherOf(token);
        if (RefuseUploader(project, token, publisher) is { } refusal)
        {
            return refusal;
        }

        if (form.Files["content"] is not { } content || project.Length == 0)
        {
            return (400, "Upload payload does not have a file.");
        }

        if (content.Length > index.Options.MaxBytes)
        {
            return (
                400,
                $"File too large. Limit for project '{project}' is {index.Options.MaxBytes >> 20} MB. See "
                    + "https://pypi.org/help/#file-size-limit for more information."
            );
        }

        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, context.RequestAborted);
        return Store(form, project, content.FileName, bytes.ToArray(), publisher);
    }

    private (int Status, string? Problem)? RefuseUploader(string project, string token, PyPiPublisher? publisher)
    {
        if (publisher is null && !index.Options.Tokens.ContainsKey(token))
        {
            return (
                403,
                "Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information."
            );
        }

        var allowed = publisher?.Project ?? index.Options.Tokens[token];
        if (allowed.Length > 0 && allowed != project)
        {
            return (
                403,
                $"The given token isn't allowed to upload to project '{project}'. See https://pypi.org/help/#project-name for more "
                    + "information."
            );
        }

        if (publisher is not null && !index.Exists(project))
        {
            return (
                400,
                "Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but "
                    + "specifying the project name incorrectly."
            );
        }

        return null;
    }

    private static string? RefuseName(string fileName) =>
        fileName.Any(static c => c is < ' ' or '\u007f' or '/' or '\\') ? "Cannot upload a file with '/' or '\\' in the name." : null;

    private (int Status, string? Problem) Store(
        IFormCollection form,
        string project,
        string fileName,
        byte[] bytes,
        PyPiPublisher? publisher
    )
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var blake2 = Convert.ToHexStringLower(Blake2b.Hash(bytes, 32));
        var sdist = form["filetype"] == "sdist";
        var refused =
            PyPiMetadata.Problem(form)
            ?? RefuseName(fileName)
            ?? RefuseDigests(form, bytes, sha256, blake2)
            ?? RefuseDistribution(form, project, fileName, bytes, sdist);
        if (refused is not null)
        {
            return (400, refused);
        }

        var file = new PyPiIndex.File
        {
            Project = project,
            Version = form["version"].ToString(),
            Name = fileName,
            IsSdist = sdist,
            Content = bytes,
            Sha256 = sha256,
            Blake2 = blake2,
            RequiresPython = form["requires_python"].ToString(),
            At = time.GetUtcNow(),
        };
        return Add(file, form["attestations"].ToString(), publisher);
    }

    private (int Status, string? Problem) Add(PyPiIndex.File file, string attestations, PyPiPublisher? publisher)
    {
        if (attestations.Length > 0)
        {
            var (problem, provenance) = PyPiAttestations.Read(attestations, publisher, file.Name, file.Sha256);
            if (problem is not null)
            {
                return (400, $"Invalid attestations supplied during upload: {problem}");
            }

            file = file with { Provenance = provenance };
        }

        var refusal = index.Add(file);
        return (refusal is null ? 200 : 400, refusal);
    }

    private static string? RefuseDistribution(IFormCollection form, string project, string fileName, byte[] bytes, bool sdist)
    {
        var version = form["version"].ToString();
        if (!sdist)
        {
            return PyPiWheels.Problem(fileName, bytes, project, version);
        }

        var expected = $"{project.Replace('-', '_')}-{version}.tar.gz";
        return fileName == expected ? PyPiSdists.Problem(bytes, form) : $"Filename '{fileName}' is invalid, should be '{expected}'.";
    }

    private static string? RefuseDigests(IFormCollection form, byte[] bytes, string sha256, string blake2)
    {
        string[] claims = [form["md5_digest"].ToString(), form["sha256_digest"].ToString(), form["blake2_256_digest"].ToString()];
        if (claims.All(static claim => claim.Length == 0))
        {
            return "Include at least one message digest.";
        }

        return claims.Zip([Md5(bytes), sha256, blake2]).Any(static pair => pair.First.Length > 0 && pair.First != pair.Second)
            ? "The digest supplied does not match a digest calculated from the uploaded file."
            : null;
    }

    // What PyPI is sent in addition to stronger digests, by twine before 6.2.
    [SuppressMessage(
        "Security",
        "CA5351:Do Not Use Broken Cryptographic Algorithms",
        Justification = "The upload form has this field; nothing relies on it alone."
    )]
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static string Token(HttpRequest request)
    {
        var value = request.Headers.Authorization.ToString();
        var buffer = new byte[value.Length];
        return
            value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(value[6..].Trim(), buffer, out var length)
            && Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2) is ["__token__", var password]
            ? password
            : "";
    }
}
