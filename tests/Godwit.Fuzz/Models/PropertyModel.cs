using System.Buffers.Binary;
using Godwit.Protocol;

namespace Godwit.Fuzz.Models;

/// <summary>Judges a block of properties by <see cref="PropertyTable"/>, in wire order: the first mistake is the reason.</summary>
internal static class PropertyModel
{
    /// <summary>What a reader has to say of a packet with these properties and nothing else wrong.</summary>
    public static PacketError Judge(PropertyPlace place, ReadOnlySpan<byte> properties)
    {
        var seen = new Dictionary<int, byte[]>();
        while (!properties.IsEmpty)
        {
            var error = JudgeOne(place, ref properties, seen);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        // What a property asks of others, or of its text (§3.1.2.11.10, §3.3.2.3.5, §3.15.2.2.2).
        if (place.Name == "CONNECT" && seen.ContainsKey(0x16) && !seen.ContainsKey(0x15))
        {
            return PacketError.AuthenticationDataWithoutMethod;
        }

        if (place.Name == "AUTH" && !seen.ContainsKey(0x15))
        {
            return PacketError.AuthenticationMethodMissing;
        }

        var isBadTopic = seen.TryGetValue(0x08, out var topic) && (topic.Length == 0 || topic.Contains((byte)'+') || topic.Contains((byte)'#'));
        return isBadTopic ? PacketError.ResponseTopicInvalid : PacketError.None;
    }

    private static PacketError JudgeOne(PropertyPlace place, ref ReadOnlySpan<byte> rest, Dictionary<int, byte[]> seen)
    {
        var error = TakeVariable(ref rest, out var id);
        if (error != PacketError.None)
        {
            return error;
        }

        if (PropertyTable.Find(id) is not { } line)
        {
            return PacketError.PropertyUnknown;
        }

        if (!line.Places.Contains(place.Name, StringComparer.Ordinal))
        {
            return PacketError.PropertyNotAllowed;
        }

        error = TakeValue(line, ref rest, out var text);
        if (error != PacketError.None)
        {
            return error;
        }

        // User Property: everywhere; Subscription Identifier: in PUBLISH (§2.2.2.2, §3.3.2.3.8, §3.8.2.1.2).
        var mayRepeat = id == 0x26 || (id == 0x0B && place.Name == "PUBLISH");
        return seen.TryAdd((int)id, text) || mayRepeat ? PacketError.None : PacketError.PropertyTwice;
    }

    private static PacketError TakeValue(PropertyLine line, ref ReadOnlySpan<byte> rest, out byte[] text)
    {
        text = [];
        switch (line.Type)
        {
            case "binary":
                return TakeText(ref rest, out text) ? PacketError.None : PacketError.FieldTruncated;

            case "string":
                return TakeText(ref rest, out text) ? Utf8Model.Judge(text) : PacketError.FieldTruncated;

            case "pair":
                var name = TakeText(ref rest, out text) ? Utf8Model.Judge(text) : PacketError.FieldTruncated;
                return name != PacketError.None ? name
                    : TakeText(ref rest, out text) ? Utf8Model.Judge(text)
                    : PacketError.FieldTruncated;
        }

        var error = TakeNumber(line.Type, ref rest, out var number);
        if (error != PacketError.None)
        {
            return error;
        }

        return number >= line.Minimum && number <= line.Maximum ? PacketError.None
            : line.Id == 0x23 ? PacketError.TopicAliasInvalid
            : PacketError.PropertyValueInvalid;
    }

    private static PacketError TakeNumber(string type, ref ReadOnlySpan<byte> rest, out long number)
    {
        if (type == "variable")
        {
            return TakeVariable(ref rest, out number);
        }

        number = 0;
        var size = type == "byte" ? 1 : type == "two" ? 2 : 4;
        if (rest.Length < size)
        {
            return PacketError.FieldTruncated;
        }

        foreach (var digit in rest[..size])
        {
            number = (number * 256) + digit;
        }

        rest = rest[size..];
        return PacketError.None;
    }

    private static bool TakeText(ref ReadOnlySpan<byte> rest, out byte[] text)
    {
        text = [];
        if (rest.Length < 2 || rest.Length - 2 < BinaryPrimitives.ReadUInt16BigEndian(rest))
        {
            return false;
        }

        var end = 2 + BinaryPrimitives.ReadUInt16BigEndian(rest);
        text = rest[2..end].ToArray();
        rest = rest[end..];
        return true;
    }

    private static PacketError TakeVariable(ref ReadOnlySpan<byte> rest, out long number)
    {
        number = 0;
        for (int i = 0, shift = 0; i < 4; i++, shift += 7)
        {
            if (i == rest.Length)
            {
                return PacketError.FieldTruncated;
            }

            number += (rest[i] & 0x7F) << shift;
            if (rest[i] < 0x80)
            {
                var isLong = i > 0 && rest[i] == 0;
                rest = rest[(i + 1)..];
                return isLong ? PacketError.VariableByteIntegerNotMinimal : PacketError.None;
            }
        }

        return PacketError.VariableByteIntegerTooLong;
    }
}
