using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Clients;

/// <summary>What a client does of its own accord.</summary>
internal sealed partial class SimulatedClient
{
    private const int OutboundMax = 50;

    /// <summary>Begins to live: connects, then does something now and then.</summary>
    public void Start()
    {
        Connect(clean: false);
        PlanAction();
    }

    /// <summary>Publishes a message of its choice.</summary>
    public void Publish()
    {
        var isGuarded = _world.Plan.HasRights && _random.Chance(0.3);
        var topic = _random.Pick<string>(isGuarded ? Choices.Guarded : Choices.Topics);
        var template = new MessageTemplate(Plan.ClientId, topic, (QoS)_random.Below(3))
        {
            Retain = _random.Chance(0.2),
            Properties = IsMqtt5 && _random.Chance(0.2) ? RandomProperties() : [],
            ExpirySeconds = IsMqtt5 && _random.Chance(0.25) ? _random.Pick<uint>(1, 2, 5, 100, 10_000) : null,
        };
        var isClear = template.Retain && !isGuarded && _random.Chance(0.25);
        var size = _random.Chance(0.05) ? _random.Between(200, 2000) : _random.Between(4, 40);
        Publish(isClear ? template.Make(0, []) : _world.Messages.Add(template, size));
    }

    /// <summary>Publishes a message.</summary>
    public void Publish(Message message)
    {
        if (message.QoS == QoS.AtMostOnce)
        {
            SendPublish(message, 0, dup: false);
        }
        else if (_outbound.QueuedCount < OutboundMax)
        {
            _outbound.Enqueue(message, message.QoS);
            Pump();
        }
    }

    /// <summary>Subscribes to one filter.</summary>
    public void Subscribe(string filter, SubscriptionOptions options, uint identifier)
    {
        if (!_outbound.TryBeginRequest(out var packetId))
        {
            return;
        }

        _wanted.RemoveAll(request => string.Equals(request.Filter, filter, StringComparison.Ordinal));
        var request = new Request(filter, packetId);
        _wanted.Add(request);
        _pending.Add(request);
        var filters = new SubscribeFilterWriter(stackalloc byte[64]);
        var properties = new PropertyWriter(stackalloc byte[16]);
        filters.Add(filter, options);
        if (identifier > 0)
        {
            properties.Add(PropertyId.SubscriptionIdentifier, identifier);
        }

        Send(new SubscribePacket { PacketId = packetId, FilterBytes = filters.FilterBytes, Properties = properties.Block });
        filters.Dispose();
        properties.Dispose();
    }

    private static readonly byte[] ContentTypeText = [(byte)PropertyId.ContentType, 0, 1, (byte)'t'];

    private byte[] RandomProperties() => _random.Below(3) switch
    {
        0 => ContentTypeText,
        1 => [(byte)PropertyId.UserProperty, 0, 1, (byte)'k', 0, 1, (byte)'v', (byte)PropertyId.UserProperty, 0, 1, (byte)'k', 0, 1, (byte)'w'],
        _ => [(byte)PropertyId.ResponseTopic, 0, 1, (byte)'r', (byte)PropertyId.CorrelationData, 0, 2, 0, 255],
    };

    private void PlanAction() => Time.In(_random.Between(1, 2 * Plan.ActEveryMs), () =>
    {
        if (!IsCalm)
        {
            if (IsConnected)
            {
                Act();
            }

            PlanAction();
        }
    });

    private void Act()
    {
        var dice = _random.Below(100);
        if (dice < Plan.PublishPercent)
        {
            Publish();
        }
        else if (dice < 94)
        {
            ChangeSubscriptions();
        }
        else if (dice < 97)
        {
            Leave();
        }
        else if (_random.Chance(0.3))
        {
            Connect(clean: _random.Chance(0.2));        // a second instance of the program
        }
        else
        {
            Publish();
        }
    }

    private void Leave()
    {
        var withWill = IsMqtt5 && _random.Chance(0.3);
        uint? expiry = IsMqtt5 && Plan is { ExpirySeconds: > 0, IsPersistent: true } && _random.Chance(0.2) ? _random.Pick<uint>(0, 1, 5) : null;
        Disconnect(withWill ? (byte)4 : (byte)0, expiry);
    }

    private void ChangeSubscriptions()
    {
        if (_wanted.Count > 0 && (_wanted.Count > 4 || _random.Chance(0.35)))
        {
            Unsubscribe(_wanted[_random.Below(_wanted.Count)].Filter);
            return;
        }

        var isShared = Plan.SharedFilter is not null;
        var filter = Plan.SharedFilter ?? (Plan.MarathonLength > 0 ? Choices.MarathonTopic : _random.Pick<string>(Choices.Filters));
        if (isShared && _wanted.Count > 0)
        {
            return;
        }

        var qos = (QoS)(isShared && !_world.Plan.HasQoS0Members ? _random.Between(1, 2) : _random.Below(3));
        var options = IsMqtt5
            ? new SubscriptionOptions(qos, !isShared && _random.Chance(0.25), !isShared && _random.Chance(0.3), (RetainHandling)_random.Below(3))
            : new SubscriptionOptions(qos, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe);
        Subscribe(filter, options, IsMqtt5 && _random.Chance(0.8) ? ++_lastIdentifier : 0);
    }

    private void Unsubscribe(string filter)
    {
        if (!_outbound.TryBeginRequest(out var packetId))
        {
            return;
        }

        _wanted.RemoveAll(request => string.Equals(request.Filter, filter, StringComparison.Ordinal));
        _pending.Add(new Request(filter, packetId));
        var filters = new UnsubscribeFilterWriter(stackalloc byte[64]);
        filters.Add(filter);
        Send(new UnsubscribePacket { PacketId = packetId, FilterBytes = filters.FilterBytes });
        filters.Dispose();
    }

    /// <summary>As many messages as there are packet ids and more, to itself, a few at a time.</summary>
    private void RunMarathon()
    {
        if (!IsInMarathon)
        {
            return;
        }

        if (_wanted.Count == 0)
        {
            Subscribe(Choices.MarathonTopic, new SubscriptionOptions(QoS.AtLeastOnce, false, false, RetainHandling.DoNotSend), ++_lastIdentifier);
        }

        while (IsInMarathon && _outbound.InFlightCount + _outbound.QueuedCount < OutboundMax)
        {
            _marathonSent++;
            var template = new MessageTemplate(Plan.ClientId, Choices.MarathonTopic, QoS.AtLeastOnce);
            _outbound.Enqueue(_world.Messages.Add(template, payloadSize: 4), QoS.AtLeastOnce);
        }
    }
}
