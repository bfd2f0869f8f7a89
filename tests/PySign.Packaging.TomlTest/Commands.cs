using System.Text;
using PySign.Packaging.Projects;
using PySign.Packaging.Toml;

namespace PySign.Packaging.TomlTest;

/// <summary>
/// toml-test's decoder protocol: TOML on standard input, tagged JSON on standard output; exit code 1 and a message when invalid.
/// <c>--roundtrip</c> writes the document back, <c>--set project.version=2.0</c> writes it edited.
/// </summary>
internal static class Commands
{
    public static int Run(string[] arguments, Stream input, Stream output, TextWriter error)
    {
        try
        {
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            var document = TomlDocument.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
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
                    error.WriteLine("usage: [--roundtrip | --set KEY.KEY=VALUE] < document.toml");
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
    private static string Set(TomlDocument document, string key, string value) => key.Split('.', 3) switch
    {
        ["project", "name"] => PyProject.Parse(document.ToString()).WithName(value).ToString(),
        ["project", "version"] => PyProject.Parse(document.ToString()).WithVersion(value).ToString(),
        ["project", "urls", var label] => PyProject.Parse(document.ToString()).WithUrl(label, value).ToString(),
        _ => document.WithString(key.Split('.'), value).ToString(),
    };
}
