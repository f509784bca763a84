using Godwit.Fuzz.Packets;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Broker;

/// <summary>One script on one broker.</summary>
internal sealed class BrokerRun(FuzzBroker broker, byte versions)
{
    private static readonly byte[] Subscriber = Hex.Parse("10 17 0004 'MQTT' 05 02 0000 00 000A 'subscriber' 82 0F 0007 00 0009 'fuzz/well' 01");
    private static readonly byte[] Publisher = Hex.Parse("10 16 0004 'MQTT' 05 02 0000 00 0009 'publisher' 32 12 0009 'fuzz/well' 0009 00 'fine'");
    private static readonly byte[] Published = Hex.Parse("32 12 0009 'fuzz/well' 0001 00 'fine'");
    private static readonly byte[] Acknowledged = Hex.Parse("40 02 0009");

    /// <summary>Of a client that goes on with its session; the last byte is its Client Identifier.</summary>
    private static readonly Dictionary<ProtocolVersion, byte[]> Connects = new()
    {
        [ProtocolVersion.Mqtt31] = Hex.Parse("10 0F 0006 'MQIsdp' 03 00 0000 0001 'x'"),
        [ProtocolVersion.Mqtt311] = Hex.Parse("10 0D 0004 'MQTT' 04 00 0000 0001 'x'"),
        [ProtocolVersion.Mqtt5] = Hex.Parse("10 13 0004 'MQTT' 05 00 0000 05 11 00000064 0001 'x'"),
    };

    private readonly FuzzPeer?[] _peers = new FuzzPeer?[ScriptStep.Connections];
    private readonly HashSet<FuzzPeer> _slow = [];
    private readonly List<FuzzPeer> _all = [];

    public void Do(ScriptStep step)
    {
        ref var peer = ref _peers[step.Connection];
        switch (step.Kind)
        {
            case ScriptStepKind.Data:
                if (peer is null || peer.IsClosed)
                {
                    peer = Reopen(step);
                }

                peer.Send(step.Bytes);
                break;

            case ScriptStepKind.Drop:
                peer?.Drop();
                peer = null;
                break;

            case ScriptStepKind.Wait:
                broker.Advance(step.Number * 250L);
                break;

            case ScriptStepKind.Room when peer is not null:
                _slow.Add(peer);
                peer.MakeRoom(step.Number);
                break;

            case ScriptStepKind.ReadOn:
                peer?.MakeRoom(int.MaxValue);
                break;
        }
    }

    /// <summary>Two clients that behave are served, whatever the others have done.</summary>
    public void CheckHealth()
    {
        BrokerConfiguration.Relax(broker.Core);
        var subscriber = Open();
        subscriber.Send(Subscriber);
        var publisher = Open();
        publisher.Send(Publisher);
        Require(subscriber.Output.EndsWith(Published), "subscriber", subscriber);
        Require(publisher.Output.EndsWith(Acknowledged), "publisher", publisher);
        subscriber.Send([0xE0, 0x00]);
        publisher.Send([0xE0, 0x00]);
    }

    /// <summary>All leave and time passes; looks at what was sent and at what is left.</summary>
    public void CheckEnd()
    {
        foreach (var peer in _all)
        {
            peer.Drop();
        }

        broker.Advance(3L * 1000 * BrokerConfiguration.LifetimeSeconds);
        foreach (var peer in _all)
        {
            OutputJudge.Check(peer, _slow.Contains(peer));
            if (peer.Connection is not null)
            {
                PoolCheck.CheckReturned(peer.Connection);
            }
        }

        PoolCheck.Spoil();
        broker.CheckEmpty();
    }

    private static void Require(bool isServed, string who, FuzzPeer peer)
    {
        if (!isServed)
        {
            throw new InvalidOperationException($"The {who} that behaves is not served: {Convert.ToHexString(peer.Output)}.");
        }
    }

    /// <summary>
    /// A new connection. When the bytes are not CONNECT one is put before them, most of the time: a script stays a conversation
    /// when the broker has closed a connection, or a mutator has taken a step out.
    /// </summary>
    private FuzzPeer Reopen(ScriptStep step)
    {
        var peer = Open();
        if (step.Bytes.Length % 16 != 0 && step.Bytes[0] >> 4 != 1)
        {
            var connect = Connects[ScriptMaker.VersionOf(versions, step.Connection)];
            connect[^1] = (byte)('a' + step.Connection);
            peer.Send(connect);
        }

        return peer;
    }

    private FuzzPeer Open()
    {
        var peer = new FuzzPeer(broker);
        _all.Add(peer);
        return peer;
    }
}
