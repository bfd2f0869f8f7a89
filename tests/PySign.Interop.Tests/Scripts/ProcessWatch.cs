using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace PySign.Interop.Tests.Scripts;

/// <summary>
/// Reads the arguments and the environment of a process and of all its descendants from /proc, again and again while they run. Descendants
/// carry a variable that nothing else does; whoever lost it is known by its parent.
/// </summary>
internal sealed class ProcessWatch : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<(int Id, string Arguments), string> _seen = new();
    private readonly HashSet<int> _family = [];

    // Whoever is not of the family joins it only by becoming another program, or by having the id of one that has ended.
    private readonly Dictionary<int, byte[]> _others = [];
    private readonly byte[] _badge;
    private readonly Thread _thread;

    public ProcessWatch(string badge)
    {
        _badge = Encoding.UTF8.GetBytes(badge);
        _thread = new Thread(Run) { IsBackground = true, Name = "process watch" };
        _thread.Start();
    }

    /// <summary>Every command line that was seen, arguments separated by blanks, with the environment of the process that had it.</summary>
    public IReadOnlyList<(string Arguments, string Environment)> Stop()
    {
        _end.Cancel();
        _thread.Join();
        return [.. _seen.Select(pair => (pair.Key.Arguments, pair.Value))];
    }

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _end.Dispose();
    }

    private void Run()
    {
        do
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                {
                    Look(id);
                }
            }
        } while (!_end.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10)));
    }

    private void Look(int id)
    {
        try
        {
            // The arguments first: between fork and exec a child shows its parent's, and the environment read after them is at least as
            // new.
            var arguments = File.ReadAllBytes($"/proc/{id}/cmdline");
            if (arguments.Length == 0 || (_others.TryGetValue(id, out var before) && arguments.AsSpan().SequenceEqual(before)))
            {
                return;
            }

            var environment = File.ReadAllBytes($"/proc/{id}/environ");
            if (!_family.Contains(id) && environment.AsSpan().IndexOf(_badge) < 0 && !_family.Contains(ParentOf(id)))
            {
                _others[id] = arguments;
            }
            else
            {
                _family.Add(id);
                _seen[(id, Encoding.UTF8.GetString(arguments).Replace('\0', ' '))] = Encoding
                    .UTF8.GetString(environment)
                    .Replace('\0', '\n');
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at, or it belongs to another user and so is none of ours.
        }
    }

    private static int ParentOf(int id)
    {
        // pid (name) state ppid …; the name may hold blanks and parentheses.
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
