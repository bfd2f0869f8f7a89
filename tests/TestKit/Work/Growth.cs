using System.Diagnostics;
using System.Globalization;

namespace PySign.TestKit;

/// <summary>
/// How work grows with what it is given: the same work on a small and on a large input, side by side, in the processor time of this thread.
/// Neither the machine's speed nor what else runs on it decides.
/// </summary>
public static class Growth
{
    /// <summary>How many times as much the large input is.</summary>
    private const int Times = 8;

    // Eight times the input takes 8 times the work where it grows evenly, and 64 times where it grows with the square.
    private const double Most = 3 * Times;

    // Less than this is the start of things.
    private static readonly TimeSpan _least = TimeSpan.FromMilliseconds(1);

    private const int Attempts = 5;

    /// <summary>Fails where work grows faster than its input, in several measurements one after the other.</summary>
    /// <param name="size">How much the large input is, in whatever unit <paramref name="make"/> takes.</param>
    /// <param name="make">Makes an input of a size.</param>
    /// <param name="work">What is done with it.</param>
    public static void AssertLinear<T>(int size, Func<int, T> make, Action<T> work)
    {
        var (small, large) = (make(size / Times), make(size));
        work(small); // Compiled on the first run.
        var seen = new List<string>();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (few, many) = (Cost(work, small), Cost(work, large));
            if (many <= Most * (few > _least ? few : _least))
            {
                return;
            }

            seen.Add(string.Create(CultureInfo.InvariantCulture, $"{few.TotalMilliseconds:0.0} ms and {many.TotalMilliseconds:0.0} ms"));
        }

        Assert.Fail($"{Times} times the input takes more than {Most} times the work: {string.Join(", ", seen)}");
    }

    private static TimeSpan Cost<T>(Action<T> work, T input)
    {
        var before = Spent();
        work(input);
        return Spent() - before;
    }

    // The first thread has started all this: where it has spent nothing, the system does not count.
    private static readonly bool _isTold =
        File.Exists("/proc/self/schedstat") && !File.ReadAllText("/proc/self/schedstat").StartsWith("0 ", StringComparison.Ordinal);

    /// <summary>The processor time of this thread where the system tells it; else what the clock says.</summary>
    private static TimeSpan Spent() =>
        _isTold
            ? new TimeSpan(long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 100)
            : Stopwatch.GetElapsedTime(0);
}
