using System.Text;

namespace Godwit.Server.Security.Acl;

/// <summary>One level of a rule's filter.</summary>
internal sealed class AclLevel
{
    private readonly byte[][] _pieces;      // a name stands between each two; one piece: no name
    private readonly bool[] _isUserName;    // which name; one less than the pieces

    private AclLevel(AclLevelKind kind, byte[][] pieces, bool[] isUserName)
    {
        Kind = kind;
        _pieces = pieces;
        _isUserName = isUserName;
    }

    /// <summary>What it stands for.</summary>
    public AclLevelKind Kind { get; }

    /// <summary>UTF-8 of a literal level; may be empty.</summary>
    public byte[] Literal => _pieces[0];

    /// <summary>It has a <c>%u</c>.</summary>
    public bool UsesUserName => _isUserName.Contains(true);

    /// <summary>It has a <c>%c</c>.</summary>
    public bool UsesClientId => _isUserName.Contains(false);

    /// <summary>Reads one level of a valid filter.</summary>
    /// <param name="text">Without separators.</param>
    /// <param name="withNames"><c>%u</c> and <c>%c</c> stand for names; else for themselves.</param>
    public static AclLevel Parse(string text, bool withNames)
    {
        if (text is "+" or "#")
        {
            return new AclLevel(text is "+" ? AclLevelKind.Any : AclLevelKind.Rest, [[]], []);
        }

        var pieces = new List<byte[]>();
        var isUserName = new List<bool>();
        var start = 0;
        for (var i = 0; withNames && i < text.Length - 1; i++)
        {
            if (text[i] == '%' && text[i + 1] is 'u' or 'c')
            {
                pieces.Add(Encoding.UTF8.GetBytes(text[start..i]));
                isUserName.Add(text[i + 1] == 'u');
                start = i + 2;
                i++;
            }
        }

        pieces.Add(Encoding.UTF8.GetBytes(text[start..]));
        return new AclLevel(isUserName.Count == 0 ? AclLevelKind.Literal : AclLevelKind.Names, [.. pieces], [.. isUserName]);
    }

    /// <summary>The level of a topic is the one this stands for, with the names of this client in it. Not asked for wildcards.</summary>
    /// <param name="level">UTF-8.</param>
    /// <param name="clientId">For <c>%c</c>.</param>
    /// <param name="userName">For <c>%u</c>; null: a level with a <c>%u</c> is none.</param>
    public bool IsSame(ReadOnlySpan<byte> level, string clientId, string? userName)
    {
        if (!level.StartsWith(_pieces[0]))
        {
            return false;
        }

        level = level[_pieces[0].Length..];
        for (var i = 0; i < _isUserName.Length; i++)
        {
            var name = _isUserName[i] ? userName : clientId;
            if (name is null || !AclName.TryTake(ref level, name) || !level.StartsWith(_pieces[i + 1]))
            {
                return false;
            }

            level = level[_pieces[i + 1].Length..];
        }

        return level.IsEmpty;
    }

    /// <summary>The bytes it stands for with the names of this client; null: a name is missing or cannot stand in a level. Not asked for wildcards.</summary>
    public byte[]? Resolve(string clientId, string? userName)
    {
        if (_isUserName.Length == 0)
        {
            return _pieces[0];
        }

        var bytes = new List<byte>(_pieces[0]);
        for (var i = 0; i < _isUserName.Length; i++)
        {
            var name = _isUserName[i] ? userName : clientId;
            if (name is null || !AclName.FitsLevel(name))
            {
                return null;
            }

            bytes.AddRange(Encoding.UTF8.GetBytes(name));
            bytes.AddRange(_pieces[i + 1]);
        }

        return [.. bytes];
    }

    /// <summary>The levels it stands for when names may have separators; each is literal.</summary>
    public IEnumerable<AclLevel> Spread(string clientId, string? userName)
    {
        var text = new StringBuilder(Encoding.UTF8.GetString(_pieces[0]));
        for (var i = 0; i < _isUserName.Length; i++)
        {
            text.Append(_isUserName[i] ? userName : clientId).Append(Encoding.UTF8.GetString(_pieces[i + 1]));
        }

        return text.ToString().Split('/').Select(level => new AclLevel(AclLevelKind.Literal, [Encoding.UTF8.GetBytes(level)], []));
    }
}
