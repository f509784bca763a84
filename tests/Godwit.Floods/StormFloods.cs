using System.Globalization;
using Godwit.Floods.Support;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Testing.Brokers;

namespace Godwit.Floods;

/// <summary>Everybody comes back at once, as after a loss of power or of the network.</summary>
public sealed class StormFloods
{
    private const int Clients = 750;
    private const int LaneCount = 8;

    public static TheoryData<string> Transports => Support.Transports.All;

    [Theory, MemberData(nameof(Transports))]
    public async Task Seven_hundred_and_fifty_clients_that_are_cut_and_come_back_at_once(string transport)
    {
        await using var flood = await Flood.StartAsync("750 clients that are cut and come back at once", transport);
        var clients = new FloodClient[Clients];
        try
        {
            Lanes.Run(LaneCount, Clients, number => (clients[number], _) = Connect(flood.Broker, number));
            Lanes.Run(LaneCount, Clients, number => clients[number].Subscribe(Topic(number), QoS.AtLeastOnce));
            foreach (var client in clients)
            {
                client.Reset();
            }

            using (var publisher = new PatientClient(flood.Broker, "storm-publisher", filter: null, PatientClient.Nothing))
            {
                publisher.SendAll(Bytes.Publishes(Clients, Topic, new byte[50], QoS.AtLeastOnce));
            }

            Lanes.Run(LaneCount, Clients, number =>
            {
                (clients[number], var isPresent) = Connect(flood.Broker, number);
                Assert.True(isPresent, $"the session of client {number} is lost");
                var packet = clients[number].Receive(PacketType.Publish);
                PublishPacket.TryRead(packet.Header.Flags, packet.Body, ProtocolVersion.Mqtt5, out var publish);
                Assert.Equal(Topic(number), System.Text.Encoding.UTF8.GetString(publish.Topic));
                clients[number].Send(Bytes.Acknowledge(PacketType.Puback, publish.PacketId));
            });
            Assert.All(clients, client => Assert.True(client.IsSilent));            // each has its message once, and is still connected

            flood.End(Clients * Flood.SmallMessageFactor * 1_000);
        }
        finally
        {
            foreach (var client in clients.Where(client => client is not null))
            {
                client.Reset();
            }
        }
    }

    private static string Topic(int number) => string.Create(CultureInfo.InvariantCulture, $"storm/{number}");

    private static (FloodClient Client, bool IsSessionPresent) Connect(BrokerAddress broker, int number)
    {
        var client = FloodClient.Open(broker);
        client.Send(Bytes.Connect($"storm-{number}", cleanStart: false));
        var connack = client.Receive(PacketType.Connack);
        Assert.Equal(0, connack.Body[1]);
        return (client, connack.Body[0] == 1);
    }
}
