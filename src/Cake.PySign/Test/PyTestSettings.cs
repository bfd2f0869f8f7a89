using Cake.Core.IO;

namespace Cake.PySign.Test;

/// <summary>What <c>PyTest</c> tests, on which interpreters and how. Everything has a working default.</summary>
/// <remarks>Of <see cref="PySignSettings.Network"/> pip needs the CA file; the tests are not given it.</remarks>
public sealed class PyTestSettings : PySignSettings
{
    /// <summary>The wheels that are tested.</summary>
    /// <value>Files of one project and version; default: every wheel in the project's <c>dist</c> folder. Each interpreter gets the first
    /// that its tags fit.</value>
    public IList<FilePath> Wheels { get; } = Setting.List<FilePath>();

    /// <summary>The folder that holds the tests.</summary>
    /// <value>Relative to the project; default <c>tests</c>, else <c>test</c>. It is copied and run from the copy, so that the source tree
    /// is out of reach.</value>
    public DirectoryPath? TestDirectory { get; set; }

    /// <summary>Further files and folders that the tests read.</summary>
    /// <value>Paths below the project, copied to the same place beside the tests. The package itself must not be among them.</value>
    public IList<string> TestFiles { get; } = Setting.List<string>();

    /// <summary>The interpreters to test on.</summary>
    /// <value>Versions (<c>3.12</c>, <c>3.12.1</c>, <c>pypy3.10</c>) or paths; each must exist. Empty, or <c>all</c>: every one that pyenv,
    /// the <c>py</c> launcher or PATH shows, the newest of each minor version.</value>
    public IList<string> Interpreters { get; } = Setting.List<string>();

    /// <summary>What runs the tests.</summary>
    /// <value>Default <see cref="TestFramework.Auto"/>.</value>
    public TestFramework Framework { get; set; } = TestFramework.Auto;

    /// <summary>Which files hold tests, for unittest.</summary>
    /// <value>A pattern of file names; default <c>test*.py</c>. pytest reads its own configuration.</value>
    public string UnittestPattern
    {
        get;
        set => field = Setting.NotNull(value);
    } = "test*.py";

    /// <summary>Further arguments for pytest.</summary>
    /// <value>Never put a secret here: arguments are visible to the whole machine.</value>
    public IList<string> PytestArguments { get; } = Setting.List<string>();

    /// <summary>Requirements that the tests have in addition to the wheel's own.</summary>
    /// <value>Requirement specifiers, such as <c>pytest&gt;=8</c>.</value>
    public IList<string> Requirements { get; } = Setting.List<string>();

    /// <summary>Groups of requirements in the project's <c>[dependency-groups]</c> (PEP 735) to install.</summary>
    /// <value>Names; default none.</value>
    public IList<string> Groups { get; } = Setting.List<string>();

    /// <summary>Extras of the wheel to install.</summary>
    /// <value>Names, such as <c>test</c>.</value>
    public IList<string> Extras { get; } = Setting.List<string>();

    /// <summary>Bounds on what is installed (pip's <c>--constraint</c>).</summary>
    /// <value>A file; default none.</value>
    public FilePath? Constraints { get; set; }

    /// <summary>Whether pip may ask no package index.</summary>
    /// <value>Default <see langword="false"/>. A wheel without dependencies never needs one.</value>
    public bool NoIndex { get; set; }

    /// <summary>Whether the tests also see what is installed for the interpreter itself, such as Debian's python3-pytest.</summary>
    /// <value>Default <see langword="false"/>: nothing but the wheel and its requirements.</value>
    public bool SystemSitePackages { get; set; }

    /// <summary>How many interpreters are tested at the same time.</summary>
    /// <value>1 or more; <see langword="null"/> (default) means as many as there are processors.</value>
    public int? MaxInterpreters { get; set; }

    /// <summary>How long one interpreter may take, installing included.</summary>
    /// <value>Default 15 minutes. After that its whole process tree is ended, and it counts as failed.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Where the JUnit report of all interpreters is written.</summary>
    /// <value>A file, relative to Cake's working directory; default <c>test-results/junit.xml</c>. It is written when tests fail,
    /// too.</value>
    public FilePath ReportFile
    {
        get;
        set => field = Setting.NotNull(value);
    } = "test-results/junit.xml";

    /// <summary>Variables set for the tests.</summary>
    /// <value>Name to value. They win over the inherited environment.</value>
    public IDictionary<string, string> EnvironmentVariables { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Inherited variables that pip and the tests may see although their names look like secrets.</summary>
    /// <value>Names. Tests and their requirements are third-party code, so by default they see no token and no password.</value>
    public IList<string> PassVariables { get; } = Setting.List<string>();
}

/// <summary>What runs the tests.</summary>
public enum TestFramework
{
    /// <summary>pytest where the project's files ask for it or its requirements bring it, else unittest.</summary>
    Auto,

    /// <summary>The standard library's unittest, with this addin's own JUnit writer.</summary>
    Unittest,

    /// <summary>pytest, which is installed beside the wheel.</summary>
    Pytest,
}
