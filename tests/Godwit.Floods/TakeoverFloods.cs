using System.Net.Sockets;
using Godwit.Floods.Support;
using Godwit.Protocol;

namespace Godwit.Floods;

/// <summary>One client identifier, many who want it.</summary>
public sealed class TakeoverFloods
{
    public static TheoryData<string> Transports => Support.Transports.All;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-26")]
    public async Task A_storm_of_takeovers_with_subscriptions_and_messages_between(string transport)
    {
        const int Count = 8_000;
        await using var flood = await Flood.StartAsync($"{Count:N0} takeovers of one client id, with SUBSCRIBE, UNSUBSCRIBE and PUBLISH", transport);
        var last = new FloodClient?[8];
        byte[] requests =
        [
            .. Bytes.Subscribe(1, QoS.AtLeastOnce, "storm/+"), .. Bytes.Publish("storm/a", "1"u8, QoS.AtLeastOnce, 2), .. Bytes.Unsubscribe(3, "storm/+"),
            .. Bytes.Subscribe(4, QoS.ExactlyOnce, "storm/#", "$share/storm/storm/a"), .. Bytes.Publish("storm/a", "2"u8, QoS.ExactlyOnce, 5),
        ];

        Lanes.Run(last.Length, Count, number =>
        {
            var client = FloodClient.Open(flood.Broker);
            client.Send([.. Bytes.Connect("storm", cleanStart: number % 3 == 0), .. requests]);
            if (!client.IsAnswered())
            {
                client.Dispose();               // taken over before its session was durable, so before CONNACK could leave
                return;
            }

            client.Receive(PacketType.Connack);
            var previous = Interlocked.Exchange(ref last[number % last.Length], client);
            previous?.Reset();
        });

        using var winner = FloodClient.Connect(flood.Broker, Bytes.Connect("storm", cleanStart: false));
        foreach (var loser in last.OfType<FloodClient>())
        {
            loser.ReceiveEnd();
            loser.Dispose();
        }

        flood.Figures.WaitForNews();
        Assert.Equal(Flood.OwnClients + 1, flood.Figures["clients/connected"]);
        Assert.True(winner.Socket.Poll(0, SelectMode.SelectWrite));
        flood.End(0);
    }
}
