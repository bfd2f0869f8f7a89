using System.Globalization;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Publish;

/// <summary>The versions of twine whose options and messages are known here: 4 to 7.</summary>
internal static class TwineVersion
{
    private const int Oldest = 4;

    // twine 5.1 sends attestations too, but the first of the versions that are known to do it as PyPI wants it is 6.1.
    private static readonly Version _attesting = new(6, 1);

    /// <exception cref="PySignException">The installed twine is older.</exception>
    public static void Require(PythonInterpreter python, bool attestations)
    {
        if (
            attestations
            && Version.TryParse(string.Join('.', python.ModuleVersion.Split('.').Take(2)), out var version)
            && version < _attesting
        )
        {
            throw new PySignException(
                PySignFailure.ToolTooOld,
                $"{python.Path} has twine {python.ModuleVersion}; attestations need {_attesting} or newer. Nothing was sent.",
                "Install a newer twine, name another interpreter with Python or PYSIGN_PYTHON, or set UploadAttestations to false."
            );
        }

        // Older ones upload without reading the metadata properly and word their errors otherwise; newer ones have kept to what 4 to 7
        // print.
        if (
            int.TryParse(python.ModuleVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && major < Oldest
        )
        {
            throw new PySignException(
                PySignFailure.ToolTooOld,
                $"{python.Path} has twine {python.ModuleVersion}; {Oldest}.0 or newer is needed.",
                "Install a newer twine, or name another interpreter with Python or PYSIGN_PYTHON."
            );
        }
    }
}
