using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;

namespace Cake.PySign;

/// <summary>What holds for every property of settings.</summary>
internal static class Setting
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(30);

    /// <summary>The value of a property that always has one. A script without nullable annotations is not warned when it sets
    /// null.</summary>
    /// <exception cref="PySignException">It is null; the property is named.</exception>
    public static T NotNull<T>(T? value, [CallerMemberName] string property = "")
        where T : class =>
        value
        ?? throw new PySignException(
            PySignFailure.InvalidSettings,
            $"{property} is null; expected a {typeof(T).Name}.",
            $"Leave {property} out to keep its default."
        );

    /// <summary>Requires a time limit that ends; a timer of .NET takes no more than 49 days.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="setting">What it is set by.</param>
    /// <exception cref="PySignException">It is nothing, less, or longer than anybody waits.</exception>
    public static void RequireLimit(TimeSpan limit, string setting)
    {
        if (limit <= TimeSpan.Zero || limit > _longest)
        {
            throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{setting} is {limit:c}; it must be more than zero and at most {_longest:c}.",
                $"Leave {setting} out to keep its default."
            );
        }
    }

    /// <summary>A list that a script fills; what it takes is never null.</summary>
    public static IList<T> List<T>([CallerMemberName] string property = "")
        where T : class => new WithoutNull<T>(property);

    private sealed class WithoutNull<T>(string property) : Collection<T>
        where T : class
    {
        protected override void InsertItem(int index, T item) => base.InsertItem(index, NotNull(item, property));

        protected override void SetItem(int index, T item) => base.SetItem(index, NotNull(item, property));

        private static T NotNull(T? item, string property) =>
            item
            ?? throw new PySignException(
                PySignFailure.InvalidSettings,
                $"{property} holds a null; expected a {typeof(T).Name}.",
                $"Add to {property} only what has a value."
            );
    }
}
