using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Cake.PySign.Recipe;
using NSubstitute;

namespace Cake.PySign.ReleaseHost;

/// <summary>
/// A host over Cake.Core with the build compiled in, as Frosting and Cake.Sdk have it: arguments with two hyphens, its own working
/// directory, the recipe's tasks on its engine. It stands in for both, whose packages are not everywhere to be had. What its build does
/// beside the release is said by arguments that begin with <c>--build-</c>.
/// </summary>
internal static class RehearsalHost
{
    public static int Run(string[] args)
    {
        var environment = new CakeEnvironment(new CakePlatform(), new CakeRuntime());
        var arguments = new CakeArguments(
            args.Select(argument => argument[2..].Split('=', 2)).ToLookup(pair => pair[0], pair => pair.ElementAtOrDefault(1) ?? "")
        );
        if (arguments.GetArgument("build-folder") is { } folder)
        {
            environment.WorkingDirectory = new DirectoryPath(folder).MakeAbsolute(environment).Collapse();
        }

        var log = new CakeBuildLog(new CakeConsole(environment), Verbosity.Normal);
        var context = Context(environment, arguments, log);
        var engine = new CakeEngine(new CakeDataService(), log);
        try
        {
            Register(engine, context);
            var target = arguments.GetArgument("target") ?? "PySign-Release";
            PySignTasks.Run(name => Run(engine, context, log, name), arguments.GetArgument("build-fixed-target") ?? target);
            return 0;
        }
        catch (CakeException e)
        {
            log.Error("Error: {0}", e.Message);
            return e.ExitCode;
        }
        catch (CakeReportException e)
        {
            log.Error("Error: {0}", e.Message);
            return 1;
        }
    }

    /// <summary>What a build's own code would say.</summary>
    private static void Register(CakeEngine engine, ICakeContext context)
    {
        string? Said(string name) => context.Arguments.GetArgument($"build-{name}");
        if (Said("projects") is { } patterns)
        {
            var tags = patterns.Split(',');
            PySignProjects.Register(
                engine.RegisterTask,
                new Dictionary<string, ReleaseOptions>
                {
                    ["Core"] = PySignProjects.Options(context, "core", "packages/core", tags[0]),
                    ["Cli"] = PySignProjects.Options(context, "cli", "packages/cli", tags[^1]),
                }
            );
            return;
        }

        var options = ReleaseOptions.From(context);
        options.Version = Said("version") ?? options.Version;
        options.CertificateIdentity = Said("identity") ?? options.CertificateIdentity;
        if (Said("index") is { } index)
        {
            options.RepositoryUrl = new Uri(index);
        }

        var tasks = PySignTasks.Register(engine, options);
        if (Said("second") is { } second)
        {
            var more = ReleaseOptions.From(context);
            (more.ProjectDirectory, more.DistDirectory, more.ConsumerDirectory) = (second, $"{second}/out", $"{second}/consumer");
            PySignTasks.Register(engine.RegisterTask, more, "Tools");
        }

        if (Said("step") is { } step)
        {
            tasks.Build.Does(_ =>
                context.Log.Information(
                    "STEP {0} rehearsal={1} in {2} home={3} secrets={4}",
                    step,
                    tasks.IsRehearsal,
                    Environment.CurrentDirectory,
                    Directory.GetFiles(Environment.GetEnvironmentVariable("HOME")!, "*", SearchOption.AllDirectories).Length,
                    string.Join(',', context.Environment.GetEnvironmentVariables().Where(one => one.Value?.Contains("canary") == true))
                )
            );
        }

        if (Said("criterion") is { } stage)
        {
            tasks.Verify.WithCriteria(stage != "Verify", "not today");
        }

        if (Said("breaks") is not null)
        {
            tasks.Test.Does(_ => throw new InvalidOperationException("the step of the script broke"));
        }
    }

    private static CakeReport Run(CakeEngine engine, ICakeContext context, ICakeLog log, string target)
    {
        var strategy = new DefaultExecutionStrategy(log, Substitute.For<ICakeReportPrinter>());
#pragma warning disable VSTHRD002 // A host's entry point.
        return engine.RunTargetAsync(context, strategy, new ExecutionSettings().SetTarget(target)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private static CakeContext Context(CakeEnvironment environment, CakeArguments arguments, ICakeLog log)
    {
        var files = new FileSystem();
        var globber = new Globber(files, environment);
        var configuration = new CakeConfiguration(new Dictionary<string, string>(StringComparer.Ordinal));
        var tools = new ToolLocator(
            environment,
            new ToolRepository(environment),
            new ToolResolutionStrategy(files, environment, globber, configuration, log)
        );
        return new CakeContext(
            files,
            environment,
            globber,
            log,
            arguments,
            new ProcessRunner(files, environment, log, tools, configuration),
            Substitute.For<IRegistry>(),
            tools,
            new CakeDataService(),
            configuration,
            Substitute.For<IToolInstaller>(),
            Substitute.For<IServiceProvider>()
        );
    }
}
