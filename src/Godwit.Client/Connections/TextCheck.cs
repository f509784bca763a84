using System.Text;
using Godwit.Protocol.Topics;

namespace Godwit.Client.Connections;

/// <summary>Checks what the caller hands over; the caller's mistake is an <see cref="ArgumentException"/> at once.</summary>
internal static class TextCheck
{
    private const int SizeMax = 65_535;         // a two-byte length stands before every string (§1.5.4)

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>UTF-8 of a string for the wire.</summary>
    /// <exception cref="ArgumentException">More than 65,535 bytes, U+0000 or half a surrogate pair.</exception>
    public static byte[] Encode(string value, string name)
    {
        byte[] utf8;
        try
        {
            utf8 = Strict.GetBytes(value);              // [MQTT-1.5.4-1] [MQTT3-1.5.3-1]
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException($"The {name} is not valid text.", name, exception);
        }

        if (utf8.Length > SizeMax)                      // [MQTT-4.7.3-3] [MQTT3-4.7.3-3]
        {
            throw new ArgumentException($"The {name} has {utf8.Length} bytes; {SizeMax} is the limit.", name);
        }

        if (utf8.AsSpan().Contains((byte)0))            // [MQTT-1.5.4-2] [MQTT3-1.5.3-2]
        {
            throw new ArgumentException($"The {name} contains U+0000.", name);
        }

        return utf8;
    }

    /// <summary>A Topic Name. [MQTT-4.7.0-1] [MQTT-4.7.3-1] [MQTT3-4.7.1-1] [MQTT3-4.7.3-1]</summary>
    /// <exception cref="ArgumentException">Empty, with wildcards, or not a string for the wire.</exception>
    public static byte[] EncodeTopic(string topic, string name)
    {
        var utf8 = Encode(topic, name);
        return TopicName.IsValid(utf8)
            ? utf8
            : throw new ArgumentException($"'{topic}' is not a topic name: it is empty or contains + or #.", name);
    }

    /// <summary>A Topic Filter. [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.8.2-1] [MQTT-4.8.2-2] [MQTT3-4.7.1-2] [MQTT3-4.7.1-3]</summary>
    /// <exception cref="ArgumentException">Empty, a wildcard in the wrong place, or not a string for the wire.</exception>
    public static byte[] EncodeFilter(string filter, string name)
    {
        var utf8 = Encode(filter, name);
        return TopicFilter.TryParse(utf8, out _)
            ? utf8
            : throw new ArgumentException($"'{filter}' is not a topic filter: it is empty, or a wildcard stands where it must not.", name);
    }

    /// <summary>The properties of a message or a will.</summary>
    public static void CheckMessageProperties(MqttPublishOptions options, string name)
    {
        if (options.ContentType is { } contentType)
        {
            Encode(contentType, name);
        }

        if (options.ResponseTopic is { } responseTopic)
        {
            EncodeTopic(responseTopic, name);           // [MQTT-3.3.2-14]
        }

        CheckBinary(options.CorrelationData, name);
        CheckUserProperties(options.UserProperties, name);
        if (options.MessageExpiry is { } expiry)
        {
            CheckSeconds(expiry, name);
        }
    }

    public static void CheckUserProperties(IReadOnlyList<MqttUserProperty> properties, string name)
    {
        foreach (var property in properties)
        {
            Encode(property.Name, name);                // [MQTT-1.5.7-1]
            Encode(property.Value, name);
        }
    }

    public static void CheckBinary(ReadOnlyMemory<byte>? value, string name)
    {
        if (value is { Length: > SizeMax } tooLong)
        {
            throw new ArgumentException($"{name} has {tooLong.Length} bytes; {SizeMax} is the limit.", name);
        }
    }

    /// <summary>An interval that fits a Four Byte Integer of seconds, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public static void CheckSeconds(TimeSpan interval, string name)
    {
        if (interval != Timeout.InfiniteTimeSpan && (interval < TimeSpan.Zero || interval.TotalSeconds >= uint.MaxValue))
        {
            throw new ArgumentOutOfRangeException(name, interval, "An interval is 0 to 4,294,967,294 seconds, or infinite.");
        }
    }
}
