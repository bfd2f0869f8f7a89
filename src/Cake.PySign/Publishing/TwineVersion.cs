using System.Globalization;
using Cake.PySign.Processes;

namespace Cake.PySign.Publishing;

/// <summary>The versions of twine whose options and messages are known here: 4 to 7.</summary>
internal static class TwineVersion
{
    private const int Oldest = 4;

    /// <exception cref="PySignException">The installed twine is older.</exception>
    public static void Require(PythonInterpreter python)
    {
        // Older ones upload without reading the metadata properly and word their errors otherwise; newer ones have kept to what 4 to 7 print.
        if (int.TryParse(python.ModuleVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < Oldest)
        {
            throw new PySignException(
                PySignFailure.ToolTooOld,
                $"{python.Path} has twine {python.ModuleVersion}; {Oldest}.0 or newer is needed.",
                "Install a newer twine, or name another interpreter with PythonPath or PYSIGN_PYTHON.");
        }
    }
}
