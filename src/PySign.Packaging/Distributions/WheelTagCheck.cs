using System.Globalization;
using System.Text;

namespace PySign.Packaging.Distributions;

/// <summary>
/// Whether a wheel is for what its name says: its WHEEL file (binary distribution format), and its extension modules, whose own names say
/// which interpreter loads them (PEP 3149).
/// </summary>
public static class WheelTagCheck
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
        var libraries = new List<string>();
        ArchiveWalk.Members(
            path,
            (member, content) =>
            {
                if (IsWheelFile(member.Name) && member.Length <= MaxWheelFile)
                    wheel = new StreamReader(content, Encoding.UTF8).ReadToEnd();
                if (ModuleName.IsLibrary(member.Name))
                    libraries.Add(member.Name);
            }
        );
        if (wheel is null)
            return ["there is no WHEEL in a .dist-info folder"];
        return
        [
            .. Format(wheel),
            .. Tags(file, wheel),
            .. Build(file, wheel),
            .. Root(file, wheel, libraries),
            .. Libraries(file, libraries),
        ];
    }

    // Packages carry whole copies of others, with their .dist-info: only the one at the top is the wheel's own.
    private static bool IsWheelFile(string name) =>
        name.Split('/') is [var folder, "WHEEL"] && folder.EndsWith(".dist-info", StringComparison.Ordinal);

    // "If the major version is greater than the installer's, the installation fails"; pip wants the field.
    private static IEnumerable<string> Format(string wheel)
    {
        var versions = Fields(wheel, "Wheel-Version").ToList();
        if (versions is not [var version])
            yield return $"WHEEL has {versions.Count} lines Wheel-Version, and must have one";
        else if (version.Split('.') is not ["1", var minor] || !int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            yield return $"WHEEL has Wheel-Version {version}, and installers read 1.0";
    }

    private static IEnumerable<string> Tags(DistributionFileName file, string wheel)
    {
        var inside = Fields(wheel, "Tag").SelectMany(Expand).Select(tag => tag.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var named = file.Tags.Select(tag => tag.ToString().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        if (inside.Count == 0)
            yield return "WHEEL has no Tag";
        else if (!inside.SetEquals(named))
            yield return $"its name has the tags {Shown(named)}, its WHEEL file {Shown(inside)}";
        if (file.Tags.All(IsOfNoInterpreter))
            yield return $"no interpreter has the tag {file.Tags[0]}";
    }

    /// <summary>CPython's own ABI is of one version, and its stable one begins with 3.2 and is not there without the GIL (PEP 425,
    /// 703).</summary>
    private static bool IsOfNoInterpreter(WheelTag tag)
    {
        var isCPython = tag.Python.StartsWith("cp", StringComparison.Ordinal);
        if (tag.Abi == "abi3")
            return !isCPython || !int.TryParse(tag.Python[2..], NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isCPython
            && tag.Abi.StartsWith("cp", StringComparison.Ordinal)
            && tag.Abi.TrimEnd('m', 'd', 'u', 't') != tag.Python.TrimEnd('t');
    }

    private static IEnumerable<string> Build(DistributionFileName file, string wheel)
    {
        var build = Fields(wheel, "Build").ToList();
        if (build.Count > 1 || (build.Count == 1 && build[0] != file.BuildTag))
            yield return $"its name has the build {file.BuildTag ?? "(none)"}, its WHEEL file {string.Join(", ", build)}";
    }

    /// <summary>Where the wheel is unpacked to. A library that ctypes loads may lie in a pure wheel; an ABI means that Python itself loads
    /// it.</summary>
    private static IEnumerable<string> Root(DistributionFileName file, string wheel, List<string> libraries)
    {
        var pure = Fields(wheel, "Root-Is-Purelib").ToList();
        if (pure.Count > 1)
            yield return $"WHEEL has {pure.Count} lines Root-Is-Purelib";
        else if (
            pure is [var said]
            && said.Equals("true", StringComparison.OrdinalIgnoreCase)
            && file.Tags.All(tag => tag.Abi != "none")
            && libraries.FirstOrDefault(library => !library.Contains(".data/platlib/", StringComparison.Ordinal)) is { } library
        )
            yield return $"WHEEL says Root-Is-Purelib, and the wheel holds {library} for {file.Tags[0]}";
    }

    private static IEnumerable<string> Libraries(DistributionFileName file, List<string> libraries)
    {
        if (libraries.Count > 0 && file.Tags.All(tag => tag.Platform == "any"))
            return [$"its name says any platform, and it holds {libraries[0]}"];
        return libraries.Select(library => ModuleName.Read(library)?.Problem(file)).OfType<string>();
    }

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
}
