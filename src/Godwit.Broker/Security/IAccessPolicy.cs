using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Security;

/// <summary>
/// The questions the core asks about rights. Called from any thread; answers at once, and allocates nothing. The core keeps no answer: a rule
/// that changes holds for the next message.
/// </summary>
public interface IAccessPolicy
{
    /// <summary>False: there are no rules about receiving, and <see cref="MayReceive"/> and <see cref="MayStillPublish"/> are not asked.</summary>
    bool ChecksDelivery { get; }

    /// <summary>Some answers have to be waited for: <see cref="IsUndecided"/> says which. Until they are there they are a no.</summary>
    bool HasToAsk => false;

    /// <summary>May this client connect? Asked before any session is touched. Authentication, which may take time, comes after it.</summary>
    /// <param name="connect">The whole CONNECT, already well formed.</param>
    /// <returns>Success, or the code of the refusal; 3.x clients get its return code.</returns>
    ConnackReasonCode Connect(in ConnectPacket connect);

    /// <summary>May this client publish to a topic? Wills are asked about too, at CONNECT and when they are published.</summary>
    /// <param name="who">The publisher.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    /// <param name="qos">QoS of the message.</param>
    /// <param name="retain">RETAIN of the message.</param>
    bool MayPublish(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain);

    /// <summary>May this client subscribe?</summary>
    /// <param name="who">The subscriber.</param>
    /// <param name="filter">Topic Filter without <c>$share</c>, UTF-8.</param>
    /// <param name="qos">The QoS asked for.</param>
    bool MaySubscribe(in Subject who, ReadOnlySpan<byte> filter, QoS qos);

    /// <summary>May this client be sent a message? Asked before every delivery: live, retained, queued, will, shared, repeated.</summary>
    /// <param name="who">The receiver.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    /// <param name="qos">The QoS it would be sent with.</param>
    /// <param name="retain">RETAIN as this receiver would see it.</param>
    bool MayReceive(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain);

    /// <summary>
    /// May the message of this publisher still be delivered? Asked about retained messages before they are sent to anybody. Of the publisher
    /// only client identifier and user name are known.
    /// </summary>
    /// <param name="publisher">Who has published it.</param>
    /// <param name="topic">Topic Name, UTF-8.</param>
    bool MayStillPublish(in Subject publisher, ReadOnlySpan<byte> topic);

    /// <summary>
    /// Something was denied: only because nobody has been asked about it yet, or not lately? Then a PUBLISH or SUBSCRIBE waits for
    /// <see cref="Shards.IShardWorld.Ask"/>; a delivery does not.
    /// </summary>
    /// <param name="who">The client.</param>
    /// <param name="action">What it wants to do.</param>
    /// <param name="topic">Topic Name, or Topic Filter without <c>$share</c>, UTF-8.</param>
    /// <param name="qos">Of the message or the subscription.</param>
    /// <param name="retain">Of the message.</param>
    bool IsUndecided(in Subject who, AccessAction action, ReadOnlySpan<byte> topic, QoS qos, bool retain) => false;
}
