using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Client.Connections;

/// <summary>Makes the CONNECT packet out of the options.</summary>
internal static class ConnectRequest
{
    /// <summary>Writes CONNECT.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="options">Already checked (<see cref="OptionsCheck"/>).</param>
    /// <param name="clientId">The options' id, or what the server assigned before.</param>
    /// <param name="cleanStart">The options' wish, or false when an own session is to be resumed.</param>
    public static void Write(PacketOutput output, MqttClientOptions options, string clientId, bool cleanStart)
    {
        var properties = new PropertyWriter(stackalloc byte[128]);
        var willProperties = new PropertyWriter(stackalloc byte[128]);
        var will = options.Will;
        if (options.Version == ProtocolVersion.Mqtt5)
        {
            AddProperties(ref properties, options);
            AddWillProperties(ref willProperties, will);
        }

        var connect = new ConnectPacket
        {
            Version = options.Version,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            CleanStart = cleanStart,
            KeepAliveSeconds = (ushort)options.KeepAlive.TotalSeconds,
            Properties = properties.Block,
            HasWill = will is not null,
            WillQoS = (QoS)(will?.QoS ?? default),
            WillRetain = will?.Retain ?? false,
            WillTopic = Encoding.UTF8.GetBytes(will?.Topic ?? ""),
            WillPayload = will is null ? default : will.Payload.Span,
            WillProperties = willProperties.Block,
            HasUserName = options.Username is not null,
            UserName = Encoding.UTF8.GetBytes(options.Username ?? ""),
            HasPassword = options.Password is not null,
            Password = options.Password.GetValueOrDefault().Span,
        };
        connect.Write(output.Append(connect.Measure()));
        properties.Dispose();
        willProperties.Dispose();
    }

    private static void AddProperties(ref PropertyWriter writer, MqttClientOptions options)
    {
        if (options.SessionExpiry != TimeSpan.Zero)
        {
            writer.Add(PropertyId.SessionExpiryInterval, PropertyTexts.ToSeconds(options.SessionExpiry));
        }

        if (options.ReceiveMaximum != 65_535)
        {
            writer.Add(PropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
        }

        if (options.MaximumPacketSize is { } maximumPacketSize)
        {
            writer.Add(PropertyId.MaximumPacketSize, (uint)maximumPacketSize);
        }

        if (options.TopicAliasMaximum > 0)
        {
            writer.Add(PropertyId.TopicAliasMaximum, (uint)options.TopicAliasMaximum);
        }

        if (options.RequestResponseInformation)
        {
            writer.Add(PropertyId.RequestResponseInformation, 1);
        }

        if (!options.RequestProblemInformation)
        {
            writer.Add(PropertyId.RequestProblemInformation, 0);
        }

        PropertyTexts.AddUserProperties(ref writer, options.UserProperties);
        if (options.AuthenticationMethod is { } method)
        {
            writer.Add(PropertyId.AuthenticationMethod, method);
        }

        if (options.AuthenticationData is { } data)
        {
            writer.Add(PropertyId.AuthenticationData, data.Span);
        }
    }

    private static void AddWillProperties(ref PropertyWriter writer, MqttWill? will)
    {
        if (will is null)
        {
            return;
        }

        if (will.Delay > TimeSpan.Zero)
        {
            writer.Add(PropertyId.WillDelayInterval, PropertyTexts.ToSeconds(will.Delay));
        }

        PropertyTexts.AddMessageProperties(ref writer, will.Properties);
    }
}
