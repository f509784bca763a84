using Godwit.Fuzz.Packets;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Broker;

/// <summary>One script on one broker.</summary>
internal sealed class BrokerRun(FuzzBroker broker)
{
    private static readonly byte[] Subscriber = Hex.Parse("10 17 0004 'MQTT' 05 02 0000 00 000A 'subscriber' 82 0F 0007 00 0009 'fuzz/well' 01");
    private static readonly byte[] Publisher = Hex.Parse("10 16 0004 'MQTT' 05 02 0000 00 0009 'publisher' 32 12 0009 'fuzz/well' 0009 00 'fine'");
    private static readonly byte[] Published = Hex.Parse("32 12 0009 'fuzz/well' 0001 00 'fine'");
    private static readonly byte[] Acknowledged = Hex.Parse("40 02 0009");

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
                    peer = Open();
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

    private FuzzPeer Open()
    {
        var peer = new FuzzPeer(broker);
        _all.Add(peer);
        return peer;
    }
}
