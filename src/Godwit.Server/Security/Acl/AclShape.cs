using Godwit.Protocol.Topics;

namespace Godwit.Server.Security.Acl;

/// <summary>The topics that a filter matches: levels that are said, or open (null), and perhaps any number more.</summary>
internal readonly struct AclShape
{
    private readonly byte[]?[] _levels;

    private AclShape(byte[]?[] levels, bool isOpen)
    {
        _levels = levels;
        IsOpen = isOpen;
    }

    /// <summary>It ends in <c>#</c>: further levels may follow.</summary>
    public bool IsOpen { get; }

    /// <summary>Levels of the shortest topic.</summary>
    public int LengthMin => _levels is [] or [[]] && IsOpen ? 1 + _levels.Length : _levels.Length;      // no topic is empty [MQTT-4.7.3-1]: # has one level, /# two

    /// <summary>No topic has this shape: it would be empty.</summary>
    public bool IsEmpty => !IsOpen && _levels is [[]];

    /// <summary>Exactly one topic has this shape.</summary>
    public bool IsTopic => !IsOpen && !_levels.AsSpan().Contains(null);

    /// <summary>The shape of a valid Topic Filter.</summary>
    public static AclShape Of(ReadOnlySpan<byte> filter)
    {
        var levels = new List<byte[]?>();
        foreach (var range in filter.Split(TopicName.Separator))
        {
            var level = filter[range];
            if (level.SequenceEqual("#"u8))
            {
                return new AclShape([.. levels], isOpen: true);
            }

            levels.Add(level.SequenceEqual("+"u8) ? null : level.ToArray());
        }

        return new AclShape([.. levels], isOpen: false);
    }

    /// <summary>The shape of a rule's filter with the names of a client.</summary>
    /// <returns>False: a name is missing or cannot stand in a level; the filter matches nothing.</returns>
    public static bool TryResolve(AclFilter filter, string clientId, string? userName, out AclShape shape)
    {
        var isOpen = filter.Levels[^1].Kind == AclLevelKind.Rest;
        var levels = new byte[]?[filter.Levels.Length - (isOpen ? 1 : 0)];
        shape = new AclShape(levels, isOpen);
        for (var i = 0; i < levels.Length; i++)
        {
            if (filter.Levels[i].Kind == AclLevelKind.Any)
            {
                continue;
            }

            levels[i] = filter.Levels[i].Resolve(clientId, userName);
            if (levels[i] is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The topics that are of both shapes.</summary>
    /// <returns>False: there are none.</returns>
    public bool TryIntersect(in AclShape other, out AclShape both)
    {
        var length = Math.Max(_levels.Length, other._levels.Length);
        both = default;
        if ((_levels.Length < length && !IsOpen) || (other._levels.Length < length && !other.IsOpen))
        {
            return false;
        }

        var levels = new byte[]?[length];
        for (var i = 0; i < length; i++)
        {
            var mine = i < _levels.Length ? _levels[i] : null;
            var theirs = i < other._levels.Length ? other._levels[i] : null;
            if (mine is not null && theirs is not null && !mine.AsSpan().SequenceEqual(theirs))
            {
                return false;
            }

            levels[i] = mine ?? theirs;
        }

        both = new AclShape(levels, IsOpen && other.IsOpen);
        return !both.IsEmpty;
    }

    /// <summary>A topic of this shape.</summary>
    /// <param name="length">Number of levels; not less than the shortest, more only when it is open.</param>
    /// <param name="fresh">Stands in levels that are open.</param>
    public byte[] Witness(int length, byte fresh)
    {
        var topic = new List<byte>();
        for (var i = 0; i < length; i++)
        {
            if (i > 0)
            {
                topic.Add(TopicName.Separator);
            }

            if (i < _levels.Length && _levels[i] is { } level)
            {
                topic.AddRange(level);
            }
            else
            {
                topic.Add(fresh);
            }
        }

        return [.. topic];
    }
}
