using Cake.PySign.Publish;

namespace Cake.PySign.Tests.Publish;

/// <summary>Lines as twine 4.0.2 to 7.0.0 print them.</summary>
public sealed class TwineOutputTests
{
    [Theory]
    [InlineData(PySignFailure.Unauthorized, "NonInteractive: Credential not found for username.")]
    [InlineData(
        PySignFailure.Unauthorized,
        "INFO     Response from https://g/api/v4/projects/42/packages/pypi:\n         401 Unauthorized\nERROR    HTTPError: 401 "
            + "Unauthorized from https://g/api/v4/projects/42/packages/pypi\n         Unauthorized"
    )]
    [InlineData(
        PySignFailure.Forbidden,
        "ERROR    HTTPError: 403 Forbidden from https://g/api/v4/projects/42/packages/pypi\n         Forbidden"
    )]
    [InlineData(
        PySignFailure.PackageProtected,
        "INFO     {\"message\":\"403 Forbidden - Package protected.\"}\nERROR    HTTPError: 403 Forbidden from "
            + "https://g/api/v4/projects/42/packages/pypi"
    )]
    [InlineData(
        PySignFailure.Unauthorized,
        "ERROR    HTTPError: 403 Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more "
            + "information. from https://upload.pypi.org/legacy/"
    )]
    [InlineData(
        PySignFailure.NotFound,
        "ERROR    HTTPError: 404 Not Found from https://g/api/v4/projects/43/packages/pypi\n         Not Found"
    )]
    [InlineData(
        PySignFailure.Conflict,
        "INFO     {\"message\":\"400 Bad request - Validation failed: File name has already been taken\"}\nERROR    HTTPError: 400 Bad "
            + "Request from https://g/x"
    )]
    [InlineData(
        PySignFailure.Conflict,
        "ERROR    HTTPError: 400 File already exists. See https://pypi.org/help/#file-name-reuse for more information. from "
            + "https://upload.pypi.org/legacy/"
    )]
    [InlineData(
        PySignFailure.TooLarge,
        "INFO     {\"message\":\"400 Bad request - File is too large\"}\nERROR    HTTPError: 400 Bad Request from https://g/x"
    )]
    [InlineData(PySignFailure.TooLarge, "ERROR    HTTPError: 413 Request Entity Too Large from https://g/x")]
    [InlineData(
        PySignFailure.InvalidMetadata,
        "INFO     {\"message\":\"400 Bad request - Validation failed: Version is invalid\"}\nERROR    HTTPError: 400 Bad Request from "
            + "https://g/x"
    )]
    [InlineData(
        PySignFailure.ToolTooOld,
        "ERROR    InvalidDistribution: Metadata is missing required fields: Name, Version.\n         Make sure the distribution "
            + "includes the files where those fields are specified, and is using a supported Metadata-Version: 1.0, 1.1, 1.2, 2.0, 2.1, "
            + "2.2."
    )]
    [InlineData(
        PySignFailure.ToolTooOld,
        "ERROR    InvalidDistribution: Invalid distribution metadata: '2.5' is not a valid metadata version"
    )]
    [InlineData(
        PySignFailure.Redirected,
        "ERROR    RedirectDetected: https://g/x attempted to redirect to https://other/x.\n         Your repository URL is missing a "
            + "trailing slash."
    )]
    [InlineData(
        PySignFailure.Unreachable,
        "ERROR    ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=1): Max retries exceeded with url: /x"
    )]
    [InlineData(PySignFailure.Unreachable, "ERROR    HTTPError: 502 Bad Gateway from https://g/x")]
    [InlineData(PySignFailure.ToolFailed, "Traceback (most recent call last):\nKeyError: 'x'")]
    public void Each_kind_of_failure_has_its_reason(PySignFailure expected, string output)
    {
        var e = TwineOutput.Classify(output.Split('\n'), 1, new Uri("https://g/x"));
        Assert.Equal(expected, e.Reason);
        Assert.Contains("https://g/x", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_registrys_own_message_comes_first()
    {
        var e = TwineOutput.Classify(
            [
                "INFO     {\"message\":\"400 Bad request - Validation failed: \\\"Version\\\" is invalid\"}",
                "ERROR    HTTPError: 400 Bad Request from https://g/x",
            ],
            1,
            new Uri("https://g/x")
        );
        Assert.Contains(
            "The registry says: 400 Bad request - Validation failed: \"Version\" is invalid",
            e.Message,
            StringComparison.Ordinal
        );
    }
}
