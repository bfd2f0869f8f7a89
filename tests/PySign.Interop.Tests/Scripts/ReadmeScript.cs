using System.Text.RegularExpressions;

namespace PySign.Interop.Tests.Scripts;

/// <summary>The script that the README prints, from the line that writes it, with the version of the addin that was just packed.</summary>
internal static partial class ReadmeScript
{
    public static string For(ConsumerRepository repository)
    {
        var readme = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "README.md"));
        var printed = Assert.Single(readme, line => line.EndsWith("> build.cake", StringComparison.Ordinal));
        var lines = Quoted().Matches(printed).Select(match => match.Groups["text"].Value).Skip(1).ToList();
        var block = string.Join('\n', lines) + "\n";
        Assert.Contains("#load nuget:?package=Cake.PySign&version=", block, StringComparison.Ordinal);
        Assert.InRange(lines.Count, 2, 10);
        return PinnedVersion().Replace(block, $"version={repository.Addin.Version}");
    }

    [GeneratedRegex("'(?<text>[^']*)'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"version=[0-9][^\s]*", RegexOptions.CultureInvariant)]
    private static partial Regex PinnedVersion();
}
