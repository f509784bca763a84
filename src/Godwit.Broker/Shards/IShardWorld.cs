using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>What the broker core asks of its host. Every call returns at once and may come from any shard.</summary>
public interface IShardWorld
{
    /// <summary>Bytes that objects of this process take on the managed heap now, roughly; asked for once each <c>$SYS</c> interval.</summary>
    long HeapBytes { get; }

    /// <summary>Damaged ranges of the store on disk that are known; null: there is none. Asked as often as <see cref="HeapBytes"/>.</summary>
    int? StoreDamageCount => null;

    /// <summary>The mailbox of this shard was empty and now holds something: make it run a turn soon.</summary>
    void Wake(int shardIndex);

    /// <summary>A client identifier for a client that sent none, unique over restarts, e.g. the prefix and a UUID. [MQTT-3.2.2-16]</summary>
    /// <param name="prefix">What it begins with, mostly <c>auto-</c>.</param>
    string NewClientId(string prefix);

    /// <summary>CONNECT was accepted.</summary>
    void Connected(Connection connection, bool sessionPresent);

    /// <summary>CONNECT was refused; for 3.x clients the code is the 5.0 equivalent.</summary>
    void ConnectRefused(Connection connection, ConnackReasonCode reasonCode);

    /// <summary>A connection that had sent CONNECT has ended.</summary>
    void Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode);

    /// <summary>A packet was refused and the connection is being closed for it.</summary>
    /// <param name="connection">Who sent it.</param>
    /// <param name="type">Which packet; Reserved when its type could not be read.</param>
    /// <param name="error">What is wrong; see <see cref="PacketErrors"/> for words and statement.</param>
    void PacketRefused(Connection connection, PacketType type, PacketError error);

    /// <summary>Handling the input of a connection threw: a mistake of this program. The connection has been given up.</summary>
    void Fault(Connection connection, Exception fault);

    /// <summary>A PUBLISH came to a topic that its client may not publish to. It is refused, or acknowledged and dropped. Which rule it was is for the policy to say.</summary>
    /// <param name="connection">Who sent it.</param>
    /// <param name="topic">Topic Name as the broker knows it, with the mount point of the listener, UTF-8.</param>
    /// <param name="qos">Of the PUBLISH.</param>
    /// <param name="retain">Of the PUBLISH.</param>
    void PublishDenied(Connection connection, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
    }

    /// <summary>The time of a will has come, and its client may no longer publish to its topic.</summary>
    /// <param name="who">Whose will it is; mostly not connected.</param>
    /// <param name="topic">As for <see cref="PublishDenied"/>.</param>
    /// <param name="qos">Of the will.</param>
    /// <param name="retain">Of the will.</param>
    void WillDenied(in Subject who, ReadOnlySpan<byte> topic, QoS qos, bool retain)
    {
    }

    /// <summary>
    /// A client that has named an Authentication Method in CONNECT authenticates itself anew. The answer is a <see cref="HostCall"/> for its shard: exactly
    /// one of <see cref="Shard.ContinueAuthentication"/>, <see cref="Shard.CompleteAuthentication"/> and <see cref="Shard.FailAuthentication"/>.
    /// </summary>
    /// <param name="connection">The client.</param>
    /// <param name="shardIndex">Its shard.</param>
    /// <param name="data">Authentication Data, valid during the call; may be empty.</param>
    /// <param name="isFirst">It begins; otherwise it answers what the host has sent.</param>
    void Reauthenticate(Connection connection, int shardIndex, ReadOnlySpan<byte> data, bool isFirst)
    {
    }

    /// <summary>
    /// A packet needs rights that are not decided (<see cref="IAccessPolicy.IsUndecided"/>). The answer is a <see cref="HostCall"/> for its shard:
    /// <see cref="Shard.Answered"/>. Without one the packet waits for <see cref="BrokerLimits.AskTimeoutMs"/>, and is denied then.
    /// </summary>
    /// <param name="connection">The client; it is not read meanwhile.</param>
    /// <param name="shardIndex">Its shard.</param>
    /// <param name="inquiry">What is asked.</param>
    void Ask(Connection connection, int shardIndex, AccessInquiry inquiry)
    {
    }

    /// <summary>One Topic Filter of a SUBSCRIBE was answered; without the mount point of the listener.</summary>
    void Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode);

    /// <summary>One Topic Filter of an UNSUBSCRIBE was answered; without the mount point of the listener.</summary>
    void Unsubscribed(Connection connection, ReadOnlySpan<byte> topicFilter, UnsubackReasonCode reasonCode)
    {
    }
}
