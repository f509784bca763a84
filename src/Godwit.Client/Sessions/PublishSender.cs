using Godwit.Client.Connections;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Sessions;

/// <summary>
/// The messages of this client on their way out, in the order of the calls: a queue of what waits, and behind the window the QoS
/// engine with what was sent and is not acknowledged. A message enters the engine when it can be sent at once, so that SUBSCRIBE never
/// waits behind the window. [MQTT-3.3.4-8] Guarded by the session's gate.
/// </summary>
internal sealed class PublishSender(int queueMax)
{
    private readonly OutboundDelivery<OutboundMessage> _delivery = new();
    private readonly Dictionary<int, OutboundMessage> _unsettled = [];      // by packet id
    private Queue<OutboundMessage> _queue = new();
    private int _withdrawnCount;
    private TaskCompletionSource? _settled;

    /// <summary>The QoS engine, which SUBSCRIBE and UNSUBSCRIBE take their packet ids from.</summary>
    public OutboundDelivery<OutboundMessage> Delivery => _delivery;

    /// <summary>Something is queued or in flight, so the connection must be read.</summary>
    public bool IsPending => _queue.Count > _withdrawnCount || _delivery.InFlightCount > 0;

    /// <summary>Completes when nothing is queued and nothing in flight.</summary>
    public Task WhenSettled()
    {
        if (!IsPending)
        {
            return Task.CompletedTask;
        }

        _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _settled.Task;
    }

    /// <summary>Takes a message into the queue.</summary>
    /// <exception cref="MqttRequestException">As many calls as <see cref="MqttClientOptions.SendQueueMax"/> wait already.</exception>
    public void Enqueue(OutboundMessage message)
    {
        if (_queue.Count - _withdrawnCount >= queueMax)
        {
            throw new MqttRequestException(DisconnectReasonCode.QuotaExceeded, $"{queueMax} messages wait to be sent already.");
        }

        message.IsQueued = true;
        _queue.Enqueue(message);
    }

    /// <summary>The caller of a message gave up; if it was not sent, it never will be.</summary>
    public void Withdraw(OutboundMessage message)
    {
        if (message.IsQueued && !message.IsWithdrawn)
        {
            message.IsWithdrawn = true;
            _withdrawnCount++;
            CheckSettled();
        }
    }

    /// <summary>A connection is established.</summary>
    /// <param name="window">QoS 1 and 2 messages that may be unacknowledged.</param>
    /// <param name="sessionPresent">
    /// True: what is in flight is sent again with its packet ids [MQTT-4.4.0-1] [MQTT3-4.4.0-1]. False: the server has forgotten it. A
    /// QoS 1 message is then published anew, which may deliver it twice, as QoS 1 allows; a QoS 2 message fails, because sending it
    /// anew might deliver it twice and not sending it not at all.
    /// </param>
    public void BeginConnection(int window, bool sessionPresent)
    {
        if (!sessionPresent)
        {
            StartAnew();
        }

        _delivery.BeginConnection(window);
    }

    /// <summary>Sends what window and output allow.</summary>
    public void Pump(PacketOutput output, MqttConnectResult server)
    {
        while (output.HasRoom)
        {
            if (_delivery.TryTakeNext(out var send))
            {
                Send(output, server, send);
            }
            else if (!TrySendFromQueue(output, server))
            {
                break;
            }
        }

        CheckSettled();
    }

    /// <summary>PUBACK; one that nothing waits for is ignored.</summary>
    public void OnPuback(ushort packetId, MqttPublishResult result)
    {
        if (_delivery.OnPuback(packetId, out _))
        {
            Settle(packetId, result);                   // only now the copy is given up
        }
    }

    /// <summary>PUBREC, which PUBREL answers unless it refuses the message. [MQTT-4.3.3-4]</summary>
    public void OnPubrec(PacketOutput output, ushort packetId, MqttPublishResult result)
    {
        var outcome = _delivery.OnPubrec(packetId, !result.IsSuccess, out var message, out var handedBack);
        switch (outcome)
        {
            case PubrecOutcome.SendPubrel:
                if (handedBack)
                {
                    message.Result = result;
                    message.ReleasePacket();
                }

                output.WritePubrel(packetId, PubrelReasonCode.Success);
                break;

            case PubrecOutcome.SendPubrelNotFound:
                output.WritePubrel(packetId, PubrelReasonCode.PacketIdentifierNotFound);
                break;

            default:
                Settle(packetId, result);
                break;
        }
    }

    /// <summary>PUBCOMP; one that nothing waits for is ignored.</summary>
    public void OnPubcomp(ushort packetId)
    {
        if (_delivery.OnPubcomp(packetId) && _unsettled.TryGetValue(packetId, out var message))
        {
            Settle(packetId, message.Result);
        }
    }

    /// <summary>
    /// There will be no other connection for now: all callers are told. What is in flight stays and is sent again if a session goes on
    /// some day.
    /// </summary>
    public void Fail(Exception exception)
    {
        while (_queue.TryDequeue(out var message))
        {
            message.TrySetException(exception);
        }

        _withdrawnCount = 0;
        foreach (var message in _unsettled.Values)
        {
            message.TrySetException(exception);
        }

        _settled?.TrySetResult();
        _settled = null;
    }

    private void StartAnew()
    {
        var queue = new Queue<OutboundMessage>();
        _delivery.Clear((message, _, qos, wasSent) =>
        {
            if (qos == QoS.AtLeastOnce || !wasSent)
            {
                message.IsQueued = true;
                queue.Enqueue(message);
            }
        });

        var lost = new MqttConnectionLostException("The server has lost the session; whether the QoS 2 message arrived is not known.");
        foreach (var message in _unsettled.Values.Where(message => !message.IsQueued))
        {
            message.TrySetException(lost);
        }

        _unsettled.Clear();
        foreach (var message in _queue)
        {
            queue.Enqueue(message);
        }

        _queue = queue;
    }

    private bool TrySendFromQueue(PacketOutput output, MqttConnectResult server)
    {
        while (_queue.TryPeek(out var message))
        {
            if (message.IsWithdrawn || message.FailIfNotAccepted(server))
            {
                _withdrawnCount -= message.IsWithdrawn ? 1 : 0;
                Dequeue();
                continue;
            }

            if (message.QoS == QoS.AtMostOnce)
            {
                Dequeue();
                message.WriteOnce(output.Append(message.Size));
                output.AddWritten(message);
                return true;
            }

            var packetId = PacketIds.Of(_delivery.NextSeq);
            if (!_delivery.Quota.IsAvailable || _delivery.QueuedCount > 0 || _unsettled.ContainsKey(packetId))      // [MQTT-4.9.0-2]
            {
                return false;
            }

            Dequeue();
            _unsettled.Add(packetId, message);
            _delivery.Enqueue(message, message.QoS);
            return true;                                // TryTakeNext has it now
        }

        return false;
    }

    private void Send(PacketOutput output, MqttConnectResult server, in OutboundSend<OutboundMessage> send)
    {
        if (send.IsPubrel)
        {
            output.WritePubrel(send.PacketId, PubrelReasonCode.Success);
        }
        else if (send.Message.FailIfNotAccepted(server))        // in flight since an earlier connection that allowed more
        {
            _delivery.Discard(send.PacketId);
            _unsettled.Remove(send.PacketId);
        }
        else
        {
            send.Message.Write(output.Append(send.Message.Size), send.PacketId, send.Dup);
        }
    }

    private void Settle(ushort packetId, MqttPublishResult result)
    {
        if (_unsettled.Remove(packetId, out var message))
        {
            message.TrySetResult(result);
        }
    }

    private void Dequeue() => _queue.Dequeue().IsQueued = false;

    private void CheckSettled()
    {
        if (_settled is not null && !IsPending)
        {
            _settled.TrySetResult();
            _settled = null;
        }
    }
}
