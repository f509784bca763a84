using Xunit.Sdk;
using Xunit.v3;

namespace Godwit.Links;

/// <summary>Classes run side by side and the tests of a class one after another: what waits longest begins first.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Links = ["delayed_link+", "lossy_link+", "delayed_link_to_Kestrel+", "slow_link+"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName))];

    /// <summary>Libraries have the most scenarios.</summary>
    private static (int IsNoLibrary, int Link) Rank(string name)
    {
        var link = Array.FindIndex(Links, link => name.Contains(link, StringComparison.Ordinal));

        return (name.Contains("_in_MQTT_5", StringComparison.Ordinal) ? 0 : 1, link < 0 ? Links.Length : link);
    }
}
