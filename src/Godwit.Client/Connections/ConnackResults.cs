using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Client.Connections;

/// <summary>Reads a CONNACK with Success.</summary>
internal static class ConnackResults
{
    /// <summary>What the server said, and where it said nothing the protocol's defaults or what was asked for.</summary>
    /// <param name="connack">Checked by its reader; without properties in 3.x.</param>
    /// <param name="options">What the client asked for stands where the server says nothing.</param>
    /// <param name="clientId">As in CONNECT.</param>
    public static MqttConnectResult Read(in ConnackPacket connack, MqttClientOptions options, string clientId)
    {
        var properties = connack.Properties;
        var assigned = properties.StringOrNull(PropertyId.AssignedClientIdentifier);
        var keepAlive = properties.NumberOr(PropertyId.ServerKeepAlive, (uint)options.KeepAlive.TotalSeconds);      // [MQTT-3.1.2-21] [MQTT-3.2.2-21]
        var sessionExpiry = properties.NumberOr(PropertyId.SessionExpiryInterval, PropertyTexts.ToSeconds(options.SessionExpiry));
        var defaults = new MqttConnectResult();
        return new MqttConnectResult
        {
            SessionPresent = connack.SessionPresent,
            ClientId = assigned ?? clientId,
            IsClientIdAssigned = assigned is not null,
            KeepAlive = TimeSpan.FromSeconds(keepAlive),
            SessionExpiry = PropertyTexts.ToTimeSpan(sessionExpiry),
            ReceiveMaximum = (int)properties.NumberOr(PropertyId.ReceiveMaximum, (uint)defaults.ReceiveMaximum),
            MaximumQoS = (MqttQoS)properties.NumberOr(PropertyId.MaximumQoS, (uint)defaults.MaximumQoS),
            RetainAvailable = properties.IsAvailable(PropertyId.RetainAvailable),
            MaximumPacketSize = properties.NumberOr(PropertyId.MaximumPacketSize, (uint)defaults.MaximumPacketSize),
            TopicAliasMaximum = (int)properties.NumberOr(PropertyId.TopicAliasMaximum, 0),
            WildcardSubscriptionAvailable = properties.IsAvailable(PropertyId.WildcardSubscriptionAvailable),
            SubscriptionIdentifierAvailable = properties.IsAvailable(PropertyId.SubscriptionIdentifierAvailable),
            SharedSubscriptionAvailable = properties.IsAvailable(PropertyId.SharedSubscriptionAvailable),
            ResponseInformation = properties.StringOrNull(PropertyId.ResponseInformation),
            ReasonString = properties.StringOrNull(PropertyId.ReasonString),
            UserProperties = properties.UserProperties(),
        };
    }
}
