using Cake.Core;
using Cake.Core.IO;
using Cake.PySign.Build;

namespace Cake.PySign.Recipe.Rehearsing;

/// <summary>
/// Where the script and the folders of its release lie, seen from the repository that is played: a job finds them at the same places in
/// its checkout, and is told so where the script lies elsewhere.
/// </summary>
internal sealed class ScriptPlaces
{
    // The real key and its password are in no job, and neither is the path to them.
    private static readonly string[] _ofKey = ["key", "key-password-file", "signer", "signer-arguments", "signer-variables"];
    private static readonly string[] _ofFolders = ["project", "dist", "consumer", "report", "test-report"];

    private readonly ICakeContext _context;
    private readonly IReadOnlyList<RehearsedProject> _projects;
    private readonly ReleaseOptions _script;
    private readonly DirectoryPath _folder;
    private readonly string _root;
    private readonly bool _isInside;

    /// <param name="context">The script's context.</param>
    /// <param name="projects">The projects that take part.</param>
    /// <param name="root">The top of the repository.</param>
    public ScriptPlaces(ICakeContext context, IReadOnlyList<RehearsedProject> projects, string root)
    {
        _context = context;
        _projects = projects;
        _script = projects[0].Options;
        _folder = context.Environment.WorkingDirectory;
        _root = root;

        // As it is unless another project is named.
        _isInside = PlayedSources.Below(root, RealPath.Of(_folder.FullPath)) is not null;
    }

    /// <summary>The tools of this process.</summary>
    public static DirectoryPath Tools(ICakeContext context) =>
        context.Configuration.GetToolPath(context.Environment.WorkingDirectory, context.Environment).MakeAbsolute(context.Environment);

    /// <summary>The folders of the release, in the user's own repository.</summary>
    public IReadOnlyList<ReleaseFolder> Folders() =>
        [
            .. _projects.SelectMany(project =>
                new ReleaseFolder[]
                {
                    new(PlayedArtifacts.Dist, project.Name, InRepository(project.Options.DistDirectory)),
                    new(PlayedArtifacts.TestResults, project.Name, InRepository(project.Options.Test.ReportFile.GetDirectory())),
                    new(PlayedArtifacts.Consumer, project.Name, InRepository(project.Options.ConsumerDirectory)),
                    new(PlayedArtifacts.Report, project.Name, InRepository(project.Options.ReportDirectory)),
                }
            ),
        ];

    /// <summary>Where each job starts the script, and what of its arguments is not repeated.</summary>
    public PlayedPlace Place(OwnCommand command, PlayedFolders folders) =>
        new(_folder, Started(command), folders.Home, folders.Map, [.. _ofKey, .. _isInside ? [] : _ofFolders]);

    /// <summary>What Cake itself is told in each job: tools and addins are those of this process, and a script is compiled once.</summary>
    public Dictionary<string, string> Variables(PlayedFolders folders)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CAKE_PATHS_TOOLS"] = Tools(_context).FullPath,
            ["CAKE_PATHS_CACHE"] = folders.Cache.FullPath,
            ["CAKE_SETTINGS_ENABLESCRIPTCACHE"] = "true",
            [RehearsedOptions.Variable] = "true",
            [RehearsedOptions.PublicKeyVariable] = _script.PublicKey?.MakeAbsolute(_context.Environment).FullPath ?? "",
            ["TMPDIR"] = folders.Temporary.FullPath,
            ["TMP"] = folders.Temporary.FullPath,
            ["TEMP"] = folders.Temporary.FullPath,
        };
        if (!_isInside)
        {
            RequireOneProject();
            var places = Folders().ToDictionary(place => place.Kind, place => place.Folder);
            variables["PYSIGN_PROJECT"] = folders.Of(_script.ProjectDirectory.MakeAbsolute(_context.Environment).Collapse()).FullPath;
            variables["PYSIGN_DIST"] = folders.Of(places[PlayedArtifacts.Dist]).FullPath;
            variables["PYSIGN_CONSUMER"] = folders.Of(places[PlayedArtifacts.Consumer]).FullPath;
            variables["PYSIGN_REPORT"] = folders.Of(places[PlayedArtifacts.Report]).FullPath;
            variables["PYSIGN_TEST_REPORT"] = folders
                .Of(places[PlayedArtifacts.TestResults])
                .CombineWithFilePath(_script.Test.ReportFile.GetFilename())
                .FullPath;
        }

        return variables;
    }

    private DirectoryPath InRepository(DirectoryPath folder)
    {
        var absolute = folder.MakeAbsolute(_context.Environment).Collapse();
        return !_isInside && PlayedSources.Below(_folder.FullPath, absolute.FullPath) is { Length: > 0 } below
            ? new DirectoryPath(_root).Combine(below)
            : absolute;
    }

    /// <summary>Cake.Tool changes to the script's folder; other hosts change from where they were started.</summary>
    private DirectoryPath Started(OwnCommand command)
    {
        if (command.RunsScript || _context.Environment.GetEnvironmentVariable("PWD") is not { } shell)
        {
            return _folder;
        }

        var real = RealPath.Of(shell);
        return PlayedSources.Below(_root, real) is not null && Directory.Exists(shell) ? real : _folder;
    }

    // Each has a folder of its own below what one variable says.
    private void RequireOneProject()
    {
        if (_script.Beside.Count > 0)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                "The script of several projects lies in another repository than they do, where no CI job would find it.",
                "Put it into the projects' repository."
            );
        }
    }
}
