using Godwit.Client.Connections;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Sessions;

/// <summary>
/// PUBLISH from the server until it is acknowledged: PUBACK or PUBREC goes out when the reader is done with a message, in the order in
/// which they came. [MQTT-4.6.0-2] [MQTT-4.6.0-3] [MQTT3-4.6.0-2] [MQTT3-4.6.0-3] Guarded by the session's gate.
/// </summary>
internal sealed class MessageReceiver(ClientSession session, MqttClientOptions options)
{
    private readonly int _receiveMaximum = options.Version == ProtocolVersion.Mqtt5 ? options.ReceiveMaximum : 65_535;
    private readonly InboundDelivery _inbound = new();
    private readonly HashSet<int> _unacknowledged = [];                         // on this connection, QoS 1 and 2 [MQTT-3.3.4-9]
    private readonly Dictionary<int, int> _awaitingReader = [];                 // QoS 2 without PUBREC: the connection it last came by
    private InboundTopicAliases _aliases = new(options.TopicAliasMaximum);
    private int _connectionNumber;
    private int _sessionNumber;
    private TaskCompletionSource? _released;

    /// <summary>What waits for the reader.</summary>
    public MessageQueue Queue { get; } = new(options.MessageQueueMax, options.MessageQueueBytesMax);

    /// <summary>QoS 2 messages that the reader is done with and whose PUBREL has not come.</summary>
    private int UnreleasedCount => _inbound.Count - _awaitingReader.Count;

    /// <summary>Completes when every QoS 2 message that was answered with PUBREC has been released and answered with PUBCOMP.</summary>
    public Task WhenReleased()
    {
        if (UnreleasedCount == 0)
        {
            return Task.CompletedTask;
        }

        _released ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _released.Task;
    }

    /// <summary>A connection is established. Topic Aliases begin anew. [MQTT-3.3.2-7]</summary>
    /// <param name="sessionPresent">False: the server has forgotten which QoS 2 messages it had sent.</param>
    public void BeginConnection(bool sessionPresent)
    {
        _connectionNumber++;
        _unacknowledged.Clear();
        _aliases = new InboundTopicAliases(options.TopicAliasMaximum);
        if (!sessionPresent)
        {
            _sessionNumber++;
            _inbound.Clear();
            _awaitingReader.Clear();
            CompleteReleased();
        }
    }

    /// <summary>A PUBLISH arrived.</summary>
    /// <param name="output">For the PUBREC that answers a repeated QoS 2 message.</param>
    /// <param name="publish">Checked by its reader.</param>
    /// <returns>TopicAliasInvalid, TopicAliasUnknown, ReceiveMaximumExceeded or None.</returns>
    public PacketError OnPublish(PacketOutput output, in PublishPacket publish)
    {
        var topic = publish.Topic;
        if (publish.Properties.TryGet(PropertyId.TopicAlias, out var alias))
        {
            var error = _aliases.Resolve(alias.Number, ref topic);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (publish.QoS == QoS.AtMostOnce)
        {
            OnPublishOnce(publish, topic);
            return PacketError.None;
        }

        if (_unacknowledged.Add(publish.PacketId) && _unacknowledged.Count > _receiveMaximum)
        {
            return PacketError.ReceiveMaximumExceeded;
        }

        if (publish.QoS == QoS.ExactlyOnce && IsRepeated(output, publish.PacketId))
        {
            return PacketError.None;
        }

        Queue.Enqueue(new MqttMessage(session, publish, topic, _connectionNumber, _sessionNumber));
        return PacketError.None;
    }

    /// <summary>The reader is done with a message.</summary>
    /// <param name="output">Null: there is no connection to acknowledge it on.</param>
    /// <param name="message">Of any age.</param>
    public void Acknowledge(PacketOutput? output, MqttMessage message)
    {
        if (message.IsAcknowledged || message.SessionNumber != _sessionNumber)
        {
            return;
        }

        message.IsAcknowledged = true;
        if (message.QoS == MqttQoS.AtLeastOnce && message.ConnectionNumber == _connectionNumber && output is not null)
        {
            _unacknowledged.Remove(message.PacketId);
            output.WritePuback(message.PacketId);                               // [MQTT-4.3.2-4] [MQTT3-4.3.2-2]
        }

        // Without the connection that it came by, the server sends it again and gets its PUBREC then.
        if (message.QoS == MqttQoS.ExactlyOnce
            && _awaitingReader.Remove(message.PacketId, out var connectionNumber)
            && connectionNumber == _connectionNumber)
        {
            output?.WritePubrec(message.PacketId);                              // [MQTT-4.3.3-8] [MQTT3-4.3.3-2]
        }
    }

    /// <summary>PUBREL is always answered: PUBCOMP. [MQTT-4.3.3-11] [MQTT3-4.3.3-2]</summary>
    public void OnPubrel(PacketOutput output, ushort packetId)
    {
        var wasOpen = _inbound.OnPubrel(packetId);
        _unacknowledged.Remove(packetId);
        _awaitingReader.Remove(packetId);
        output.WritePubcomp(packetId, wasOpen ? PubcompReasonCode.Success : PubcompReasonCode.PacketIdentifierNotFound);
        CompleteReleased();
    }

    private void CompleteReleased()
    {
        if (_released is not null && UnreleasedCount == 0)
        {
            _released.TrySetResult();
            _released = null;
        }
    }

    private void OnPublishOnce(in PublishPacket publish, ReadOnlySpan<byte> topic)
    {
        if (Queue.IsFull)
        {
            Queue.Drop();           // an answer is awaited, else the socket would not have been read
            return;
        }

        Queue.Enqueue(new MqttMessage(session, publish, topic, _connectionNumber, _sessionNumber));
    }

    /// <summary>Says whether a QoS 2 message is here already; then it is not delivered again. [MQTT-4.3.3-10] [MQTT3-4.3.3-2]</summary>
    private bool IsRepeated(PacketOutput output, ushort packetId)
    {
        if (_inbound.OnPublish(packetId, PacketIds.Count) == InboundOutcome.New)
        {
            _awaitingReader[packetId] = _connectionNumber;
            return false;
        }

        if (_awaitingReader.ContainsKey(packetId))
        {
            _awaitingReader[packetId] = _connectionNumber;      // PUBREC follows when the reader is done with the first copy
        }
        else
        {
            output.WritePubrec(packetId);
        }

        return true;
    }
}
