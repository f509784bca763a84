using System.Text;
using Godwit.Protocol.Topics;

namespace Godwit.Server.Security.Acl;

/// <summary>
/// The Topic Filter of a rule, read once. <c>%u</c> and <c>%c</c> are names of the client that asks: each is compared, byte by byte, within its
/// own level, so that a name never acts as a wildcard, never spans levels and never reaches a topic that begins with <c>$</c>.
/// </summary>
internal sealed class AclFilter
{
    private readonly bool _endsInRest;
    private readonly bool _hidesDollar;

    private AclFilter(string text, AclLevel[] levels, bool hidesDollar)
    {
        Text = text;
        Levels = levels;
        _endsInRest = levels[^1].Kind == AclLevelKind.Rest;
        _hidesDollar = hidesDollar;
        UsesUserName = levels.Any(level => level.UsesUserName);
        UsesClientId = levels.Any(level => level.UsesClientId);
    }

    /// <summary>Every topic, also those that begin with <c>$</c>: what a rule means that names no topics.</summary>
    public static AclFilter Everything { get; } = new("every topic", [AclLevel.Parse("#", withNames: false)], hidesDollar: false);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>At least one.</summary>
    public AclLevel[] Levels { get; }

    /// <summary>It has a <c>%u</c>: clients without a user name are never meant.</summary>
    public bool UsesUserName { get; }

    /// <summary>It has a <c>%c</c>.</summary>
    public bool UsesClientId { get; }

    /// <summary>Reads a filter in which <c>%u</c> and <c>%c</c> stand for names.</summary>
    /// <param name="text">Without <c>$share</c>.</param>
    /// <param name="filter">Meaningful only when true is returned.</param>
    /// <param name="error">What is wrong, else empty.</param>
    public static bool TryParse(string text, out AclFilter filter, out string error) => TryParse(text, withNames: true, out filter, out error);

    /// <summary>Reads a filter.</summary>
    /// <param name="text">Without <c>$share</c>.</param>
    /// <param name="withNames"><c>%u</c> and <c>%c</c> stand for names; else for themselves.</param>
    /// <param name="filter">Meaningful only when true is returned.</param>
    /// <param name="error">What is wrong, else empty.</param>
    public static bool TryParse(string text, bool withNames, out AclFilter filter, out string error)
    {
        filter = null!;
        error = WhatIsWrong(text);
        if (error.Length > 0)
        {
            return false;
        }

        var levels = text.Split('/').Select(level => AclLevel.Parse(level, withNames));
        filter = new AclFilter(text, [.. levels], hidesDollar: !text.StartsWith('$'));      // a wildcard [MQTT-4.7.2-1], and a name that begins with $
        return true;
    }

    /// <summary>The topic is one that the filter means for this client (5.0 §4.7).</summary>
    /// <param name="topic">Topic Name, UTF-8.</param>
    /// <param name="clientId">For <c>%c</c>.</param>
    /// <param name="userName">For <c>%u</c>; null: without.</param>
    public bool Matches(ReadOnlySpan<byte> topic, string clientId, string? userName)
    {
        if (_hidesDollar && TopicName.IsHidden(topic))
        {
            return false;
        }

        var levels = Levels;
        for (var i = 0; i < levels.Length; i++)
        {
            var level = levels[i];
            if (level.Kind == AclLevelKind.Rest)
            {
                return true;
            }

            var end = topic.IndexOf(TopicName.Separator);
            var taken = end < 0 ? topic : topic[..end];
            if (level.Kind != AclLevelKind.Any && !level.IsSame(taken, clientId, userName))
            {
                return false;
            }

            if (end < 0)
            {
                return i == levels.Length - 1 || (i == levels.Length - 2 && _endsInRest);      // a/# matches its parent a (§4.7.1.2)
            }

            topic = topic[(end + 1)..];
        }

        return false;
    }

    /// <summary>
    /// The topic is one that the filter means when a name with a <c>/</c> may spread over several levels. A rule that allows never means that;
    /// one that denies does, so that nobody escapes it by such a name.
    /// </summary>
    public bool MatchesSpread(ReadOnlySpan<byte> topic, string clientId, string? userName)
    {
        var isSpread = (UsesUserName && userName is not null && userName.Contains('/', StringComparison.Ordinal))
            || (UsesClientId && clientId.Contains('/', StringComparison.Ordinal));
        return isSpread && !(UsesUserName && userName is null) && Spread(clientId, userName).Matches(topic, clientId, userName);
    }

    /// <summary>Apart, so that who has no such name pays nothing for it.</summary>
    private AclFilter Spread(string clientId, string? userName)
    {
        var spread = Levels.SelectMany(level => level.Kind == AclLevelKind.Names ? level.Spread(clientId, userName) : [level]);
        return new AclFilter(Text, [.. spread], _hidesDollar);
    }

    private static string WhatIsWrong(string text)
    {
        if (text.Length == 0)
        {
            return "a Topic Filter cannot be empty";
        }

        if (text.Contains('\0', StringComparison.Ordinal) || text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
        {
            return "the Topic Filter is not UTF-8, or has a zero byte";
        }

        if (!TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var parsed))
        {
            return $"'{text}' is not a Topic Filter: + and # are levels of their own, and # is the last";
        }

        return parsed.IsShared
            ? $"'{text}' names a shared subscription: rules are about the filter behind $share/NAME/"
            : "";
    }
}
