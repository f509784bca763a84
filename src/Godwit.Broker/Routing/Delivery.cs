using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>How one session is to get one message: what its matching subscriptions say together.</summary>
/// <param name="QoS">Highest granted QoS. [MQTT-3.3.4-2]</param>
/// <param name="RetainAsPublished">One of them keeps the RETAIN flag.</param>
/// <param name="Identifiers">All their Subscription Identifiers; null for none. [MQTT-3.3.4-3] [MQTT-3.3.4-4]</param>
internal readonly record struct Delivery(QoS QoS, bool RetainAsPublished, uint[]? Identifiers)
{
    public Delivery(Subscription subscription)
        : this(subscription.QoS, subscription.RetainAsPublished, subscription.Identifiers)
    {
    }

    /// <summary>The shared group it comes through; null when none.</summary>
    public SharedGroup? Group { get; init; }

    /// <summary>The filter of the shared subscription it comes through; null when none.</summary>
    public byte[]? SharedFilter { get; init; }

    /// <summary>One more subscription of the same session matches.</summary>
    public Delivery MergedWith(Subscription other) => this with
    {
#if DEFECTS
        QoS = (QoS)(Defect.Is("overlap-lowers-qos") ? Math.Min((int)QoS, (int)other.QoS) : Math.Max((int)QoS, (int)other.QoS)),
#else
        QoS = (QoS)Math.Max((int)QoS, (int)other.QoS),
#endif
        RetainAsPublished = RetainAsPublished || other.RetainAsPublished,
#if DEFECTS
        Identifiers = Defect.Is("overlap-loses-identifier") ? Identifiers : other.JoinIdentifiers(Identifiers),
#else
        Identifiers = other.JoinIdentifiers(Identifiers),
#endif
    };
}
