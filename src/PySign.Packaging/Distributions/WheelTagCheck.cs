using System.Text;
using System.Text.RegularExpressions;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Whether a wheel is for what its name says: the tags in its WHEEL file (binary distribution format), and its extension modules, whose
/// own names say which interpreter loads them (PEP 3149).
/// </summary>
public static partial class WheelTagCheck
{
    private const int MaxWheelFile = 1024 * 1024;

    /// <summary>What is wrong, one line each; empty when name and content agree.</summary>
    /// <param name="path">A <c>.whl</c> file.</param>
    /// <exception cref="PackagingException">The archive cannot be read, is too large, or holds an unsafe name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Problems(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = DistributionFileName.Parse(Path.GetFileName(path));
        string? wheel = null;
        var modules = new List<string>();
        ArchiveWalk.Members(
            path,
            (member, content) =>
            {
                if (member.Name.EndsWith(".dist-info/WHEEL", StringComparison.Ordinal) && member.Length <= MaxWheelFile)
                    wheel = new StreamReader(content, Encoding.UTF8).ReadToEnd();
                if (IsLibrary(member.Name))
                    modules.Add(member.Name);
            }
        );
        return wheel is null ? ["there is no WHEEL in a .dist-info folder"] : [.. Tags(file, wheel), .. Modules(file, modules)];
    }

    private static IEnumerable<string> Tags(DistributionFileName file, string wheel)
    {
        var inside = Fields(wheel, "Tag").SelectMany(Expand).Select(tag => tag.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var named = file.Tags.Select(tag => tag.ToString().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (inside.Count == 0)
        {
            yield return "WHEEL has no Tag";
            yield break;
        }

        if (!inside.SetEquals(named))
            yield return $"its name has the tags {Shown(named)}, its WHEEL file {Shown(inside)}";
    }

    private static IEnumerable<string> Modules(DistributionFileName file, List<string> modules)
    {
        if (modules.Count > 0 && file.Tags.All(tag => tag.Platform == "any"))
        {
            yield return $"its name says any platform, and it holds {modules[0]}";
            yield break;
        }

        foreach (var module in modules)
        {
            if (Wrong(file, module) is { } wrong)
                yield return wrong;
        }
    }

    private static string? Wrong(DistributionFileName file, string module)
    {
        // _speed.cpython-312-x86_64-linux-gnu.so, _speed.cp312-win_amd64.pyd; without such a part any interpreter may load it.
        if (VersionedModule().Match(module) is not { Success: true } match)
            return null;
        var built = "cp" + match.Groups[1].Value;
        if (file.Tags.All(tag => tag.Abi == "abi3"))
            return $"its name says abi3, and {module} is for {built} alone";
        return file.Tags.Any(tag => tag.Abi == built || (tag.Abi == "none" && tag.Python == built)) ? null
            : file.Tags.Any(tag => tag.Abi.StartsWith("cp", StringComparison.Ordinal)) ? $"{module} is for {built}, its name is not"
            : null;
    }

    private static bool IsLibrary(string name) =>
        name.EndsWith(".so", StringComparison.Ordinal)
        || name.EndsWith(".pyd", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".dylib", StringComparison.Ordinal);

    private static IEnumerable<string> Fields(string text, string name) =>
        text.Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(parts => parts.Length == 2 && parts[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(parts => parts[1].Trim());

    // "Tag: is the wheel's expanded compatibility tags"; some writers leave them compressed.
    private static IEnumerable<string> Expand(string tag) =>
        tag.Split('-') is [var pythons, var abis, var platforms] && (long)pythons.Length * abis.Length * platforms.Length < 1 << 20
            ? from python in pythons.Split('.')
            from abi in abis.Split('.')
            from platform in platforms.Split('.')
            select $"{python}-{abi}-{platform}"
            : [tag];

    private static string Shown(HashSet<string> tags)
    {
        var sorted = tags.Order(StringComparer.Ordinal).ToList();
        return string.Join(", ", sorted.Take(4)) + (sorted.Count > 4 ? $" and {sorted.Count - 4} more" : "");
    }

    [GeneratedRegex(@"\.(?:cpython-|cp)(3[0-9]+t?)-[^/]*\.(?:so|pyd)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex VersionedModule();
}
