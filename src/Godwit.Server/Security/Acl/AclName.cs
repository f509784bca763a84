using System.Text;

namespace Godwit.Server.Security.Acl;

/// <summary>Compares the name of a client with a piece of a topic, without a copy of either.</summary>
internal static class AclName
{
    /// <summary>Takes the name off the front of a level.</summary>
    /// <param name="level">UTF-8 of one level, or what is left of it; shortened when true is returned.</param>
    /// <param name="name">User name or client identifier; may be empty. Every character stands for itself: there are no wildcards in a name.</param>
    /// <returns>False: the level goes on with something else. A name with a <c>/</c> is never part of one level.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> level, string name)
    {
        if (level.Length < name.Length)
        {
            return false;               // no character is shorter in UTF-8 than in UTF-16
        }

        if (Ascii.Equals(level[..name.Length], name))
        {
            level = level[name.Length..];
            return true;
        }

        return !Ascii.IsValid(name) && TryTakeRunes(ref level, name);
    }

    /// <summary>A name with one of these signs takes no part in rules that insert it: as a level it would be a wildcard, or several levels.</summary>
    public static bool IsDangerous(string name) => name.AsSpan().ContainsAny('+', '#');

    /// <summary>The name can stand in a level: it has no separator and no wildcard.</summary>
    public static bool FitsLevel(string name) => !name.AsSpan().ContainsAny('/', '+', '#');

    private static bool TryTakeRunes(ref ReadOnlySpan<byte> level, string name)
    {
        var rest = level;
        Span<byte> utf8 = stackalloc byte[4];
        for (var chars = name.AsSpan(); !chars.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(chars, out var rune, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;           // half a surrogate pair is no character of any topic
            }

            var encoded = utf8[..rune.EncodeToUtf8(utf8)];
            if (!rest.StartsWith(encoded))
            {
                return false;
            }

            rest = rest[encoded.Length..];
            chars = chars[consumed..];
        }

        level = rest;
        return true;
    }
}
