using System.Globalization;
using System.Text.Json;
using Cake.Core;
using Cake.PySign.ReleaseHost;
using Cake.PySign.Tests.Rig;

if (args is [] || args[0].StartsWith("--", StringComparison.Ordinal))
{
    return RehearsalHost.Run(args);
}

// Tasks of the recipe in a process of their own, on a real engine: a test kills it at any moment and starts it again, or asks what it read.
// Arguments: the job's folder, a JSON object of its variables, and the targets; without targets the publishing ones. The answer is each
// target, and after it "read", the target, the bytes that it read and the largest memory of the process so far.
using var rig = new CakeRig();
rig.Environment.WorkingDirectory = args[0];
foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string?>>(File.ReadAllBytes(args[1]))!)
{
    rig.Environment.Variables[name] = value;
}

try
{
    string[] targets = args.Length > 2 ? args[2..] : ["PySign-PublishSignatures", "PySign-Publish"];
    foreach (var target in targets)
    {
        var before = Process("io", "rchar:");
        new TaskRun(rig).Run(target);
        Console.WriteLine(target);
        Console.WriteLine($"read {target} {Process("io", "rchar:") - before} {Process("status", "VmHWM:")}");
    }

    return 0;
}
catch (CakeException e)
{
    Console.Error.WriteLine(e.Message);
    return e.ExitCode;
}

// Linux alone tells; elsewhere nothing was read.
static long Process(string file, string name) =>
    File.Exists($"/proc/self/{file}")
        ? long.Parse(
            File.ReadLines($"/proc/self/{file}")
                .Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
                .Replace("kB", "", StringComparison.Ordinal)
                .Trim(),
            CultureInfo.InvariantCulture
        )
        : 0;
