using System.Text;

namespace Godwit.Interop.Clients;

/// <summary>One message a client program is asked to publish.</summary>
public sealed record PublishRequest
{
    public required MqttVersion Version { get; init; }

    public required string Topic { get; init; }

    /// <summary>Any bytes; empty clears a retained message.</summary>
    public required byte[] Payload { get; init; }

    public int QoS { get; init; }

    public bool Retain { get; init; }

    public MessageProperties Properties { get; init; } = new();

    /// <summary>Given with CONNECT; not published, as the connection ends with DISCONNECT.</summary>
    public Will? Will { get; init; }

    /// <summary>A message with a payload of UTF-8 text.</summary>
    public static PublishRequest Of(MqttVersion version, string topic, string text, int qos = 0, bool retain = false) => new()
    {
        Version = version,
        Topic = topic,
        Payload = Encoding.UTF8.GetBytes(text),
        QoS = qos,
        Retain = retain,
    };
}
