using Cake.PySign.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(WholeReleasesFirst))]

namespace Cake.PySign.Tests;

/// <summary>What plays whole CI files and pages takes a minute each: begun first, it is not what everybody waits for at the end.</summary>
public sealed class WholeReleasesFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderByDescending(IsPlayed)];

    private static bool IsPlayed<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        collection.TestCollectionDisplayName.Contains(".CiFiles.", StringComparison.Ordinal)
        || collection.TestCollectionDisplayName.Contains(".Pages.", StringComparison.Ordinal);
}
