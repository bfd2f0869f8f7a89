using System.Text.Json;
using Cake.Core;
using Cake.PySign.ReleaseHost;
using Cake.PySign.Tests.Rig;

if (args is [] || args[0].StartsWith("--", StringComparison.Ordinal))
{
    return RehearsalHost.Run(args);
}

// The recipe's publishing tasks in a process of their own, on a real engine: a test kills it at any moment and starts it again.
// Arguments: the job's folder, a JSON object of its variables, and the targets, where they are not those that publish.
using var rig = new CakeRig();
rig.Environment.WorkingDirectory = args[0];
foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string?>>(File.ReadAllBytes(args[1]))!)
{
    rig.Environment.Variables[name] = value;
}

try
{
    foreach (var target in args.Length > 2 ? args[2..] : ["PySign-PublishSignatures", "PySign-Publish"])
    {
        new TaskRun(rig).Run(target);
        Console.WriteLine(target);
    }

    return 0;
}
catch (CakeException e)
{
    Console.Error.WriteLine(e.Message);
    return e.ExitCode;
}
