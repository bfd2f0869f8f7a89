using System.Net;
using System.Text;
using System.Text.Json;

namespace PySign.Packaging.Tests.Indexes;

/// <summary>
/// Pages of <c>hello-pysign</c> as honest servers, careless ones and hostile ones might write them: names, versions, suffixes, encodings,
/// fragments, attributes and places to hide in, thrown together by a seed.
/// </summary>
internal sealed class GeneratedPages(int seed)
{
    public const string Url = "http://127.0.0.1:9/simple/hello-pysign/";

    private static readonly string[] _names =
    [
        "hello_pysign",
        "hello-pysign",
        "Hello.PySign",
        "hello__-pysign",
        "hello_pysign_plus",
        "other",
        "hello",
        "-hello_pysign",
        "HELLO\u2010PYSIGN",
        "hello_py\u017fign",
        "h\u0435llo_pysign",
        "hello_pys\u0130gn",
        "hello~pysign",
        "hello_pysign.",
        "_hello_pysign",
        "hello_pysign-1.0.0-hello_pysign",
    ];

    private static readonly string[] _versions =
    [
        "1.0.0",
        "1.0",
        "v1.0.0",
        "1",
        "1.0.0+local.1",
        "0.1",
        "1.0.1",
        "1.0.0.post1",
        "1.0.0-1",
        "1.0.0rc1",
        "1.0.0 ",
        " 1.0.0",
        "1.0.0\u00a0",
        "1.0.0-py3.9",
        "1.0.0-py3",
        "1.0.0_1",
        "1.0.0 (1)",
        "1_0_0",
        "1.0.0-",
        "1!1.0.0",
        "0!1.0.0",
        "01.0.0",
        "1.0.0.post0",
        "1.0.0-r0",
        "1.0.0.dev0",
        "1.0.0c1",
        "1.0.0.0.0",
        "1.0.0+",
        "1.0.0+x-y_z",
        "1.0.0+X.01",
        "\uff11.0.0",
        "1.0.\u0660",
        "1.0.0\u200b",
        "V1.0.0",
        "vv1.0.0",
        "00!1.0.0",
        "1.0.0.*",
        "1.0.0-0",
        "1.0.0-py3.11-py2",
        "1.0.00000000000000000000000000000000000000000000000000000000000000000000",
    ];

    private static readonly string[] _ends =
    [
        "-py3-none-any.whl",
        "-99-py3-none-any.whl",
        "-py2.py3-none-any.whl",
        "-1x-py3-none-any.whl",
        "-py3-none-any-more.whl",
        "-py3-none-any.WHL",
        ".tar.gz",
        ".tar.gz",
        ".zip",
        ".tgz",
        ".tar.bz2",
        ".tbz",
        ".tar.xz",
        ".tar.lzma",
        ".tar",
        ".tlz",
        ".TAR.GZ",
        ".egg",
        ".exe",
        ".tar.gz.asc",
        "-py3-none-any.whl.metadata",
        "",
        "-cp39.cp310-abi3.none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "-0-py3-none-any.whl",
        "-1_2-py3-none-any.whl",
        "-\u0661-py3-none-any.whl",
        "--py3-none-any.whl",
        "-py3-none.whl",
        "-py3-none-any-.whl",
        "-py3-none-any.whl.zip",
        ".whl",
        ".tar.Z",
        ".tar.gz.tar.gz",
        "-py3-none-any.tar.bz2",
        ".zip.whl",
        "-py3.9-none-any.whl.gz",
        ".tar.zst",
        ".tar.lz",
        ".dmg",
        ".msi",
    ];

    private static readonly string[] _folders =
    [
        "",
        "",
        "",
        "../../files/",
        "/files/",
        "https://127.0.0.1/f/",
        "//127.0.0.1:9/f/",
        "a/./b/../",
        "hello_pysign-1.0.0.tar.gz/",
        "hello_pysign-1.0.0.zip/../",
        "%2e%2e/%2E/",
        "a%2Fb/",
        "a;b=c/",
        "http://127.0.0.1:9/x/../f/",
        "http:///f/",
        "?/",
        "\u00e4/",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A page, its content type and its bytes.</summary>
    public (string ContentType, byte[] Content) Next()
    {
        var count = 1 + _random.Next(4);
        var json = _random.Next(3) == 0;
        var text = json ? Json(count) : Html(count);
        return (json ? "application/vnd.pypi.simple.v1+json" : "text/html", Encoding.UTF8.GetBytes(text));
    }

    private T Any<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private bool Rarely(int chance = 6) => _random.Next(chance) == 0;

    private string FileName() => (Rarely(3) ? Any(_names) : "hello_pysign") + "-" + (Rarely(2) ? Any(_versions) : "1.0.0") + Any(_ends);

    private string Link()
    {
        var name = FileName();
        if (Rarely())
            name = Disguise(name);
        else if (Rarely(3))
            name = Uri.EscapeDataString(name);
        var link = Any(_folders) + name;
        if (Rarely(10))
            link += Any("/", "/.", "//", "/..", ";v=1", "?x=1", "?egg=hello-pysign-1.0.0", "%20", "%2F", "%00", "\\");
        if (Rarely(8))
            link = Any("/download", "x.zip", "git+https://h/r.git", "hello_pysign-0.1.tar.gz") + "#" + Egg();
        else if (Rarely(4))
            link += "#" + Any("sha256=" + new string('a', 64), "md5=00", "sha256=1", "top", "sha256=" + new string('b', 64) + "&" + Egg());
        return Rarely(12) ? Any("https://u:p@h/", "file:///", "ftp://h/", "https:", "http:\\\\h\\", "\t", "\u0001", " ") + link : link;
    }

    private string Egg() =>
        Any("egg=", "egg=", "EGG=", "x&egg=") + Any("hello-pysign-1.0.0", "hello_pysign-1.0", "hello-pysign", "other-1.0.0");

    private string Disguise(string name)
    {
        var at = _random.Next(name.Length);
        var c = name[at];
        var hidden = Any(
            $"%{(int)c:X2}",
            $"%25{(int)c:X2}",
            $"%2525{(int)c:X2}",
            c + "%0A",
            c + "\t",
            c + "%C2%A0",
            "%2F" + c,
            "%252F" + c,
            "%5C" + c,
            "\\" + c,
            "/" + c,
            "%3F" + c,
            "%23" + c,
            "@" + c,
            "%40" + c
        );
        return name[..at] + hidden + name[(at + 1)..];
    }

    private string Html(int count)
    {
        var page = new StringBuilder();
        if (Rarely(10))
            page.Append(Base());
        for (var i = 0; i < count; i++)
        {
            var link = Link();
            page.Append(Rarely() ? Hidden(Anchor(link)) : Anchor(link)).Append(Any("", "\n", "<br>\n"));
        }

        if (Rarely(30))
            page.Append("<base href=\"https://127.0.0.1/late/\">");
        return page.ToString();
    }

    private string Base() =>
        Any(
            "<base href=\"https://127.0.0.1/b/\">",
            "<base href='http://127.0.0.1:9/b/hello_pysign-1.0.0.zip'>",
            "<base target=x>",
            "<base href=../../b/>",
            "<base href=''>",
            "<base href='b'><base href='https://127.0.0.1/second/'>",
            "<base href='https://u:p@127.0.0.1/b/'>",
            "<base href='file:///b/'>",
            "<base href='//127.0.0.1/b/'>",
            "<base href='https://127.0.0.1/b/#egg=hello-pysign-1.0.0'>",
            "<base href='https://127.0.0.1/b/?x='>",
            "<base href=\"https://127.0.0.1/%68ello_pysign-1.0.0-py3-none-any.whl\">",
            "<BASE\nHREF=https://127.0.0.1/b/ />",
            "<base href='javascript:x'>"
        );

    private string Anchor(string link)
    {
        var written =
            Rarely(5) ? Entities(link)
            : Rarely(20) ? link
            : WebUtility.HtmlEncode(link);
        var quote = Rarely(8) ? "" : Any("\"", "'", "\"");
        var attribute = Any("href=", "href=", "href=", "HREF = ", "href==", "href\t=\n") + quote + written + quote;
        var more = Any(
            "",
            "",
            "",
            " data-yanked",
            " data-yanked=\"bad\"",
            " data-requires-python=\"&gt;=3.6\"",
            " href=\"x-1.0.zip\"",
            " rel=internal",
            " data-requires-python='<3'",
            " data-requires-python='&gt;3, &lt;'",
            " data-core-metadata=true",
            " data-core-metadata='sha256=00' data-dist-info-metadata=false",
            " data-yanked data-yanked='twice'",
            " data-gpg-sig=true"
        );
        var text = Rarely(4) ? Any("../", "download", FileName()) : WebUtility.HtmlEncode(link[(link.LastIndexOf('/') + 1)..]);
        return Rarely(12)
            ? Any(
                $"<a x='y'{attribute}>",
                $"<a/{attribute}>",
                $"<a\f{attribute}{more}/>",
                $"<A {attribute} <b>",
                $"<a {attribute}",
                $"<a x=\">\" {attribute}>"
            )
                + text
                + "</a>"
            : $"<a{(Rarely(5) ? more : "")} {attribute}{(Rarely(3) ? more : "")}>{text}</a>";
    }

    private string Hidden(string anchor) =>
        Any(
            $"<!-- {anchor} -->",
            $"<!-->{anchor}-->",
            $"<!--->{anchor}-->",
            $"<!-- --!>{anchor}-->",
            $"<noscript>{anchor}</noscript>",
            $"<textarea>{anchor}</textarea>",
            $"<title>{anchor}</title>",
            $"<template>{anchor}</template>",
            $"<script>{anchor}</script>",
            $"<style>{anchor}</style >",
            $"<script>'</script' >{anchor}",
            $"<![CDATA[{anchor}]]>",
            $"<?x {anchor} ?>",
            $"<!x {anchor}>",
            $"<b title=\"{anchor}\">",
            $"<b title='{anchor}>{anchor}",
            $"</ {anchor}>",
            $"<iframe>{anchor}</iframe>",
            $"<plaintext>{anchor}",
            $"<svg><style>{anchor}</style></svg>",
            $"< a>{anchor}"
        );

    private string Entities(string link)
    {
        if (link.Length == 0)
            return link;
        var at = _random.Next(link.Length);
        var c = link[at];
        var named = c switch
        {
            '.' => "&period;",
            '_' => "&lowbar;",
            '-' => "&hyphen;",
            '/' => "&sol;",
            '=' => "&equals;",
            '&' => "&amp",
            _ => $"&#{(int)c};",
        };
        var entity = Any(
            $"&#{(int)c};",
            $"&#x{(int)c:x};",
            $"&#{(int)c:0000000000};",
            $"&#{(int)c}",
            named,
            c + "&nbsp",
            c + "&nbsp;",
            c + "&amp"
        );
        return link[..at] + entity + link[(at + 1)..];
    }

    private string Json(int count)
    {
        var files = Enumerable
            .Range(0, count)
            .Select(_ =>
            {
                var link = Link();
                var file = new Dictionary<string, object?>
                {
                    ["url"] = link,
                    ["filename"] = Rarely(4) ? FileName() : link[(link.LastIndexOf('/') + 1)..].Split('#')[0],
                };
                if (Rarely(8))
                    file[Any("core-metadata", "dist-info-metadata", "data-dist-info-metadata")] = Any<object?>(
                        true,
                        false,
                        "sha256",
                        3,
                        null,
                        new Dictionary<string, string> { ["sha256"] = "zz", ["odd"] = "1" },
                        new Dictionary<string, int> { ["sha256"] = 1 },
                        Array.Empty<int>()
                    );
                if (Rarely(10))
                    file["requires-python"] = Any<object?>(">=3", "<3", ">=", 3, null, Array.Empty<int>());
                if (Rarely(20))
                    file["url"] = Any<object?>(7, null, new[] { link }, link);
                if (!Rarely(10))
                    file["hashes"] = Rarely(4) ? new Dictionary<string, string> { ["sha256"] = new string('a', 64) } : [];
                if (Rarely())
                    file["yanked"] = Any<object?>(true, false, "why", 1, null);
                if (Rarely(20))
                    file.Remove("filename");
                if (Rarely(30))
                    file["size"] = Any<object?>(-1, 1e300, "7", true, null);
                return file;
            })
            .ToList();
        return JsonSerializer.Serialize(
            new
            {
                meta = new Dictionary<string, string> { ["api-version"] = "1.0" },
                name = "hello-pysign",
                files,
            }
        );
    }
}
