using System.Collections.Concurrent;
using System.Globalization;
using Cake.Core.Diagnostics;

namespace Cake.PySign.Tests.Rig;

/// <summary>Keeps every line at diagnostic verbosity, so that a secret in any of them is seen.</summary>
internal sealed class RecordingLog : ICakeLog
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    private readonly ConcurrentQueue<string> _shown = new();

    public Verbosity Verbosity { get; set; } = Verbosity.Diagnostic;

    public IReadOnlyList<(LogLevel Level, string Text)> Lines => [.. _lines];

    public string Text => string.Join('\n', _lines.Select(line => line.Text));

    /// <summary>What a person sees who asks for nothing special.</summary>
    public string Shown => string.Join('\n', _shown);

    /// <summary>Is called with how many lines there are, at each.</summary>
    public Action<int>? Written { get; set; }

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        var text = args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
        _lines.Enqueue((level, text));
        if (verbosity <= Verbosity.Normal)
        {
            _shown.Enqueue(text);
        }

        Written?.Invoke(_lines.Count);
    }
}
