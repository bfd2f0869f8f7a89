using System.Text;

namespace PySign.Interop.Tests.Scripts;

/// <summary>
/// A secret that is found again wherever it went. Its core is letters and digits, which URL encoding, JSON escapes and shell quoting all
/// leave as they are; in base64 it is looked for at each of the three offsets at which it can stand behind a user name.
/// </summary>
internal sealed class Mark
{
    private readonly string _core;
    private readonly byte[][] _forms;

    private Mark(string name, string value, string core)
    {
        Name = name;
        Value = value;
        _core = core;
        _forms = [.. Forms().Select(Encoding.ASCII.GetBytes)];
    }

    public string Name { get; }

    public string Value { get; }

    /// <summary>A new secret, with characters that every encoding treats in its own way.</summary>
    public static Mark New(string name)
    {
        var core = Guid.NewGuid().ToString("N");
        return new Mark(name, $"m+/&{core}=%~", core);
    }

    /// <summary>A token that somebody else made: its signature is what makes it a secret.</summary>
    public static Mark OfToken(string name, string jwt) => new(name, jwt, jwt[(jwt.LastIndexOf('.') + 1)..]);

    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in _forms)
        {
            if (bytes.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    public bool IsIn(string text) => IsIn(Encoding.UTF8.GetBytes(text));

    private IEnumerable<string> Forms()
    {
        yield return _core;
        for (var offset = 0; offset < 3; offset++)
        {
            // What stands before and behind the core decides the first and the last characters: those are left out.
            var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('x', offset) + _core));
            var start = (offset * 8 + 5) / 6;
            var inner = encoded[start..((offset + _core.Length) * 8 / 6)];
            yield return inner;
            yield return inner.Replace('+', '-').Replace('/', '_');
        }
    }
}
