using System.Text.RegularExpressions;
using Cake.Core.IO;

namespace Cake.PySign.Test;

/// <summary>What an interpreter says of itself, as far as testing on it needs.</summary>
/// <param name="Path">Where it was found; a virtual environment is made with exactly this one.</param>
/// <param name="Origin">Who showed it: pyenv, py, PATH or the settings.</param>
/// <param name="Implementation">Such as <c>CPython</c> or <c>PyPy</c>.</param>
/// <param name="Version">The whole version.</param>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second number.</param>
/// <param name="Abi">Its ABI tag, such as <c>cp312</c>, <c>cp313t</c> or <c>pypy310_pp73</c>.</param>
/// <param name="Platform">Its platform tag without a policy, such as <c>linux_x86_64</c>.</param>
/// <param name="RealPath">The executable behind links.</param>
/// <param name="IsVirtual">Whether it is a virtual environment.</param>
/// <param name="HasVenv">Whether it can make one.</param>
/// <param name="HasEnsurePip">Whether it can put pip into one.</param>
/// <param name="Pip">Its own pip's version; null without one.</param>
internal sealed partial record InterpreterFacts(
    FilePath Path,
    string Origin,
    string Implementation,
    string Version,
    int Major,
    int Minor,
    string Abi,
    string Platform,
    string RealPath,
    bool IsVirtual,
    bool HasVenv,
    bool HasEnsurePip,
    string? Pip
)
{
    /// <summary>Two letters as wheel tags have them.</summary>
    public string TagPrefix => Implementation == "PyPy" ? "pp" : "cp";

    public bool IsFreeThreaded => Abi.EndsWith('t');

    /// <summary>What a person would call it: <c>3.12</c>, <c>3.13t</c>, <c>pypy3.10</c>.</summary>
    public string ShortName =>
        $"{(Implementation == "CPython" ? "" : Implementation.ToLowerInvariant())}{Major}.{Minor}{(IsFreeThreaded ? "t" : "")}";

    /// <summary>pip installs into another environment (<c>--python</c>) since 22.3.</summary>
    public bool CanInstallElsewhere =>
        Pip is not null
        && PipVersion().Match(Pip) is { Success: true } match
        && (Number(match.Groups[1]), Number(match.Groups[2])) is var (major, minor)
        && (major > 22 || (major == 22 && minor >= 3));

    public override string ToString() => $"{Implementation} {Version} ({Path.FullPath})";

    private static int Number(Group group) => int.Parse(group.Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(\d{1,4})\.(\d{1,4})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PipVersion();
}
