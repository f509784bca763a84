using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Authorization;

namespace Godwit.Server.Security.Acl;

/// <summary>Where the keys of the rules stand, and how elements of their arrays are found.</summary>
internal static class AclSection
{
    internal const string Path = "Acl";
    internal const string RulesPath = Path + ":Rules";
    private const string SetsPath = Path + ":Sets";
    private const string SetRulesPath = SetsPath + ":*:Rules";

    /// <summary>All keys.</summary>
    internal static IReadOnlyList<ConfigurationKey> Keys { get; } =
    [
        .. AclKeys.Set.At(Path, (options, _, _) => options.Acl),
        .. AuthorizationKeys.All.At(Path, (options, _, _) => options.Acl.Asking),
        .. AclKeys.Rule.At(RulesPath + ":*", (options, indices, isForWriting) => FindRule(options.Acl, indices[0], isForWriting)),
        .. AclKeys.SetName.At(SetsPath + ":*", FindSet),
        .. AclKeys.Set.At(SetsPath + ":*", FindSet),
        .. AclKeys.Rule.At(SetRulesPath + ":*", (options, indices, isForWriting) => FindRule(FindSet(options, indices, isForWriting), indices[1], isForWriting)),
    ];

    /// <summary>How many elements there are.</summary>
    internal static IEnumerable<(string Path, Func<ServerOptions, IReadOnlyList<int>, int> Count)> Arrays =>
    [
        (RulesPath, (options, _) => options.Acl.Rules.Count),
        (SetsPath, (options, _) => options.Acl.Sets.Count),
        (SetRulesPath, (options, indices) => FindSet(options, indices, isForWriting: false)?.Rules.Count ?? 0),
    ];

    private static AclSettings? FindSet(ServerOptions options, IReadOnlyList<int> indices, bool isForWriting)
    {
        var sets = options.Acl.Sets;
        while (isForWriting && sets.Count <= indices[0])
        {
            sets.Add(new AclSettings());
        }

        return indices[0] < sets.Count ? sets[indices[0]] : null;
    }

    private static AclRuleSettings? FindRule(AclSettings? set, int index, bool isForWriting)
    {
        while (isForWriting && set!.Rules.Count <= index)
        {
            set.Rules.Add(new AclRuleSettings());
        }

        return index < set?.Rules.Count ? set.Rules[index] : null;
    }
}
