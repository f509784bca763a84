using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol.Topics;
using Godwit.Server.Security.Acl;

namespace Godwit.Server.Security.Authorization;

/// <summary>
/// Rows of a database that is asked about a topic. The first one that is about it decides: for a PUBLISH, one whose filter has the topic; for a
/// SUBSCRIBE, one that allows and has every topic of the filter asked about, or one that denies and has any of them.
/// </summary>
public static class AuthorizationRows
{
    /// <summary>Decides.</summary>
    /// <param name="rows">In their order.</param>
    /// <param name="request">The question.</param>
    /// <param name="source">For the reason.</param>
    /// <returns>Ignore: no row is about it. A row that cannot be understood makes all of them worthless.</returns>
    public static AuthorizationVerdict Decide(IEnumerable<(string Filter, string? Action, string? Permission)> rows, AuthorizationRequest request, string source)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(request);
        var topic = Encoding.UTF8.GetBytes(request.Topic);
        AuthorizationVerdict? decided = null;
        foreach (var (text, action, permission) in rows)
        {
            if (!AclFilter.TryParse(text, out var filter, out _) || action is not (null or "publish" or "subscribe" or "all") || permission is not (null or "allow" or "deny"))
            {
                return AuthorizationVerdict.Fail("a row is not a Topic Filter, publish, subscribe or all, and allow or deny");
            }

            var allows = permission is not "deny";
            if (decided is null && (action is null or "all" || string.Equals(action, request.ActionWord, StringComparison.Ordinal)) && IsAbout(filter, topic, request, allows))
            {
                decided = allows ? AuthorizationVerdict.Allow($"{source}: allow {text}") : AuthorizationVerdict.Deny($"{source}: deny {text}");
            }
        }

        return decided ?? AuthorizationVerdict.Ignore($"{source}: no row is about it");
    }

    private static bool IsAbout(AclFilter filter, byte[] topic, AuthorizationRequest request, bool allows)
    {
        if (request.Action == AccessAction.Publish)
        {
            return filter.Matches(topic, request.ClientId, request.UserName)
                || (!allows && filter.MatchesSpread(topic, request.ClientId, request.UserName));
        }

        return allows ? Covers(filter, topic, request) : Overlaps(filter, topic, request);
    }

    /// <summary>Every topic that the wanted filter matches, the row's matches too.</summary>
    private static bool Covers(AclFilter filter, ReadOnlySpan<byte> wanted, AuthorizationRequest request)
    {
        if (filter.Levels[0].Kind != AclLevelKind.Literal && TopicName.IsHidden(wanted))
        {
            return false;                   // [MQTT-4.7.2-1]
        }

        var i = 0;
        foreach (var range in wanted.Split(TopicName.Separator))
        {
            var level = wanted[range];
            var mine = i < filter.Levels.Length ? filter.Levels[i++] : null;
            if (mine?.Kind == AclLevelKind.Rest)
            {
                return true;
            }

            var isWildcard = level is [(byte)'+'] or [(byte)'#'];       // never what a name stands for, whatever the client calls itself
            var isCovered = mine?.Kind == AclLevelKind.Any
                ? level is not [(byte)'#']
                : mine is not null && !isWildcard && mine.IsSame(level, request.ClientId, request.UserName);
            if (!isCovered)
            {
                return false;
            }
        }

        return i == filter.Levels.Length || (i == filter.Levels.Length - 1 && filter.Levels[i].Kind == AclLevelKind.Rest);      // a/# has its parent a (§4.7.1.2)
    }

    private static bool Overlaps(AclFilter filter, ReadOnlySpan<byte> wanted, AuthorizationRequest request) =>
        filter.MatchesSpread(wanted, request.ClientId, request.UserName)
        || (AclShape.TryResolve(filter, request.ClientId, request.UserName, out var shape) && AclShape.Of(wanted).TryIntersect(shape, out _));
}
