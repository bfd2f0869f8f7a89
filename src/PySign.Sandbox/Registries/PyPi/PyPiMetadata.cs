using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace PySign.Sandbox.Registries.PyPi;

/// <summary>
/// The metadata of an upload, as PyPI judges them: by the fields of the form, not by the file. A field that is not sent is not judged. The
/// first problem of the first field is the answer: metadata version, name, version, and then by the alphabet.
/// </summary>
internal static partial class PyPiMetadata
{
    private const string See = " See https://packaging.python.org/specifications/core-metadata for more information.";

    private static readonly string[] _versions = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

    private static readonly (string Field, string Name, string Since)[] _introduced =
    [
        ("description_content_type", "description-content-type", "2.1"),
        ("dynamic", "dynamic", "2.2"),
        ("license_expression", "license-expression", "2.4"),
        ("license_files", "license-file", "2.4"),
        ("provides_extra", "provides-extra", "2.1"),
    ];

    private static readonly string[] _contentTypes = ["text/markdown", "text/plain", "text/x-rst"];

    public static string? Problem(IFormCollection form) =>
        (Version(form) ?? Name(form) ?? Release(form) ?? Fields(form)) is { } problem ? $"{problem}{See}" : null;

    private static string? Version(IFormCollection form) =>
        Value(form, "metadata_version") is { } version && !_versions.Contains(version)
            ? $"'{version}' is not a valid metadata version."
            : null;

    private static string? Name(IFormCollection form) =>
        Value(form, "name") is { } name && !ProjectName().IsMatch(name)
            ? $"'{name}' is an invalid value for Name. Error: Start and end with a letter or numeral containing only ASCII numeric and "
                + "'.', "
                + "'_' and '-'."
            : null;

    private static string? Release(IFormCollection form) =>
        Value(form, "version") is not { } version ? "'version' is a required field."
        : !Pep440().IsMatch(version) ? $"'{version}' is invalid for 'version'."
        : version.Contains('+', StringComparison.Ordinal) ? $"The use of local versions in '{version}' is not allowed."
        : null;

    private static string? Fields(IFormCollection form)
    {
        foreach (var (field, name, since) in _introduced)
        {
            if (Value(form, field) is not null && Older(Value(form, "metadata_version"), since))
            {
                return $"{name} introduced in metadata version {since}, not {Value(form, "metadata_version")}.";
            }
        }

        return Email(form, "author_email")
            ?? Classifier(form)
            ?? ContentType(form)
            ?? Url(form, "download_url")
            ?? Url(form, "home_page")
            ?? Licenses(form)
            ?? Email(form, "maintainer_email")
            ?? ProjectUrls(form)
            ?? Direct(form)
            ?? Summary(form);
    }

    private static string? Email(IFormCollection form, string field)
    {
        if (Value(form, field) is not { } header)
        {
            return null;
        }

        var first = header.Split(',')[0];
        var address = first.Contains('<', StringComparison.Ordinal) ? first.Split('<')[^1].Trim().TrimEnd('>') : first.Trim();
        return Address().IsMatch(address) || header.Contains('"', StringComparison.Ordinal)
            ? null
            : $"'{address}' is not a valid email address: The part after the @-sign is not valid.";
    }

    private static string? Classifier(IFormCollection form) =>
        form["classifiers"].FirstOrDefault(static one => one is not null && one.StartsWith("Private ::", StringComparison.Ordinal))
            is { } given
            ? $"'{given}' is not a valid classifier."
            : null;

    private static string? ContentType(IFormCollection form) =>
        Value(form, "description_content_type") is { } type && !_contentTypes.Contains(type.Split(';')[0].Trim().ToLowerInvariant())
            ? $"'description-content-type' must be one of ['text/plain', 'text/x-rst', 'text/markdown'], not '{type}'."
            : null;

    private static string? Url(IFormCollection form, string field) =>
        Value(form, field) is { } url && !IsWeb(url) ? $"'{url}' is not a valid url." : null;

    private static string? Licenses(IFormCollection form) =>
        Value(form, "license") is not null && Value(form, "license_expression") is not null
            ? "License is deprecated when License-Expression is present. Only License-Expression should be present."
            : null;

    private static string? ProjectUrls(IFormCollection form)
    {
        foreach (var text in form["project_urls"])
        {
            var parts = (text ?? "").Split(',', 2);
            var label = parts[0].Trim();
            if (label.Length is 0 or > 32)
            {
                return label.Length == 0 ? "Must have a label." : $"'{label}' must be 32 characters or less.";
            }

            if (parts.Length < 2 || !IsWeb(parts[1].Trim()))
            {
                return parts.Length < 2 ? "Must have a URL." : $"'{parts[1].Trim()}' is not a valid url.";
            }
        }

        return null;
    }

    private static string? Direct(IFormCollection form) =>
        form["requires_dist"].FirstOrDefault(static one => one is not null && DirectUrl().IsMatch(one)) is { } direct
            ? $"Can't have direct dependency: {direct}."
            : null;

    private static string? Summary(IFormCollection form) =>
        Value(form, "summary") is not { } summary ? null
        : summary.Contains('\n', StringComparison.Ordinal) ? "'summary' must be a single line."
        : summary.Length > 512 ? "'summary' field must be 512 characters or less."
        : null;

    private static bool Older(string? version, string since) =>
        System.Version.TryParse(version, out var own) && own < System.Version.Parse(since);

    private static bool IsWeb(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static string? Value(IFormCollection form, string field) =>
        form[field].ToString() is { Length: > 0 } value && value != "UNKNOWN" ? value : null;

    [GeneratedRegex(
        @"\A(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9])\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex ProjectName();

    [GeneratedRegex(
        @"\Av?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|"
            + @"r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Pep440();

    [GeneratedRegex(@"\A[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"\A[^;]*?\s@\s|\A[\w.\[\]-]+@", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DirectUrl();
}
