using PySign.Packaging.Names;
using PySign.Packaging.Versions;

namespace PySign.Packaging.Distributions;

/// <summary>
/// The file name of a distribution, taken apart (binary distribution format; source distribution file name, PEP 625).
/// Reads the names of today and those older back ends wrote. A value of this type is always one plain file name:
/// no separators, no <c>..</c>, no control characters, so it may be joined to a folder.
/// </summary>
public sealed record DistributionFileName
{
    // The limit of the usual file systems.
    private const int MaxLength = 255;

    // Compressed tag sets multiply: 64 tags of each kind would be a quarter of a million combinations.
    private const int MaxTags = 4096;

    private DistributionFileName(string value, DistributionKind kind, ProjectName name, PythonVersion version)
    {
        Value = value;
        Kind = kind;
        Name = name;
        Version = version;
    }

    /// <summary>The whole file name as written.</summary>
    public string Value { get; }

    /// <summary>Wheel or source distribution.</summary>
    public DistributionKind Kind { get; }

    /// <summary>The project's name as written in the file name.</summary>
    public ProjectName Name { get; }

    /// <summary>The version as written in the file name.</summary>
    public PythonVersion Version { get; }

    /// <summary>A wheel's build tag, for example <c>1local</c>, or null.</summary>
    public string? BuildTag { get; private init; }

    /// <summary>A wheel's tags, its compressed tag sets multiplied out. Empty for a source distribution.</summary>
    public IReadOnlyList<WheelTag> Tags { get; private init; } = [];

    /// <summary>Reads a file name.</summary>
    /// <exception cref="PackagingException">
    /// <see cref="PackagingFailure.InvalidFileName"/>, <see cref="PackagingFailure.InvalidName"/>,
    /// <see cref="PackagingFailure.InvalidVersion"/> or <see cref="PackagingFailure.InvalidTag"/>.
    /// </exception>
    public static DistributionFileName Parse(string fileName)
    {
        if (!IsPlain(fileName))
            throw Invalid(fileName, "a plain file name without folders");
        if (fileName.EndsWith(".whl", StringComparison.OrdinalIgnoreCase))
            return ParseWheel(fileName, fileName[..^4]);
        if (fileName.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase))
            return ParseSdist(fileName, fileName[..^7]);
        if (fileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            return ParseSdist(fileName, fileName[..^4]);
        throw Invalid(fileName, "a name that ends in .whl, .tar.gz or .zip");
    }

    /// <summary>Reads a file name; false when it is not a distribution's.</summary>
    public static bool TryParse(string fileName, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DistributionFileName? result)
    {
        try
        {
            result = Parse(fileName);
            return true;
        }
        catch (PackagingException)
        {
            result = null;
            return false;
        }
    }

    /// <summary>
    /// Whether a text from outside is one plain file name: ASCII letters, digits and <c>. _ - + !</c>, no leading dot or hyphen,
    /// so that it is neither a path, an option, a hidden file nor a device.
    /// </summary>
    internal static bool IsPlain(string fileName)
    {
        if (
            fileName.Length is 0 or > MaxLength
            || !char.IsAsciiLetterOrDigit(fileName[0])
            || fileName.Contains("..", StringComparison.Ordinal)
        )
            return false;
        foreach (var c in fileName)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '+' or '!'))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Whether two names, taken apart, say the same: kind, normalized name, version (<c>1.0</c> is <c>1.0.0</c>), build tag and the set of
    /// tags. So an attestation names its file (PEP 740), for back ends and indexes spell one name in several ways.
    /// </summary>
    /// <param name="other">Another name.</param>
    public bool IsEquivalentTo(DistributionFileName other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Kind == other.Kind
            && Extension == other.Extension
            && Name.Normalized == other.Name.Normalized
            && Version.Equals(other.Version)
            && Build(BuildTag) == Build(other.BuildTag)
            && Tags.Select(Lower).ToHashSet(StringComparer.Ordinal).SetEquals(other.Tags.Select(Lower));
    }

    /// <summary>The whole file name as written.</summary>
    public override string ToString() => Value;

    private string Extension =>
        Value.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) ? ".zip"
        : Kind == DistributionKind.Wheel ? ".whl"
        : ".tar.gz";

    // "The build number must start with a digit": its digits are a number, so 01 is 1 (binary distribution format).
    private static string Build(string? tag)
    {
        if (tag is null)
            return "";
        var digits = tag.TakeWhile(char.IsAsciiDigit).Count();
        return tag[..digits].TrimStart('0').PadLeft(1, '0') + tag[digits..];
    }

    private static string Lower(WheelTag tag) => tag.ToString().ToLowerInvariant();

    private static DistributionFileName ParseWheel(string fileName, string stem)
    {
        var parts = stem.Split('-');
        if (parts.Length is not (5 or 6))
            throw Invalid(fileName, "{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl");
        var build = parts.Length == 6 ? parts[2] : null;
        if (build is not null && (build.Length == 0 || !char.IsAsciiDigit(build[0])))
            throw new PackagingException(
                PackagingFailure.InvalidTag,
                fileName,
                "a build tag that begins with a digit",
                "Rename or rebuild the wheel."
            );

        return new DistributionFileName(fileName, DistributionKind.Wheel, ProjectName.Parse(parts[0]), PythonVersion.Parse(parts[1]))
        {
            BuildTag = build,
            Tags = ParseTags(fileName, parts[^3], parts[^2], parts[^1]),
        };
    }

    private static List<WheelTag> ParseTags(string fileName, string pythons, string abis, string platforms)
    {
        string[][] sets = [pythons.Split('.'), abis.Split('.'), platforms.Split('.')];
        if (sets.Any(set => set.Any(tag => tag.Length == 0 || tag.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))))
            throw new PackagingException(
                PackagingFailure.InvalidTag,
                fileName,
                "tags of letters, digits and '_'",
                "Rename or rebuild the wheel."
            );
        if ((long)sets[0].Length * sets[1].Length * sets[2].Length > MaxTags)
            throw new PackagingException(PackagingFailure.InvalidTag, fileName, $"at most {MaxTags} tags", "Rename or rebuild the wheel.");
        return [.. from python in sets[0] from abi in sets[1] from platform in sets[2] select new WheelTag(python, abi, platform)];
    }

    // Old back ends left hyphens in the name (Demo-Pkg-1.0.0), so the last hyphen divides: a normal version holds none.
    private static DistributionFileName ParseSdist(string fileName, string stem)
    {
        var hyphen = stem.LastIndexOf('-');
        if (hyphen <= 0)
            throw Invalid(fileName, "{name}-{version}.tar.gz");
        return new DistributionFileName(
            fileName,
            DistributionKind.Sdist,
            ProjectName.Parse(stem[..hyphen]),
            PythonVersion.Parse(stem[(hyphen + 1)..])
        );
    }

    private static PackagingException Invalid(string fileName, string expected) =>
        new(PackagingFailure.InvalidFileName, fileName, expected, "Use the file that the build wrote, with its own name.");
}

/// <summary>The two kinds of distribution files that are published today.</summary>
public enum DistributionKind
{
    /// <summary>A source distribution: <c>.tar.gz</c>, or <c>.zip</c> in old form.</summary>
    Sdist,

    /// <summary>A built distribution: <c>.whl</c>.</summary>
    Wheel,
}

/// <summary>One compatibility tag of a wheel, for example <c>py3-none-any</c>.</summary>
/// <param name="Python">Interpreter and version, for example <c>cp312</c>.</param>
/// <param name="Abi">Binary interface, for example <c>abi3</c> or <c>none</c>.</param>
/// <param name="Platform">Platform, for example <c>manylinux_2_17_x86_64</c> or <c>any</c>.</param>
public sealed record WheelTag(string Python, string Abi, string Platform)
{
    /// <summary>The tag in its usual form, <c>{python}-{abi}-{platform}</c>.</summary>
    public override string ToString() => $"{Python}-{Abi}-{Platform}";
}
