using System.Text.Json;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.PySign.Common.Processes;

namespace Cake.PySign.Test;

/// <summary>Asks an interpreter what it is. Whatever is on PATH under such a name may be something else, so every answer is
/// checked.</summary>
internal sealed class InterpreterProbe(IChildProcessRunner processes, ICakeEnvironment environment)
{
    private const string Mark = "pysign-interpreter ";

    private static readonly TimeSpan _time = TimeSpan.FromMinutes(1);

    // Written for Python 2.7, too: an old interpreter is to say that it is old.
    private const string Question = """
        import json, os, platform, sys
        def can(name):
            try:
                __import__(name)
                return True
            except Exception:
                return False
        try:
            import sysconfig
            soabi, system = sysconfig.get_config_var('SOABI'), sysconfig.get_platform()
        except Exception:
            soabi, system = None, ''
        pip = getattr(sys.modules.get('pip'), '__version__', '') if can('pip') else ''
        print('pysign-interpreter ' + json.dumps({
            'implementation': platform.python_implementation(), 'version': platform.python_version(),
            'major': sys.version_info[0], 'minor': sys.version_info[1], 'soabi': soabi or '', 'platform': system,
            'real': os.path.realpath(sys.executable), 'virtual': sys.prefix != getattr(sys, 'base_prefix', sys.prefix),
            'venv': can('venv'), 'ensurepip': can('ensurepip'), 'pip': pip}))
        """;

    /// <summary>The interpreter, or why it is none.</summary>
    public async Task<(InterpreterFacts? Facts, string? Problem)> AskAsync(
        FilePath path,
        string origin,
        DirectoryPath folder,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(path.FullPath))
        {
            return (null, "no such file");
        }

        try
        {
            var result = await processes
                .RunAsync(
                    new ChildProcessStart
                    {
                        Program = path,
                        Arguments = ["-c", Question],
                        WorkingDirectory = folder,
                        Variables = PythonVariables.Clean(environment),
                        Timeout = _time,
                        OutputVerbosity = Verbosity.Diagnostic,
                    },
                    cancellationToken
                )
                .ConfigureAwait(false);
            var line = result.Output.FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal));
            return line is not null && result.ExitCode == 0
                ? (Read(path, origin, line[Mark.Length..]), null)
                : (null, result.Lines.LastOrDefault(line => line.Text.Trim().Length > 0).Text ?? $"exit code {result.ExitCode}");
        }
        catch (PySignException e)
        {
            return (null, e.Message);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return (null, $"its answer cannot be read: {e.Message}");
        }
    }

    private static InterpreterFacts Read(FilePath path, string origin, string answer)
    {
        using var json = JsonDocument.Parse(answer);
        var root = json.RootElement;
        var implementation = Text("implementation");
        var (major, minor) = (root.GetProperty("major").GetInt32(), root.GetProperty("minor").GetInt32());
        return new InterpreterFacts
        {
            Path = path,
            Origin = origin,
            Implementation = implementation,
            Version = Text("version"),
            Major = major,
            Minor = minor,
            Abi = Abi(Text("soabi"), implementation, major, minor),
            Platform = Text("platform").Replace('-', '_').Replace('.', '_'),
            RealPath = Text("real"),
            IsVirtual = root.GetProperty("virtual").GetBoolean(),
            HasVenv = root.GetProperty("venv").GetBoolean(),
            HasEnsurePip = root.GetProperty("ensurepip").GetBoolean(),
            Pip = Text("pip") is { Length: > 0 } pip ? pip : null,
        };

        string Text(string name) => root.GetProperty(name).GetString() ?? "";
    }

    // SOABI is cpython-312-x86_64-linux-gnu, cp313t-win_amd64 or pypy310-pp73-x86_64-linux-gnu.
    private static string Abi(string soabi, string implementation, int major, int minor) =>
        soabi.Split('-') switch
        {
            ["cpython", var digits, ..] => "cp" + digits,
            [var pypy, var own, ..] when pypy.StartsWith("pypy", StringComparison.Ordinal) => $"{pypy}_{own}",
            [var windows, ..] when windows.StartsWith("cp", StringComparison.Ordinal) => windows,
            _ => implementation == "CPython" ? $"cp{major}{minor}" : "none",
        };
}
