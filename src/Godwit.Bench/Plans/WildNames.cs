namespace Godwit.Bench.Plans;

/// <summary>
/// Topics and filters of Wild: topics are random leaves of a tree; a filter starts from one of them, so that each matches
/// something: 45 % have one <c>+</c>, 25 % two, 30 % end in <c>#</c>.
/// </summary>
internal sealed class WildNames
{
    private const int OnePlusPercent = 45;
    private const int PlusPercent = 70;
    private const int HashLevelMin = 3;     // '#' leaves at least three levels, or it would match nearly everything

    private readonly Dictionary<string, int> _count = new(StringComparer.Ordinal);

    internal WildNames(BenchPlan plan)
    {
        var random = new Random(plan.Seed);
        Topics = new string[plan.Topics];
        for (var i = 0; i < Topics.Length; i++)
        {
            Topics[i] = "w" + string.Concat(Enumerable.Range(0, plan.TreeDepth).Select(_ => $"/n{random.Next(plan.TreeBreadth)}"));
        }

        Filters = new string[plan.Subscribers];
        for (var i = 0; i < Filters.Length; i++)
        {
            Filters[i] = MakeFilter(random, Topics[random.Next(Topics.Length)].Split('/'));
            _count[Filters[i]] = _count.GetValueOrDefault(Filters[i]) + 1;
        }
    }

    internal string[] Topics { get; }

    internal string[] Filters { get; }

    /// <summary>How many filters match a topic: all forms that a filter can have are tried, which is faster than all filters.</summary>
    internal int CountMatches(string topic)
    {
        var levels = topic.Split('/');
        var matches = 0;
        for (var first = 1; first < levels.Length; first++)
        {
            matches += CountOf(levels, first, first);
            for (var second = first + 1; second < levels.Length; second++)
            {
                matches += CountOf(levels, first, second);
            }
        }

        for (var hash = 1; hash < levels.Length; hash++)
        {
            matches += _count.GetValueOrDefault(string.Join('/', levels[..hash]) + "/#");
        }

        return matches;
    }

    private static string MakeFilter(Random random, string[] levels)
    {
        var kind = random.Next(100);
        var first = random.Next(1, levels.Length);
        var second = random.Next(1, levels.Length);
        var hash = levels.Length > HashLevelMin ? random.Next(HashLevelMin, levels.Length) : levels.Length - 1;
        if (kind >= PlusPercent)
        {
            return string.Join('/', levels[..hash]) + "/#";
        }

        return WithPlus(levels, first, kind < OnePlusPercent ? first : second);
    }

    private static string WithPlus(string[] levels, int first, int second)
    {
        var copy = (string[])levels.Clone();
        copy[first] = copy[second] = "+";
        return string.Join('/', copy);
    }

    private int CountOf(string[] levels, int first, int second) => _count.GetValueOrDefault(WithPlus(levels, first, second));
}
