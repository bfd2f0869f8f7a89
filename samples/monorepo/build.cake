#addin nuget:?package=Cake.PySign&version=0.1.0
using Cake.PySign.Recipe;

var projects = PySignProjects.Register(Task, new Dictionary<string, ReleaseOptions>
{
    ["Core"] = PySignProjects.Options(Context, "sample-core", "packages/core", "core-v{version}"),
    ["Cli"] = PySignProjects.Options(Context, "sample-cli", "packages/cli", "cli-v{version}"),
});

PySignTasks.Run(RunTarget, Argument("target", "PySign-Release"));
