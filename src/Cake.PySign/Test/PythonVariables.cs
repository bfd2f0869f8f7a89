using Cake.Core;

namespace Cake.PySign.Test;

/// <summary>The variables that would make another Python's modules, or the source tree, visible to an environment that is to hold only the
/// wheel.</summary>
internal static class PythonVariables
{
    // Each of them sends pip's installation elsewhere than into the environment it is told.
    private static readonly string[] _misleading =
    [
        "VIRTUAL_ENV",
        "__PYVENV_LAUNCHER__",
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_PYTHON",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_DRY_RUN",
        "PIP_REPORT",
        "PIP_LOG",
    ];

    /// <summary>Variables for a child: Python's own taken away, plain UTF-8 output, nothing asked.</summary>
    public static Dictionary<string, string?> Clean(ICakeEnvironment environment)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in environment.GetEnvironmentVariables().Keys)
        {
            if (
                name.StartsWith("PYTHON", StringComparison.OrdinalIgnoreCase)
                || _misleading.Contains(name, StringComparer.OrdinalIgnoreCase)
            )
            {
                variables[name] = null;
            }
        }

        variables["PYTHONNOUSERSITE"] = "1";
        variables["PYTHONUTF8"] = "1";
        variables["PYTHONUNBUFFERED"] = "1";
        variables["NO_COLOR"] = "1";
        variables["PIP_DISABLE_PIP_VERSION_CHECK"] = "1";
        variables["PIP_NO_INPUT"] = "1";
        return variables;
    }
}
