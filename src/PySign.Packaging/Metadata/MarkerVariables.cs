namespace PySign.Packaging.Metadata;

/// <summary>The names that an environment marker may ask for (dependency specifiers, "Environment Markers"; extras and dependency groups of
/// PEP 751).</summary>
internal static class MarkerVariables
{
    public static readonly IReadOnlySet<string> Known = new HashSet<string>(StringComparer.Ordinal)
    {
        "dependency_groups",
        "extra",
        "extras",
        "implementation_name",
        "implementation_version",
        "os_name",
        "platform_machine",
        "platform_python_implementation",
        "platform_release",
        "platform_system",
        "platform_version",
        "python_full_version",
        "python_version",
        "sys_platform",
        // Spellings of before PEP 508, which packaging still reads.
        "os.name",
        "platform.machine",
        "platform.python_implementation",
        "platform.version",
        "python_implementation",
        "sys.platform",
    };
}
