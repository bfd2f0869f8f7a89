using System.Globalization;
using System.Text;
using PySign.Packaging.Toml;
using TomlDateTime = PySign.Packaging.Toml.TomlDateTime;
using TomlException = PySign.Packaging.Toml.TomlException;
using TomlynArray = Tomlyn.Model.TomlArray;
using TomlynTable = Tomlyn.Model.TomlTable;
using TomlynTableArray = Tomlyn.Model.TomlTableArray;

namespace PySign.Packaging.Tests.Toml;

/// <summary>
/// Tomlyn, a widely used reader of TOML 1.1, before the same documents as ours in its 1.1 mode. Where the two disagree, the reason is
/// pinned; a disagreement of another kind fails, and so does one that is gone.
/// </summary>
public sealed class TomlynOracleTests(ITestOutputHelper log)
{
    private const int Generated = 6_000;

    private static readonly string[] _seeds =
    [
        "[project]\nname = \"a\" # c\nversion='1'\nurls = { a = 1, b.c = [1, 2.5, inf] }\n[[x.y]]\nz = 1979-05-27T07:32:00Z\n",
        "a.\"b\".'c' = \"\"\"x\\\n   \\u00e9 \"\"q\"\"\"\"\nd = '''l''\nl'''\r\ne = [\n  0x1F, # c\n  0o7, 0b1, -1_0.5e-3,\n]\n",
        "t = 07:32:00.5\nu = 1979-05-27 07:32:00-07:00\n[a.b]\n[a]\nc = {}\nx = true\n",
        "[[a]]\nb = 1\n[a.c]\nd = [ { e = \"\\x41\\e\" }, { } ]\n[[a]]\n[a.c.f]\ng = -0.0\nh = +9223372036854775807\n",
    ];

    private static readonly string[] _pieces =
    [
        "\"",
        "'",
        "\"\"\"",
        "[",
        "]",
        "[[x]]\n",
        "[a]\n",
        "[a.b]\n",
        "{",
        "}",
        " = ",
        ".",
        ",",
        "# c\n",
        "\n",
        "\r\n",
        "\\",
        "\\u00e9",
        "_",
        "-",
        "+",
        "0",
        "1e5",
        "inf",
        ":",
        " ",
        "\t",
        "a = 1\n",
        "b.c = 'd'\n",
    ];

    [Fact]
    public void Documents_of_toml_test_are_judged_alike_except_where_it_is_explained()
    {
        var folder = Corpora.Require("toml-test");
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder, "*.toml", SearchOption.AllDirectories))
        {
            if (Disagreement(File.ReadAllBytes(file)) is { } kind)
            {
                log.WriteLine($"{kind}: {Path.GetRelativePath(folder, file)}");
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
            }
        }

        Assert.Equal(TomlynDisagreements.OfCorpus, counts);
    }

    [Fact]
    public void Generated_documents_are_judged_alike_except_where_it_is_explained()
    {
        var random = new Random(20260102);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unexplained = new List<string>();
        for (var round = 0; round < Generated; round++)
        {
            var text = Mutate(_seeds[round % _seeds.Length], random);
            if (Disagreement(Encoding.UTF8.GetBytes(text)) is not { } kind)
            {
                continue;
            }

            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            if (!TomlynDisagreements.Reasons.ContainsKey(kind))
            {
                unexplained.Add($"{kind}: {text.ReplaceLineEndings("⏎")}");
            }
        }

        log.WriteLine(string.Join('\n', counts.Select(static pair => $"{pair.Value} {pair.Key}")));
        Assert.True(unexplained.Count == 0, string.Join('\n', unexplained.Take(30)));
        Assert.Equal(TomlynDisagreements.Reasons.Keys.Order(StringComparer.Ordinal), counts.Keys);
    }

    private static string Mutate(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0:
                    text.Insert(at, _pieces[random.Next(_pieces.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at));
                    break;
                default:
                    text.Insert(at, text.ToString(random.Next(text.Length / 2), text.Length / 4));
                    break;
            }
        }

        return text.ToString();
    }

    /// <returns>In what the two differ; null where they do not.</returns>
    private static string? Disagreement(byte[] document)
    {
        var (ours, reason) = Ours(document);
        var theirs = Theirs(document);
        return (ours, theirs) switch
        {
            (null, null) => null,
            (null, _) => $"only Tomlyn accepts: {reason}",
            (_, null) => "only ours accepts",
            _ when ours == theirs => null,
            _ when Ours(WithoutReturns(document)).Values == Theirs(WithoutReturns(document)) => "other values: line ends",
            _ => "other values: tables",
        };
    }

    private static byte[] WithoutReturns(byte[] document) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(document).Replace("\r\n", "\n", StringComparison.Ordinal));

    private static (string? Values, TomlFailure? Reason) Ours(byte[] document)
    {
        try
        {
            var text = new StringBuilder();
            Write(text, TomlDocument.Parse(document, TomlVersion.V1_1).Root);
            return (text.ToString(), null);
        }
        catch (TomlException refused)
        {
            return (null, refused.Reason);
        }
    }

    private static string? Theirs(byte[] document)
    {
        try
        {
            var text = new StringBuilder();
            Write(text, Tomlyn.TomlSerializer.Deserialize<TomlynTable>(new MemoryStream(document)));
            return text.ToString();
        }
        catch (Exception e) when (e is Tomlyn.TomlException or DecoderFallbackException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case TomlTable table:
                Members(text, table.Keys.Select(key => (key, (object?)table[key])));
                break;
            case TomlynTable table:
                Members(text, table.Select(static pair => (pair.Key, (object?)pair.Value)));
                break;
            case TomlArray array:
                Items(text, array.Items);
                break;
            case TomlynTableArray or TomlynArray:
                Items(text, ((System.Collections.IEnumerable)value).Cast<object?>());
                break;
            default:
                text.Append(Scalar(value));
                break;
        }
    }

    private static void Members(StringBuilder text, IEnumerable<(string Key, object? Value)> members)
    {
        text.Append('{');
        foreach (var (key, value) in members.OrderBy(static member => member.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{key.Length}:{key}=");
            Write(text, value);
            text.Append(';');
        }

        text.Append('}');
    }

    private static void Items(StringBuilder text, IEnumerable<object?> items)
    {
        text.Append('[');
        foreach (var item in items)
        {
            Write(text, item);
            text.Append(',');
        }

        text.Append(']');
    }

    private static string Scalar(object? value) =>
        value switch
        {
            TomlString one => $"s{one.Value.Length}:{one.Value}",
            string one => $"s{one.Length}:{one}",
            TomlInteger one => string.Create(CultureInfo.InvariantCulture, $"i{one.Value}"),
            long one => string.Create(CultureInfo.InvariantCulture, $"i{one}"),
            TomlBoolean one => one.Value ? "true" : "false",
            bool one => one ? "true" : "false",
            TomlFloat one => Number(one.Value),
            double one => Number(one),
            TomlDateTime one => Moment(one.Value),
            Tomlyn.TomlDateTime one => Moment(one.ToString()),
            _ => $"? {value?.GetType()}",
        };

    private static string Number(double value) => double.IsNaN(value) ? "fnan" : string.Create(CultureInfo.InvariantCulture, $"f{value:R}");

    /// <summary>One text for one moment, whatever separator, fraction or offset it is written with.</summary>
    private static string Moment(string text)
    {
        var written = text.Replace(' ', 'T').ToUpperInvariant();
        var at = written.IndexOf('.');
        var end = at < 0 ? -1 : at + 1 + written[(at + 1)..].TakeWhile(char.IsAsciiDigit).Count();
        var fraction = at < 0 ? "" : written[(at + 1)..end].TrimEnd('0');
        var rest = at < 0 ? written : written[..at] + written[end..];
        return $"m{rest.Replace("+00:00", "Z", StringComparison.Ordinal)}.{(fraction.Length > 7 ? fraction[..7].TrimEnd('0') : fraction)}";
    }
}
