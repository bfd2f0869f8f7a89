using System.Text;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;

namespace PySign.Packaging.TomlTest;

/// <summary>
/// toml-test's decoder protocol: TOML on standard input, tagged JSON on standard output; exit code 1 and a message when invalid.
/// <c>--roundtrip</c> writes the document back, <c>--set project.version=2.0</c> writes it edited. <c>--toml 1.1</c> in front reads TOML
/// 1.1.
/// </summary>
internal static class Commands
{
    public static int Run(string[] arguments, Stream input, Stream output, TextWriter error)
    {
        try
        {
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            var version = TomlVersion.V1_0;
            if (arguments is ["--toml", "1.0" or "1.1", ..])
            {
                version = arguments[1] == "1.1" ? TomlVersion.V1_1 : TomlVersion.V1_0;
                arguments = arguments[2..];
            }

            var document = TomlDocument.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), version);
            switch (arguments)
            {
                case []:
                    output.Write(TaggedJson.Write(document));
                    return 0;
                case ["--roundtrip"]:
                    output.Write(document.ToUtf8());
                    return 0;
                case ["--set", var assignment] when assignment.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals:
                    output.Write(Encoding.UTF8.GetBytes(Set(document, assignment[..equals], assignment[(equals + 1)..])));
                    return 0;
                default:
                    error.WriteLine("usage: [--toml 1.0|1.1] [--roundtrip | --set KEY.KEY=VALUE] < document.toml");
                    return 2;
            }
        }
        catch (Exception refused) when (refused is TomlException or PackagingException)
        {
            error.WriteLine(refused.Message);
            return 1;
        }
    }

    // What a project file can be asked for follows its rules; any other key is a plain edit of the document.
    private static string Set(TomlDocument document, string key, string value) =>
        key.Split('.', 3) switch
        {
            _ when document.Version != TomlVersion.V1_0 => document.WithString(key.Split('.'), value).ToString(),
            ["project", "name"] => PyProject.Parse(document.ToString()).WithName(value).ToString(),
            ["project", "version"] => PyProject.Parse(document.ToString()).WithVersion(value).ToString(),
            ["project", "urls", var label] => PyProject.Parse(document.ToString()).WithUrl(label, value).ToString(),
            _ => document.WithString(key.Split('.'), value).ToString(),
        };
}
