using System.Text;

namespace Cake.PySign.Build;

/// <summary>A path as git prints it: in quotes, with C's escapes, where it holds a quote, a backslash, a control character or a byte beyond
/// ASCII (core.quotePath).</summary>
internal static class GitName
{
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The path with forward slashes; <see langword="null"/> when its bytes are not UTF-8.</summary>
    public static string? Read(string printed)
    {
        if (!printed.StartsWith('"'))
        {
            return printed;
        }

        var bytes = new List<byte>(printed.Length);
        for (var i = 1; i < printed.Length - 1; i++)
        {
            if (printed[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(printed, i, 1));
            }
            else if (char.IsAsciiDigit(printed[++i]))
            {
                bytes.Add(Convert.ToByte(printed.Substring(i, 3), 8));
                i += 2;
            }
            else
            {
                bytes.Add((byte)Unescaped(printed[i]));
            }
        }

        try
        {
            return _strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static char Unescaped(char letter) =>
        letter switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'v' => '\v',
            _ => letter,
        };
}
