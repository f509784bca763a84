using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>The broker dies while what an ended session leaves of a shared group is on its way to other members.</summary>
[Spec("MQTT-4.8.2-5", "Trap-88")]
public sealed class HandOverCrashTests
{
    /// <summary>Of every change that becomes durable bit by bit: a crash behind any of them loses nothing and doubles nothing.</summary>
    [Theory, Spec("Trap-94", "MQTT-4.8.2-4", "MQTT-4.3.3-2")]
    [MemberData(nameof(HandOverTests.Endings), MemberType = typeof(HandOverTests))]
    public void A_crash_at_any_moment_of_a_hand_over_loses_nothing_and_doubles_nothing(Ending ending, int shards)
    {
        foreach (var isRestarted in new[] { true, false })
        {
            for (var commits = 0; CrashAfter(commits, ending, shards, isRestarted); commits++)
            {
                Assert.True(commits < 1000);
            }
        }
    }

    /// <summary>The record of a connected session does not say what was sent; that of one that has ended does.</summary>
    [Theory, Spec("MQTT-4.8.2-4")]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    public void What_was_not_sent_to_a_client_that_has_left_for_good_is_known_after_a_crash(int shards, int commits)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var leaver = broker.Connect("leaver", properties: TestProperties.Expiry(100).Add(PropertyId.ReceiveMaximum, 2)).Subscribe(HandOverTests.Filter, QoS.ExactlyOnce);
        HandOverTests.Publish(broker, QoS.ExactlyOnce, 0, 10);
        Assert.Equal(2, leaver.ReceivesAllPublishes().Count);
        string[] members = [broker.IdOn(0, "member"), broker.IdOn(shards - 1, "other")];
        foreach (var member in members)
        {
            broker.Persistent(member).Subscribe(HandOverTests.Filter, QoS.ExactlyOnce).Disconnect();
        }

        broker.HoldBack();
        leaver.Disconnect(properties: TestProperties.Expiry(0));
        broker.Log!.FlushUpTo(broker.Log.DurableAppend + commits);

        broker = broker.Restart();

        Assert.Equal(Enumerable.Range(2, 8), members.SelectMany(member => ReceiveAll(broker.Persistent(member))).Order());
    }

    /// <summary>Lets a hand-over go as far as a number of commits, crashes, and looks at what comes of it.</summary>
    /// <returns>False: it was over before.</returns>
    private static bool CrashAfter(int commits, Ending ending, int shards, bool isRestarted)
    {
        const int Count = 12;
        var qos = ending == Ending.Disconnect ? QoS.AtLeastOnce : QoS.ExactlyOnce;     // of who was connected nobody knows what was sent
        var broker = HandOverTests.WithQueue(shards, qos, Count, payloadBytes: 20_000);
        broker = isRestarted ? broker.Restart() : broker;
        string[] members = [broker.IdOn(0, "member"), broker.IdOn(shards - 1, "other")];
        foreach (var member in members)
        {
            broker.Persistent(member).Subscribe(HandOverTests.Filter, qos).Disconnect();
        }

        broker.HoldBack();
        HandOverTests.BeginToEnd(broker, ending);
        for (var i = 0; i < commits; i++)
        {
            broker.Log!.FlushUpTo(broker.Log.DurableAppend + 1);
            broker.Run();
        }

        var isOver = broker.Log!.DurableAppend == broker.Log.LastAppend;
        broker = broker.Restart();
        broker.Advance(TimeSpan.FromSeconds(200));
        Assert.Equal(0, broker.Core.Shards.Sum(shard => shard.SessionsByNo.Values.Count(session => session.HasEnded)));
        var received = members.SelectMany(member => ReceiveAll(broker.Persistent(member))).ToList();
        var owned = ReceiveAll(broker.Persistent("leaver"));        // its end may not have become durable
        Assert.Equal(Enumerable.Range(0, Count), received.Concat(owned).Order());
        Assert.Empty(broker.Log!.State().Queue);
        return !isOver;
    }

    private static List<int> ReceiveAll(TestClient client)
    {
        var numbers = new List<int>();
        while (client.ReceivesAll() is { Count: > 0 } packets)
        {
            foreach (var packet in packets)
            {
                if (packet.Type == PacketType.Pubrel)
                {
                    client.Pubcomp(packet.PacketId);
                    continue;
                }

                numbers.Add(HandOverTests.Number(packet));
                if (packet.QoS == QoS.AtLeastOnce)
                {
                    client.Puback(packet.PacketId);
                }
                else
                {
                    Assert.False(packet.Dup);
                    client.Pubrec(packet.PacketId);
                }
            }
        }

        Assert.Equal(numbers.Order(), numbers);
        return numbers;
    }
}
