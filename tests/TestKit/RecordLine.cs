using System.Security.Cryptography;
using System.Text;

namespace PySign.TestKit;

/// <summary>A line of a wheel's RECORD: name, digest in URL-safe base64 without padding, size.</summary>
public static class RecordLine
{
    public static string Of(string name, string text) => Of(name, Encoding.UTF8.GetBytes(text));

    public static string Of(string name, ReadOnlySpan<byte> content)
    {
        var digest = Convert.ToBase64String(SHA256.HashData(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return $"{name},sha256={digest},{content.Length}";
    }
}
