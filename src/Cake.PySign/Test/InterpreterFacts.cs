using System.Text.RegularExpressions;
using Cake.Core.IO;

namespace Cake.PySign.Test;

/// <summary>What an interpreter says of itself, as far as testing on it needs.</summary>
internal sealed partial record InterpreterFacts
{
    /// <summary>Where it was found; a virtual environment is made with exactly this one.</summary>
    public required FilePath Path { get; init; }

    /// <summary>Who showed it: pyenv, py, PATH or the settings.</summary>
    public required string Origin { get; init; }

    /// <summary>Such as <c>CPython</c> or <c>PyPy</c>.</summary>
    public required string Implementation { get; init; }

    /// <summary>The whole version.</summary>
    public required string Version { get; init; }

    /// <summary>The first number.</summary>
    public required int Major { get; init; }

    /// <summary>The second number.</summary>
    public required int Minor { get; init; }

    /// <summary>Its ABI tag, such as <c>cp312</c>, <c>cp313t</c> or <c>pypy310_pp73</c>.</summary>
    public required string Abi { get; init; }

    /// <summary>Its platform tag without a policy, such as <c>linux_x86_64</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>The executable behind links.</summary>
    public required string RealPath { get; init; }

    /// <summary>Whether it is a virtual environment.</summary>
    public required bool IsVirtual { get; init; }

    /// <summary>Whether it can make one.</summary>
    public required bool HasVenv { get; init; }

    /// <summary>Whether it can put pip into one.</summary>
    public required bool HasEnsurePip { get; init; }

    /// <summary>Its own pip's version; null without one.</summary>
    public string? Pip { get; init; }

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

    [GeneratedRegex(@"^([0-9]{1,4})\.([0-9]{1,4})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PipVersion();
}
