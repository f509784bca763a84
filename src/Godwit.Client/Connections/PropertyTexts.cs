using System.Text;
using Godwit.Protocol.Properties;

namespace Godwit.Client.Connections;

/// <summary>Between the properties of the API (strings, time spans) and those of the wire.</summary>
internal static class PropertyTexts
{
    /// <summary>Whole seconds; <see cref="Timeout.InfiniteTimeSpan"/> is 0xFFFFFFFF.</summary>
    public static uint ToSeconds(TimeSpan interval) =>
        interval == Timeout.InfiniteTimeSpan ? uint.MaxValue : (uint)interval.TotalSeconds;

    /// <summary>The opposite of <see cref="ToSeconds"/>.</summary>
    public static TimeSpan ToTimeSpan(uint seconds) =>
        seconds == uint.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    /// <summary>The properties of a message.</summary>
    /// <returns>Empty when all have their defaults.</returns>
    public static byte[] EncodeMessageProperties(MqttPublishOptions options)
    {
        var writer = new PropertyWriter(stackalloc byte[256]);
        AddMessageProperties(ref writer, options);
        var bytes = writer.Block.Bytes.ToArray();
        writer.Dispose();
        return bytes;
    }

    public static void AddMessageProperties(ref PropertyWriter writer, MqttPublishOptions options)
    {
        if (options.IsText)
        {
            writer.Add(PropertyId.PayloadFormatIndicator, 1);
        }

        if (options.MessageExpiry is { } expiry)
        {
            writer.Add(PropertyId.MessageExpiryInterval, ToSeconds(expiry));
        }

        if (options.ContentType is { } contentType)
        {
            writer.Add(PropertyId.ContentType, contentType);
        }

        if (options.ResponseTopic is { } responseTopic)
        {
            writer.Add(PropertyId.ResponseTopic, responseTopic);
        }

        if (options.CorrelationData is { } correlationData)
        {
            writer.Add(PropertyId.CorrelationData, correlationData.Span);
        }

        AddUserProperties(ref writer, options.UserProperties);
    }

    public static void AddUserProperties(ref PropertyWriter writer, IReadOnlyList<MqttUserProperty> properties)
    {
        foreach (var property in properties)
        {
            writer.AddUserProperty(Encoding.UTF8.GetBytes(property.Name), Encoding.UTF8.GetBytes(property.Value));
        }
    }

    /// <summary>A string property, or null when it is absent.</summary>
    public static string? StringOrNull(this PropertyBlock properties, PropertyId id) =>
        properties.TryGet(id, out var property) ? Encoding.UTF8.GetString(property.Value) : null;

    /// <summary>A flag of CONNACK, true when it is absent.</summary>
    public static bool IsAvailable(this PropertyBlock properties, PropertyId id) => properties.NumberOr(id, 1) == 1;

    /// <summary>User Properties in wire order.</summary>
    public static IReadOnlyList<MqttUserProperty> UserProperties(this PropertyBlock properties)
    {
        var count = properties.CountOf(PropertyId.UserProperty);
        if (count == 0)
        {
            return [];
        }

        var list = new List<MqttUserProperty>(count);
        foreach (var property in properties)
        {
            if (property.Id == PropertyId.UserProperty)
            {
                list.Add(new MqttUserProperty(Encoding.UTF8.GetString(property.Name), Encoding.UTF8.GetString(property.Value)));
            }
        }

        return list;
    }
}
