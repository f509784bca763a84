using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Clients;

/// <summary>What a client sends and answers.</summary>
internal sealed partial class SimulatedClient
{
    private readonly List<Request> _pending = [];

    private void Arrived(Link link)
    {
        if (_link != link)
        {
            return;
        }

        var bytes = link.Down.Peek(int.MaxValue).ToArray();
        link.Down.Consume(bytes.Length);
        if (bytes.Length > 0)
        {
            _lastHeardMs = Time.NowMs;
            foreach (var packet in _stream!.Add(bytes))
            {
                if (_link == link)
                {
                    Handle(packet);
                }
            }

            link.BrokerSide?.Arrived();         // there is room again
        }

        if (_link == link && link.Down.IsAtEnd)
        {
            LostLink(link);
        }
    }

    private void Handle(WirePacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Connack:
                HandleConnack(packet);
                break;

            case PacketType.Publish:
                HandlePublish(packet);
                break;

            case PacketType.Puback:
                _outbound.OnPuback(packet.PacketId, out _);
                Pump();
                break;

            case PacketType.Pubrec:
                var outcome = _outbound.OnPubrec(packet.PacketId, packet.ReasonCode >= 0x80, out _, out _);
                if (outcome != PubrecOutcome.Ended)
                {
                    var code = outcome == PubrecOutcome.SendPubrel ? PubrelReasonCode.Success : PubrelReasonCode.PacketIdentifierNotFound;
                    Answer(new PubrelPacket { PacketId = packet.PacketId, ReasonCode = code });
                }

                Pump();

                break;

            case PacketType.Pubrel:
                var isKnown = _inbound.OnPubrel(packet.PacketId);
                Answer(new PubcompPacket { PacketId = packet.PacketId, ReasonCode = isKnown ? PubcompReasonCode.Success : PubcompReasonCode.PacketIdentifierNotFound });
                break;

            case PacketType.Pubcomp:
                _outbound.OnPubcomp(packet.PacketId);
                Pump();
                break;

            case PacketType.Suback or PacketType.Unsuback:
                _outbound.OnResponse(packet.PacketId);
                _pending.RemoveAll(request => request.PacketId == packet.PacketId);
                Pump();
                break;
        }
    }

    private void HandleConnack(WirePacket packet)
    {
        if (packet.ReasonCode != 0)
        {
            LostLink(_link!);                   // it comes back
            return;
        }

        IsConnected = true;
        _mustBeClean = false;
        var session = _link!.Edge.Session!.Number;
        if (session != _session)
        {
            // The server's session is new. CONNACK says so, but not in 3.1, nor when an earlier CONNACK of that session was lost on the way:
            // then no client can know, and its old packet ids would be mistaken for new ones. This one looks.
            ForgetSession();
            _session = session;
        }

        var window = (int)packet.NumberOr(PropertyId.ReceiveMaximum, (uint)_world.Plan.Limits.ReceiveMaximum);
        _outbound.BeginConnection(window);
        var aliasMaximum = (int)packet.NumberOr(PropertyId.TopicAliasMaximum, 0);
        _aliases = aliasMaximum > 0 && _random.Chance(0.5) ? new OutboundTopicAliases(aliasMaximum) : null;
        Pump();
        KeepAlive(_link);
    }

    private void HandlePublish(WirePacket packet)
    {
        if (packet.QoS == QoS.AtMostOnce)
        {
            _world.Deliver(_link!, packet);
            return;
        }

        var isRefused = IsMqtt5 && packet.Payload.Length > 3 && packet.Payload[3] < Plan.RefusePermille * 256 / 1000;     // the same each time it comes
        if (packet.QoS == QoS.AtLeastOnce)
        {
            if (!isRefused)
            {
                _world.Deliver(_link!, packet);
            }

            Answer(new PubackPacket { PacketId = packet.PacketId, ReasonCode = isRefused ? PubackReasonCode.UnspecifiedError : PubackReasonCode.Success });
            return;
        }

        if (_inbound.OnPublish(packet.PacketId, 65_535) == InboundOutcome.New)
        {
            if (isRefused)
            {
                _inbound.Refuse(packet.PacketId);
                Answer(new PubrecPacket { PacketId = packet.PacketId, ReasonCode = PubrecReasonCode.UnspecifiedError });
                return;
            }

            _world.Deliver(_link!, packet);
        }

        Answer(new PubrecPacket { PacketId = packet.PacketId });
    }

    /// <summary>Sends what the session has to send, repeats first.</summary>
    private void Pump()
    {
        if (!IsConnected)
        {
            return;
        }

        RunMarathon();
        while (_outbound.TryTakeNext(out var send))
        {
            if (send.IsPubrel)
            {
                Send(new PubrelPacket { PacketId = send.PacketId });
            }
            else
            {
                SendPublish(send.Message, send.PacketId, send.Dup);
            }
        }
    }

    private void SendPublish(Message message, ushort packetId, bool dup)
    {
        var properties = new PropertyWriter(stackalloc byte[128]);
        var topic = Encoding.UTF8.GetBytes(message.Topic);
        var isTopicKnown = IsMqtt5 && AddPublishProperties(ref properties, message, topic);
        Send(new PublishPacket
        {
            Topic = isTopicKnown ? [] : topic,
            Payload = message.Payload,
            QoS = message.QoS,
            Retain = message.Retain,
            Dup = dup,
            PacketId = packetId,
            Properties = properties.Block,
        });
        properties.Dispose();
    }

    /// <summary>Adds what travels with the message, and a Topic Alias where there is one.</summary>
    /// <returns>The alias stands for the topic.</returns>
    private bool AddPublishProperties(ref PropertyWriter writer, Message message, byte[] topic)
    {
        writer.AddEncoded(message.Properties);
        if (message.ExpirySeconds is { } expiry)
        {
            writer.Add(PropertyId.MessageExpiryInterval, expiry);
        }

        if (_aliases is null)
        {
            return false;
        }

        var alias = _aliases.Find(topic, out var isNew);
        if (alias > 0)
        {
            writer.Add(PropertyId.TopicAlias, alias);
        }

        if (isNew)
        {
            _aliases.Commit(topic, alias);
        }

        return alias > 0 && !isNew;
    }

    /// <summary>Answers in order, at once or after a while.</summary>
    private void Answer<TPacket>(TPacket packet)
        where TPacket : IPacket, allows ref struct
    {
        if (Plan.AnswerDelayMaxMs == 0)
        {
            Send(packet);
            return;
        }

        var bytes = new byte[packet.Measure(Plan.Version)];
        packet.Write(bytes, Plan.Version);
        _answers.Add(bytes);
        if (_isAnswering)
        {
            return;
        }

        _isAnswering = true;
        Time.In(_random.Between(0, Plan.AnswerDelayMaxMs), () =>
        {
            _isAnswering = false;
            if (!_answers.IsEmpty && _link is not null)
            {
                Write(_answers.Take());
            }
        });
    }

    private void Send<TPacket>(TPacket packet)
        where TPacket : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(Plan.Version)];
        packet.Write(bytes, Plan.Version);
        Write(bytes);
    }

    private void Write(byte[] bytes)
    {
        _lastSaidMs = Time.NowMs;
        _link!.Up.Write(bytes, int.MaxValue);
    }

    /// <summary>PINGREQ when nothing else was said; a broker that does not answer is given up. [MQTT-3.1.2-20]</summary>
    private void KeepAlive(Link link)
    {
        if (Plan.KeepAliveSeconds == 0)
        {
            return;
        }

        Time.In(Plan.KeepAliveSeconds * 400L, () =>
        {
            if (_link != link || !IsConnected)
            {
                return;
            }

            if (Time.NowMs - _lastHeardMs > Plan.KeepAliveSeconds * 2000L)
            {
                LostLink(link);
                return;
            }

            Send(default(PingreqPacket));
            KeepAlive(link);
        });
    }

    private sealed record Request(string Filter, ushort PacketId);
}
