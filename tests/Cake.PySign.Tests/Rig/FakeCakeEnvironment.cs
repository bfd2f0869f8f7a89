using Cake.Core;
using Cake.Core.IO;

namespace Cake.PySign.Tests.Rig;

/// <summary>Its own working directory and variables: the real one changes the whole process.</summary>
internal sealed class FakeCakeEnvironment(DirectoryPath workingDirectory) : ICakeEnvironment
{
    public Dictionary<string, string?> Variables { get; } =
        new(StringComparer.Ordinal)
        {
            // What a child needs to start at all on every system.
            ["PATH"] = Environment.GetEnvironmentVariable("PATH"),
            ["HOME"] = Environment.GetEnvironmentVariable("HOME"),
            ["SystemRoot"] = Environment.GetEnvironmentVariable("SystemRoot"),
            ["TMPDIR"] = Environment.GetEnvironmentVariable("TMPDIR"),
        };

    public DirectoryPath WorkingDirectory { get; set; } = workingDirectory;

    public DirectoryPath UserHomeDirectory => WorkingDirectory;

    public DirectoryPath ApplicationRoot => AppContext.BaseDirectory;

    public ICakePlatform Platform { get; } = new CakePlatform();

    public ICakeRuntime Runtime { get; } = new CakeRuntime();

    public DirectoryPath GetSpecialPath(SpecialPath path) => WorkingDirectory;

    public string? GetEnvironmentVariable(string variable) => Variables.GetValueOrDefault(variable);

    public IDictionary<string, string?> GetEnvironmentVariables() =>
        Variables.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value);
}
