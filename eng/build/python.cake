// Which Python builds and uploads: what is importable, else Debian packages, else a virtual environment with pip.

string python = "";

void SetUpPython(IReadOnlyCollection<string> projects, params (string Module, string Package)[] more)
{
    // With the back end importable nothing has to be fetched; without it, the build front end fetches it into an isolated environment.
    var needed = projects.SelectMany(DebianBackEndsOf).Concat(more).Distinct().ToList();
    var modules = new[] { "build", "twine" }.Concat(needed.Select(one => one.Module)).Distinct().ToArray();
    python = FindPython(modules) ?? InstallOrMake(needed, modules);
    Environment.SetEnvironmentVariable("PYSIGN_PYTHON", python);
    Information("Python: {0}", python);
}

// Nothing is installed on the system unasked: without --install a virtual environment below .tools has to do.
string InstallOrMake(List<(string Module, string Package)> needed, string[] modules)
{
    var packages = new[] { "python3", "python3-venv", "python3-pip", "python3-build", "twine" }
        .Concat(needed.Select(one => one.Package)).Distinct().ToList();
    if (HasArgument("install") && IsDebianRoot())
    {
        return InstallDebianPackages(packages, modules);
    }

    Warning("No Python here has {0}. Debian, Ubuntu: apt-get install {1}; as root, --install does it.", string.Join(", ", modules), string.Join(" ", packages));
    return FindPython(["build", "twine"]) ?? MakeVirtualEnvironment(packages);
}

// The back ends that Debian ships; only this set-up looks for their names, the build itself asks the project.
List<(string Module, string Package)> DebianBackEndsOf(string project)
{
    var file = System.IO.Path.Combine(project, "pyproject.toml");
    var text = System.IO.File.Exists(file) ? System.IO.File.ReadAllText(file) : "setuptools";
    var known = new (string Mention, string Module, string Package)[]
    {
        ("flit_core", "flit_core", "flit"),
        ("setuptools_scm", "setuptools_scm", "python3-setuptools-scm"),
        ("poetry", "poetry.core", "python3-poetry-core"),
        ("hatchling", "hatchling", "python3-hatchling"),
        ("setuptools", "setuptools", "python3-setuptools"),
        ("setuptools", "wheel", "python3-wheel"),
    };
    var found = known.Where(k => text.Contains(k.Mention, StringComparison.Ordinal)).Select(k => (k.Module, k.Package)).ToList();
    // A pyproject.toml without [build-system] means setuptools (PEP 518).
    return found.Count > 0 ? found : [("setuptools", "python3-setuptools"), ("wheel", "python3-wheel")];
}

string FindPython(string[] modules)
{
    var candidates = new[]
    {
        EnvironmentVariable("PYSIGN_PYTHON"), VenvPython(), "python3", "python", IsRunningOnWindows() ? "py" : "/usr/bin/python3",
    };
    return candidates.FirstOrDefault(candidate => !string.IsNullOrEmpty(candidate) && CanImport(candidate, modules));
}

bool CanImport(string interpreter, string[] modules)
{
    try
    {
        var arguments = new ProcessArgumentBuilder().Append("-c").AppendQuoted("import " + string.Join(", ", modules));
        return StartProcess(interpreter, new ProcessSettings
        {
            Arguments = arguments, Silent = true, RedirectStandardError = true, RedirectStandardOutput = true,
            // From the repository's root, "build" would be found as a namespace package if a folder of that name lay there.
            WorkingDirectory = System.IO.Path.GetTempPath(),
        }) == 0;
    }
    catch (Exception e) when (e is System.ComponentModel.Win32Exception or CakeException)
    {
        return false;
    }
}

bool IsDebianRoot() => IsRunningOnLinux() && Environment.UserName == "root" && System.IO.File.Exists("/etc/debian_version");

string InstallDebianPackages(List<string> packages, string[] modules)
{
    Information("Installing as root (--install): apt-get install {0}", string.Join(" ", packages));
    var quiet = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
    Run("apt-get", new ProcessArgumentBuilder().Append("update").Append("-qq"), quiet);
    Run("apt-get", new ProcessArgumentBuilder().Append("install").Append("-qq").Append("-y").Append("--no-install-recommends").Append(string.Join(" ", packages)), quiet);
    return CanImport("/usr/bin/python3", modules)
        ? "/usr/bin/python3"
        : throw new CakeException($"/usr/bin/python3 still cannot import {string.Join(", ", modules)} after installing {string.Join(" ", packages)}.");
}

string MakeVirtualEnvironment(List<string> packages)
{
    var host = new[] { "python3", "python", "py" }.FirstOrDefault(candidate => CanImport(candidate, ["venv", "pip"]))
        ?? throw new CakeException("No Python 3 with venv and pip was found (tried python3, python, py). Install Python 3.9 or newer, or set PYSIGN_PYTHON to one that has build and twine.");
    var folder = System.IO.Path.GetFullPath(".tools/python");
    Information("Making a virtual environment with build and twine in {0}", folder);
    try
    {
        Run(host, new ProcessArgumentBuilder().Append("-m").Append("venv").AppendQuoted(folder));
        Run(VenvPython(), new ProcessArgumentBuilder().Append("-m").Append("pip").Append("install").Append("--quiet").Append("build").Append("twine"));
    }
    catch (CakeException e)
    {
        // A half-made one would be found the next time.
        DeleteDirectory(folder, new DeleteDirectorySettings { Recursive = true, Force = true });
        throw new CakeException($"No virtual environment with build and twine could be made: {e.Message} Debian, Ubuntu: apt-get install {string.Join(" ", packages)}; as root, --install does it. Or set PYSIGN_PYTHON to a Python that has build and twine.");
    }

    return VenvPython();
}

string VenvPython() => System.IO.Path.GetFullPath(IsRunningOnWindows() ? ".tools/python/Scripts/python.exe" : ".tools/python/bin/python");
