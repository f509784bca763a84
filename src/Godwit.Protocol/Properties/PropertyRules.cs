namespace Godwit.Protocol.Properties;

/// <summary>The one table of property x packet x how often x value (5.0 §2.2.2.2, table 2-4, and the property's own section).</summary>
public static class PropertyRules
{
    /// <summary>One more than the largest property identifier.</summary>
    public const int Count = (int)PropertyId.SharedSubscriptionAvailable + 1;

    private static readonly PropertyRule[] Table = CreateTable();

    /// <summary>The rule of <paramref name="id"/>.</summary>
    /// <returns>A rule of type None for an identifier that does not exist.</returns>
    public static ref readonly PropertyRule Of(uint id) => ref Table[id < Count ? id : 0];

    private static PropertyRule[] CreateTable()
    {
        const PropertyOwner WithReason = PropertyOwner.Connack | PropertyOwner.Acks | PropertyOwner.Suback
            | PropertyOwner.Unsuback | PropertyOwner.Disconnect | PropertyOwner.Auth;
        const PropertyOwner Message = PropertyOwner.Publish | PropertyOwner.Will;

        var table = new PropertyRule[Count];

        void Number(PropertyId id, PropertyType type, PropertyOwner owners, uint minimum = 0, uint maximum = uint.MaxValue, PacketError error = PacketError.PropertyValueInvalid) =>
            table[(int)id] = new PropertyRule(type, owners, PropertyOwner.None, minimum, maximum, error);

        void Flag(PropertyId id, PropertyOwner owners) => Number(id, PropertyType.Byte, owners, maximum: 1);

        void Data(PropertyId id, PropertyType type, PropertyOwner owners, PropertyOwner repeatable = PropertyOwner.None) =>
            table[(int)id] = new PropertyRule(type, owners, repeatable, 0, uint.MaxValue, PacketError.PropertyValueInvalid);

        Flag(PropertyId.PayloadFormatIndicator, Message);
        Number(PropertyId.MessageExpiryInterval, PropertyType.UInt32, Message);
        Data(PropertyId.ContentType, PropertyType.String, Message);
        Data(PropertyId.ResponseTopic, PropertyType.String, Message);
        Data(PropertyId.CorrelationData, PropertyType.Binary, Message);
        Number(PropertyId.SubscriptionIdentifier, PropertyType.VariableByteInteger, PropertyOwner.Publish | PropertyOwner.Subscribe, minimum: 1);
        table[(int)PropertyId.SubscriptionIdentifier] = table[(int)PropertyId.SubscriptionIdentifier] with { Repeatable = PropertyOwner.Publish };
        Number(PropertyId.SessionExpiryInterval, PropertyType.UInt32, PropertyOwner.Connect | PropertyOwner.Connack | PropertyOwner.Disconnect);
        Data(PropertyId.AssignedClientIdentifier, PropertyType.String, PropertyOwner.Connack);
        Number(PropertyId.ServerKeepAlive, PropertyType.UInt16, PropertyOwner.Connack);
        Data(PropertyId.AuthenticationMethod, PropertyType.String, PropertyOwner.Connect | PropertyOwner.Connack | PropertyOwner.Auth);
        Data(PropertyId.AuthenticationData, PropertyType.Binary, PropertyOwner.Connect | PropertyOwner.Connack | PropertyOwner.Auth);
        Flag(PropertyId.RequestProblemInformation, PropertyOwner.Connect);
        Number(PropertyId.WillDelayInterval, PropertyType.UInt32, PropertyOwner.Will);
        Flag(PropertyId.RequestResponseInformation, PropertyOwner.Connect);
        Data(PropertyId.ResponseInformation, PropertyType.String, PropertyOwner.Connack);
        Data(PropertyId.ServerReference, PropertyType.String, PropertyOwner.Connack | PropertyOwner.Disconnect);
        Data(PropertyId.ReasonString, PropertyType.String, WithReason);
        Number(PropertyId.ReceiveMaximum, PropertyType.UInt16, PropertyOwner.Connect | PropertyOwner.Connack, minimum: 1);
        Number(PropertyId.TopicAliasMaximum, PropertyType.UInt16, PropertyOwner.Connect | PropertyOwner.Connack);
        Number(PropertyId.TopicAlias, PropertyType.UInt16, PropertyOwner.Publish, minimum: 1, error: PacketError.TopicAliasInvalid);     // [MQTT-3.3.2-8]
        Flag(PropertyId.MaximumQoS, PropertyOwner.Connack);
        Flag(PropertyId.RetainAvailable, PropertyOwner.Connack);
        Data(PropertyId.UserProperty, PropertyType.StringPair, PropertyOwner.All, PropertyOwner.All);
        Number(PropertyId.MaximumPacketSize, PropertyType.UInt32, PropertyOwner.Connect | PropertyOwner.Connack, minimum: 1);
        Flag(PropertyId.WildcardSubscriptionAvailable, PropertyOwner.Connack);
        Flag(PropertyId.SubscriptionIdentifierAvailable, PropertyOwner.Connack);
        Flag(PropertyId.SharedSubscriptionAvailable, PropertyOwner.Connack);
        return table;
    }
}
