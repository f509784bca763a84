namespace Godwit.Protocol.Topics;

/// <summary>Rules for Topic Names (5.0 §4.7): UTF-8 bytes, levels separated by <c>/</c>, compared byte by byte. [MQTT-4.7.3-4]</summary>
public static class TopicName
{
    /// <summary>The level separator.</summary>
    public const byte Separator = (byte)'/';

    /// <summary>Contains <c>+</c> or <c>#</c>, which only a Topic Filter may. [MQTT-4.7.1-1]</summary>
    public static bool HasWildcard(ReadOnlySpan<byte> topic) => topic.ContainsAny((byte)'+', (byte)'#');

    /// <summary>Not empty [MQTT-4.7.3-1] and without wildcards. That the bytes are UTF-8 without U+0000 was checked when they were read.</summary>
    public static bool IsValid(ReadOnlySpan<byte> topic) => !topic.IsEmpty && !HasWildcard(topic);

    /// <summary>Begins with <c>$</c>: hidden from filters that begin with a wildcard. [MQTT-4.7.2-1]</summary>
    public static bool IsHidden(ReadOnlySpan<byte> topic) => !topic.IsEmpty && topic[0] == (byte)'$';

    /// <summary>Number of levels, at least 1: one more than the separators.</summary>
    public static int CountLevels(ReadOnlySpan<byte> topic) => 1 + topic.Count(Separator);
}
