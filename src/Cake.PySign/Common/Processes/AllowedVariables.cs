using System.Text.RegularExpressions;

namespace Cake.PySign.Common.Processes;

/// <summary>
/// The variables that every child is given: what programs need to run at all, what compilers and Python's build tools are steered by, and
/// the facts of a CI job that versions are computed from. Whatever else a job holds stays with it; <c>PYSIGN_PASS_VARIABLES</c> and the
/// <c>PassVariables</c> of the settings name more.
/// </summary>
internal static partial class AllowedVariables
{
    /// <summary>Names, or beginnings with a star, between commas or white space, that every child is given in addition.</summary>
    public const string Parameter = "PYSIGN_PASS_VARIABLES";

    /// <summary>Whether a variable of this name is given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="further">The value of <see cref="Parameter"/>, or null.</param>
    public static bool Allows(string name, string? further) => Usual().IsMatch(name) || IsNamed(name, further);

    /// <summary>Whether the value of <see cref="Parameter"/> names the variable.</summary>
    public static bool IsNamed(string name, string? further) =>
        (further ?? "")
            .Split([',', ' ', ';', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Any(one =>
                one.EndsWith('*') && one.Length > 1
                    ? name.StartsWith(one[..^1], StringComparison.OrdinalIgnoreCase)
                    : name.Equals(one, StringComparison.OrdinalIgnoreCase)
            );

    [GeneratedRegex(
        @"\A(?:"
            // The system's own.
            + @"PATH|HOME|USER|LOGNAME|USERNAME|SHELL|PWD|LANG|LANGUAGE|LC_[A-Z]+|TZ|TZDIR|TERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|"
            + @"HOSTNAME|"
            + @"TMP|TEMP|TMPDIR|XDG_[A-Z_]+|LD_LIBRARY_PATH|DYLD_[A-Z_]+|LIBRARY_PATH|LD_PRELOAD|"
            + @"SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|OS|USERPROFILE|USERDOMAIN|COMPUTERNAME|APPDATA|LOCALAPPDATA|ALLUSERSPROFILE|"
            + @"PUBLIC|ProgramData|ProgramFiles|ProgramFiles\(x86\)|ProgramW6432|CommonProgramFiles|CommonProgramFiles\(x86\)|"
            + @"CommonProgramW6432|"
            + @"NUMBER_OF_PROCESSORS|PROCESSOR_[A-Z0-9_]+|HOMEDRIVE|HOMEPATH|"
            // Authorities and proxies; a proxy's password is taken out elsewhere.
            + @"SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO|"
            + @"(?:HTTP|HTTPS|ALL|NO|FTP)_PROXY|"
            // Python, its installers and back ends.
            + @"PYTHON[A-Z0-9_]*|PIP_[A-Z0-9_]+|VIRTUAL_ENV|CONDA_PREFIX|PYENV_[A-Z_]+|UV_(?:CACHE_DIR|PYTHON[A-Z_]*|OFFLINE|SYSTEM_CERTS|"
            + @"NATIVE_TLS|INDEX_URL|DEFAULT_INDEX)|"
            + @"SOURCE_DATE_EPOCH|SETUPTOOLS_[A-Z0-9_]+|SETUPTOOLS_SCM_PRETEND_VERSION[A-Z0-9_]*|DISTUTILS_[A-Z_]+|PBR_[A-Z_]+|"
            + @"HATCH_(?:BUILD|VCS|VERSION)[A-Z_]*|"
            + @"PDM_BUILD[A-Z_]*|POETRY_DYNAMIC_VERSIONING_[A-Z_]+|FLIT_[A-Z_]+|VERSIONEER_[A-Z_]+|SKBUILD_[A-Z_]+|CIBUILDWHEEL|"
            + @"AUDITWHEEL_[A-Z_]+|"
            // Compilers.
            + @"CC|CXX|CPP|FC|F77|F90|LD|AR|AS|NM|RANLIB|STRIP|OBJCOPY|LDSHARED|[A-Z0-9]*FLAGS|ARCHFLAGS|CPATH|C_INCLUDE_PATH|"
            + @"CPLUS_INCLUDE_PATH|"
            + @"INCLUDE|LIB|LIBPATH|VS[A-Z0-9]*COMNTOOLS|VC[A-Z0-9]*|Visual[A-Za-z]*|WindowsSdk[A-Za-z]*|UCRTVersion|UniversalCRTSdkDir|"
            + @"DISTUTILS_USE_SDK|MSSdk|"
            + @"CMAKE_[A-Z0-9_]+|MESON[A-Z0-9_]*|NINJA[A-Z0-9_]*|PKG_CONFIG[A-Z0-9_]*|ACLOCAL_PATH|MAKE|MAKELEVEL|SDKROOT|DEVELOPER_DIR|"
            + @"MACOSX_DEPLOYMENT_TARGET|"
            + @"CARGO_HOME|CARGO_TARGET_DIR|CARGO_BUILD_[A-Z0-9_]+|CARGO_NET_OFFLINE|RUSTUP_HOME|RUSTUP_TOOLCHAIN|RUSTC[A-Z_]*|GOPATH|"
            + @"GOROOT|GOCACHE|JAVA_HOME|"
            + @"CUDA_[A-Z_]+|CCACHE_DIR|SCCACHE_DIR|"
            // .NET, for the sandbox.
            + @"DOTNET_(?:ROOT[A-Z0-9_()]*|CLI_HOME|NOLOGO|SYSTEM_GLOBALIZATION_[A-Z]+|gc[A-Za-z]+|GC[A-Za-z]+)|"
            // What a CI job says of itself, and nobody has to hide.
            + @"CI|GITHUB_(?:ACTIONS|REF|REF_NAME|REF_TYPE|SHA|REPOSITORY|RUN_ID|RUN_NUMBER|RUN_ATTEMPT|WORKSPACE|SERVER_URL)|GITLAB_CI|"
            + @"CI_(?:COMMIT_(?:SHA|SHORT_SHA|TAG|BRANCH|REF_NAME|REF_SLUG|TIMESTAMP)|PROJECT_(?:NAME|PATH|DIR|URL|ID)|PIPELINE_ID|"
            + @"PIPELINE_IID|JOB_ID|JOB_NAME|SERVER_HOST|SERVER_URL)|"
            + @"RUNNER_(?:OS|ARCH|TEMP|TOOL_CACHE)|BUILD_NUMBER"
            + @")\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Usual();
}
