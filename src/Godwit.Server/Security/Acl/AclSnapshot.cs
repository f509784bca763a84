using System.Collections.Frozen;
using Godwit.Broker.Security;

namespace Godwit.Server.Security.Acl;

/// <summary>All rules as they were at one moment: the broker's, and those that listeners name. Immutable.</summary>
public sealed class AclSnapshot
{
    private readonly FrozenDictionary<string, AclRuleSet> _named;

    internal AclSnapshot(AclRuleSet broker, IEnumerable<AclRuleSet> named)
    {
        Broker = broker;
        Named = [.. named];
        _named = Named.ToFrozenDictionary(set => set.Name, StringComparer.Ordinal);
    }

    /// <summary>No rules: everything is allowed.</summary>
    public static AclSnapshot Open { get; } = new(new AclRuleSet("", []), []);

    /// <summary>There is a rule somewhere, or a set without any that denies everything.</summary>
    public bool HasRules => Broker.IsClosed || Named.Any(set => set.IsClosed);

    /// <summary>Every rule, in order, set by set.</summary>
    public IEnumerable<AclRule> Rules => Broker.Rules.Concat(Named.SelectMany(set => set.Rules));

    /// <summary>Names of the sets that listeners may name.</summary>
    public IEnumerable<string> Names => Named.Select(set => set.Name);

    internal AclRuleSet Broker { get; }

    internal AclRuleSet[] Named { get; }

    /// <summary>The set for a client; null: its listener names one that does not exist.</summary>
    internal AclRuleSet? For(Identity? identity) => identity?.Listener?.Acl is { } name ? _named.GetValueOrDefault(name) : Broker;
}
