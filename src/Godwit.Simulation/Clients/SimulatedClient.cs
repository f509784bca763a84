using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;
using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Clients;

/// <summary>
/// A correct client. It keeps its session with the same <see cref="OutboundDelivery{TMessage}"/> and <see cref="InboundDelivery"/> as a real
/// one, so that a loss on either side of the network is repaired as the specification says.
/// </summary>
internal sealed partial class SimulatedClient
{
    private readonly World _world;
    private readonly SeededRandom _random;
    private readonly List<Request> _wanted = [];        // subscriptions it believes to have, or asks for
    private OutboundDelivery<Message> _outbound = new();
    private InboundDelivery _inbound = new();
    private Link? _link;
    private PacketStream? _stream;
    private BufferedOutput _answers = new();
    private OutboundTopicAliases? _aliases;
    private bool _hasLostStore;
    private bool _mustBeClean;
    private int _session;               // of the server
    private long _lastHeardMs;
    private long _lastSaidMs;
    private bool _isAnswering;
    private uint _lastIdentifier;
    private int _marathonSent;

    public SimulatedClient(World world, ClientPlan plan, SeededRandom random)
    {
        _world = world;
        _random = random;
        Plan = plan;
    }

    public ClientPlan Plan { get; }

    /// <summary>The network connection it uses, as it believes.</summary>
    public Link? Link => _link;

    /// <summary>CONNACK has come.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>It has begun and not finished: publishing in exchanges, requests, answers.</summary>
    public bool IsBusy => !_outbound.IsEmpty || _inbound.Count > 0 || !_answers.IsEmpty || _pending.Count > 0 || IsInMarathon;

    /// <summary>What it waits for, for a person.</summary>
    public string WhatWaits => $"{Plan.ClientId} ({_outbound.QueuedCount} queued, {_outbound.InFlightCount} in flight, {_inbound.Count} received, {_pending.Count} requests)";

    /// <summary>Faults have stopped: it stays connected and does nothing of its own.</summary>
    public bool IsCalm { get; set; }

    /// <summary>It wants no session any more: every connection is clean, also one after a loss.</summary>
    public bool IsLeaving { get; set; }

    private bool IsInMarathon => _marathonSent < Plan.MarathonLength;

    private Timeline Time => _world.Timeline;

    private bool IsMqtt5 => Plan.Version == ProtocolVersion.Mqtt5;

    /// <summary>Opens a connection, leaving behind one that there may be.</summary>
    /// <param name="clean">Clean Start.</param>
    public void Connect(bool clean)
    {
        LeaveLink(vanishes: _random.Chance(0.6));
        var link = _world.OpenLink(this);
        _link = link;
        _stream = new PacketStream(PacketSender.Server, Plan.TopicAliasMaximum) { Version = Plan.Version };
        _aliases = null;
        _answers = new BufferedOutput();
        _pending.Clear();
        IsConnected = false;
        _mustBeClean |= _hasLostStore || clean;
        _hasLostStore = false;
        link.ClientArrived = () => Arrived(link);
        link.ClientReset = () => LostLink(link);
        _lastHeardMs = Time.NowMs;
        SendConnect();
        Time.In(ConnackTimeoutMs, () =>
        {
            if (_link == link && !IsConnected)
            {
                LostLink(link);
            }
        });
    }

    /// <summary>The program dies. With its store it goes on where it was.</summary>
    public void Crash(bool losesStore, bool isHalfOpen)
    {
        if (losesStore)
        {
            _world.Hit(Situation.ClientLostItsStore);
            _hasLostStore = true;
            ForgetSession();
        }

        if (_link is { } link)
        {
            if (isHalfOpen)
            {
                link.Cut(_random, brokerLearns: false, clientLearns: false);
            }

            LeaveLink(vanishes: isHalfOpen);
        }

        PlanReconnect();
    }

    /// <summary>Says DISCONNECT and closes; comes back later unless it is calm.</summary>
    public void Disconnect(byte reasonCode, uint? expirySeconds)
    {
        if (!IsConnected)
        {
            return;
        }

        SendDisconnect(reasonCode, expirySeconds);
        LeaveLink(vanishes: false);
        if (!IsCalm)
        {
            PlanReconnect();
        }
    }

    private const int ConnackTimeoutMs = 5000;

    private void SendConnect()
    {
        var properties = new PropertyWriter(stackalloc byte[64]);
        var willProperties = new PropertyWriter(stackalloc byte[64]);
        AddConnectProperties(ref properties);
        var clean = _mustBeClean || IsLeaving || (!Plan.IsPersistent && !(IsMqtt5 && _random.Chance(0.3)));
        var will = _random.Chance(Plan.WillChance) && !IsCalm ? MakeWill() : null;
        if (will is not null)
        {
            AddWillProperties(ref willProperties, will);
        }

        var connect = new ConnectPacket
        {
            Version = Plan.Version,
            CleanStart = clean,
            KeepAliveSeconds = Plan.KeepAliveSeconds,
            ClientId = Encoding.UTF8.GetBytes(Plan.ClientId),
            Properties = IsMqtt5 ? properties.Block : default,
            HasWill = will is not null,
            WillTopic = Encoding.UTF8.GetBytes(will?.Topic ?? ""),
            WillPayload = will?.Payload ?? [],
            WillQoS = will?.QoS ?? QoS.AtMostOnce,
            WillRetain = will?.Retain ?? false,
            WillProperties = IsMqtt5 ? willProperties.Block : default,
        };
        if (clean)
        {
            ForgetSession();
        }

        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        properties.Dispose();
        willProperties.Dispose();
        Write(bytes);
    }

    private void AddConnectProperties(ref PropertyWriter writer)
    {
        if (Plan.ExpirySeconds > 0 && Plan.IsPersistent)
        {
            writer.Add(PropertyId.SessionExpiryInterval, Plan.ExpirySeconds);
        }

        if (Plan.ReceiveMaximum > 0)
        {
            writer.Add(PropertyId.ReceiveMaximum, Plan.ReceiveMaximum);
        }

        if (Plan.PacketSizeMax > 0)
        {
            writer.Add(PropertyId.MaximumPacketSize, (uint)Plan.PacketSizeMax);
        }

        if (Plan.TopicAliasMaximum > 0)
        {
            writer.Add(PropertyId.TopicAliasMaximum, Plan.TopicAliasMaximum);
        }
    }

    private Message MakeWill()
    {
        var isGuarded = _world.Plan.HasRights && _random.Chance(0.3);
        var topic = isGuarded ? _random.Pick<string>(Choices.Guarded) : _random.Pick<string>("a/b", "r/1", "w/1", "b/b");
        var template = new MessageTemplate(Plan.ClientId, topic, (QoS)_random.Below(3))
        {
            IsWill = true,
            Retain = _random.Chance(0.2),
            Properties = IsMqtt5 && _random.Chance(0.3) ? [(byte)PropertyId.PayloadFormatIndicator, 0] : [],
            ExpirySeconds = IsMqtt5 && _random.Chance(0.1) ? 1000U : null,
        };
        return _world.Messages.Add(template, payloadSize: 8);
    }

    private void AddWillProperties(ref PropertyWriter writer, Message will)
    {
        writer.AddEncoded(will.Properties);
        if (will.ExpirySeconds is { } expiry)
        {
            writer.Add(PropertyId.MessageExpiryInterval, expiry);
        }

        var delay = _random.Below(Plan.WillDelaySecondsMax + 1);
        if (delay > 0)
        {
            writer.Add(PropertyId.WillDelayInterval, (uint)delay);
        }
    }

    private void SendDisconnect(byte reasonCode, uint? expirySeconds)
    {
        var properties = new PropertyWriter(stackalloc byte[16]);
        if (expirySeconds is { } seconds && IsMqtt5)
        {
            properties.Add(PropertyId.SessionExpiryInterval, seconds);
        }

        Send(new DisconnectPacket { ReasonCode = (DisconnectReasonCode)reasonCode, Properties = properties.Block });
        properties.Dispose();
    }

    private void ForgetSession()
    {
        _outbound = new OutboundDelivery<Message>();
        _inbound = new InboundDelivery();
        _wanted.Clear();
    }

    /// <summary>The connection is over for this side.</summary>
    private void LostLink(Link link)
    {
        if (_link == link)
        {
            LeaveLink(vanishes: false);
            PlanReconnect();
        }
    }

    private void LeaveLink(bool vanishes)
    {
        if (_link is not { } link)
        {
            return;
        }

        _link = null;
        IsConnected = false;
        _answers = new BufferedOutput();
        _pending.Clear();
        if (vanishes)
        {
            link.Vanish();
        }
        else
        {
            link.CloseByClient();
        }
    }

    private void PlanReconnect() => Time.In(_random.Between(1, IsCalm ? 50 : _world.Plan.AwayMaxMs), () =>
    {
        if (_link is null && !_world.IsOver)
        {
            Connect(clean: false);
        }
    });

    /// <summary>Output that waits to be sent in one go.</summary>
    private sealed class BufferedOutput
    {
        private readonly List<byte> _bytes = [];

        public bool IsEmpty => _bytes.Count == 0;

        public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        public byte[] Take()
        {
            var bytes = _bytes.ToArray();
            _bytes.Clear();
            return bytes;
        }
    }
}
