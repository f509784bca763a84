using Godwit.Protocol;

namespace Godwit.Broker.Security;

/// <summary>A right that only somebody outside the broker knows of.</summary>
/// <param name="action">Publish or Subscribe.</param>
/// <param name="topic">Topic Name, or Topic Filter without <c>$share</c>, as the broker knows it; UTF-8. The question's from now on.</param>
/// <param name="qos">Of the message or of the subscription.</param>
/// <param name="retain">Of the message.</param>
public sealed class AccessQuestion(AccessAction action, byte[] topic, QoS qos, bool retain)
{
    /// <summary>Publish or Subscribe.</summary>
    public AccessAction Action => action;

    /// <summary>Topic Name, or Topic Filter without <c>$share</c>, as the broker knows it; UTF-8, not to be changed.</summary>
    public byte[] Topic => topic;

    /// <summary>Of the message or of the subscription.</summary>
    public QoS QoS => qos;

    /// <summary>Of the message.</summary>
    public bool Retain => retain;

    internal bool IsAbout(AccessAction wanted, ReadOnlySpan<byte> wantedTopic, QoS wantedQoS, bool wantedRetain) =>
        action == wanted && qos == wantedQoS && retain == wantedRetain && wantedTopic.SequenceEqual(topic);
}
