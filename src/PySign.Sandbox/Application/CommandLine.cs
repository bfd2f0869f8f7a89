using System.Globalization;
using PySign.Sandbox.Hosting;
using PySign.Sandbox.Trust;

namespace PySign.Sandbox.Application;

/// <summary>Reads <c>[--port N] [--state DIR] [--ready-file FILE] [--parent-pid PID] [--private-instance] [--rsa-log]
/// [--verbose]</c>.</summary>
internal static class CommandLine
{
    public const string Usage =
        "PySign.Sandbox [--port N] [--state DIR] [--ready-file FILE] [--parent-pid PID] [--private-instance] [--rsa-log] [--verbose]";

    /// <exception cref="FormatException">An unknown option, a missing or a malformed value.</exception>
    public static SandboxOptions Parse(string[] arguments)
    {
        var options = new SandboxOptions();
        for (var position = 0; position < arguments.Length; position++)
        {
            var name = arguments[position];
            if (name == "--verbose")
            {
                options = options with { Verbose = true };
                continue;
            }

            if (name == "--private-instance")
            {
                options = options with { Instance = InstanceShape.Private with { RsaLog = options.Instance.RsaLog } };
                continue;
            }

            if (name == "--rsa-log")
            {
                options = options with { Instance = options.Instance with { RsaLog = true } };
                continue;
            }

            if (position + 1 == arguments.Length)
            {
                throw new FormatException($"'{name}' is unknown or lacks its value. Usage: {Usage}");
            }

            var value = arguments[++position];
            options = name switch
            {
                "--port" => options with { Port = Number(name, value, 65535) },
                "--state" => options with { StateDirectory = Path.GetFullPath(value) },
                "--ready-file" => options with { ReadyFile = Path.GetFullPath(value) },
                "--parent-pid" => options with { ParentProcessId = Number(name, value, int.MaxValue) },
                _ => throw new FormatException($"'{name}' is unknown. Usage: {Usage}"),
            };
        }

        return options;
    }

    private static int Number(string name, string value, int maximum) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum
            ? number
            : throw new FormatException($"'{name}' wants a number up to {maximum.ToString(CultureInfo.InvariantCulture)}, not '{value}'.");
}
