using Godwit.Floods.Support;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Floods;

/// <summary>What strangers can do before they are clients.</summary>
public sealed class ConnectFloods
{
    private const int LaneCount = 4;

    public static TheoryData<string> Transports => Support.Transports.All;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-21")]
    public async Task Ten_thousand_sockets_that_never_send_CONNECT(string transport)
    {
        const int Count = 10_000;
        await using var flood = await Flood.StartAsync("10,000 sockets that never send CONNECT", transport, "Limits:ConnectTimeoutMs=5000");
        using var sockets = new SocketHerd(flood.Broker, Count);

        Assert.True(sockets.All(socket => socket.IsSilent));         // all of them at the same time
        sockets.ReceiveEnds();

        flood.EndWithin(100_000_000);
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-21")]
    public async Task Two_thousand_sockets_that_send_CONNECT_byte_by_byte(string transport)
    {
        const int Count = 2_000;
        await using var flood = await Flood.StartAsync("2,000 sockets that send CONNECT byte by byte", transport, "Limits:ConnectTimeoutMs=2000");
        var connect = Bytes.Connect(new string('c', 150));          // 8 seconds' worth of bytes
        using var sockets = new SocketHerd(flood.Broker, Count);

        for (var i = 0; i < connect.Length && sockets.Any(socket => socket.IsSilent); i++)
        {
            foreach (var socket in sockets)
            {
                socket.SendNow(connect.AsSpan(i, 1));
            }

            Thread.Sleep(50);
        }

        sockets.ReceiveEnds();

        flood.End(Count * 512L);
    }

    /// <summary>500 MB of CONNECTs that lack their end; who sends a whole one comes in.</summary>
    [Theory, MemberData(nameof(Transports))]
    public async Task A_thousand_sockets_that_send_half_a_megabyte_of_CONNECT(string transport)
    {
        const int Count = 1_000;
        await using var flood = await Flood.StartAsync("1,000 sockets that send 500 KB of a CONNECT of 512 KB", transport, "Limits:ConnectTimeoutMs=3000");
        using var sockets = new SocketHerd(flood.Broker, Count);
        var connect = new byte[500_000];
        new byte[] { 0x10, 0x80, 0xC4, 0x1F }.CopyTo(connect, 0);       // Remaining Length 516,608

        foreach (var socket in sockets)
        {
            for (var sent = 0; sent < connect.Length && socket.IsSilent;)
            {
                sent += socket.SendNow(connect.AsSpan(sent)) is var taken and >= 0 ? taken : connect.Length;
            }
        }

        sockets.ReceiveEnds();

        flood.End(StatedLimits.Of("HalfOpenBytesMax"));
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-17")]
    public async Task Packets_that_declare_256_MB_and_send_a_few_bytes(string transport)
    {
        const int Count = 80;
        await using var flood = await Flood.StartAsync("3 x 80 packets that declare 256 MB or 2 MB and send 10 bytes", transport, "Limits:ConnectTimeoutMs=2000");
        using var strangers = new SocketHerd(flood.Broker, Count);
        using var clients = new SocketHerd(flood.Broker, 2 * Count, number => $"declares-{number}");

        foreach (var stranger in strangers)
        {
            stranger.Send([0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 5, 2, 0, 0]);
        }

        foreach (var (number, client) in clients.Index())
        {
            byte[] declared = number < Count ? [0xFF, 0xFF, 0xFF, 0x7F] : [0xFC, 0x88, 0x7A];       // 2^28 - 1; 2,000,000 with the header
            client.Send([0x30, .. declared, 0, 1, (byte)'t', 0, 1, 2, 3, 4, 5, 6]);
        }

        strangers.ReceiveEnds();
        Assert.All(clients.Take(Count), client => Assert.Equal(0x95, client.Receive(PacketType.Disconnect).Body[0]));
        Assert.True(clients.Skip(Count).All(client => client.IsSilent));
        flood.Figures.WaitForNews();                    // memory that nobody has written to is not resident, but the heap has it

        flood.End(0);
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-10")]
    public async Task One_hundred_thousand_CONNECTs_that_are_refused(string transport)
    {
        var count = transport == Support.Transports.Epoll ? 100_000 : 20_000;
        await using var flood = await Flood.StartAsync($"{count:N0} refused CONNECTs with wills and properties", transport);
        byte[][] refused = [TooManyUserProperties(), WildcardInWillTopic(), UnknownProperty(), TruncatedWill()];
        void Refuse(int number)
        {
            using var client = FloodClient.Open(flood.Broker);
            client.Send(refused[number % refused.Length]);
            Assert.True(client.Receive(PacketType.Connack).Body[1] >= 0x80);
            client.Reset();
        }

        Lanes.Run(LaneCount, count / 2, Refuse);
        var half = flood.Memory.Resident;
        Lanes.Run(LaneCount, count / 2, Refuse);

        Assert.InRange(flood.Memory.Resident - half, long.MinValue, Flood.FlatBytes);
        flood.End(0);
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-11")]
    public async Task CONNECTs_with_five_thousand_user_properties(string transport)
    {
        await using var flood = await Flood.StartAsync("1,000 CONNECTs with 5,000 user properties", transport);
        var connect = Bytes.Connect("collector", userProperties: 5_000);

        Lanes.Run(LaneCount, 1_000, _ =>
        {
            using var client = FloodClient.Open(flood.Broker);
            client.Send(connect);
            Assert.Equal(0x97, client.Receive(PacketType.Connack).Body[1]);
            client.Reset();
        });

        flood.End(0);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Packets_of_a_reserved_type(string transport)
    {
        await using var flood = await Flood.StartAsync("10,000 packets of type 0, before and after CONNECT", transport);
        byte[] reserved = [0x00, 0x80, 0x08, .. new byte[1024]];

        Lanes.Run(LaneCount, 10_000, number =>
        {
            using var client = number % 2 == 0 ? FloodClient.Open(flood.Broker) : FloodClient.Connect(flood.Broker, $"reserved-{number}");
            client.Send(reserved);
            client.ReceiveEnd();
        });

        flood.End(0);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Clients_that_connect_and_are_gone(string transport)
    {
        const int Count = 10_000;
        await using var flood = await Flood.StartAsync("20,000 clients that connect, subscribe and are gone", transport);
        void ConnectAndGo(int number)
        {
            using var client = FloodClient.Open(flood.Broker);
            client.Send([.. Bytes.Connect($"gone-{number}"), .. Bytes.Subscribe(1, QoS.AtLeastOnce, $"gone/{number}")]);
            client.Receive(PacketType.Connack);
            client.Receive(PacketType.Suback);
            client.Reset();
        }

        Lanes.Run(LaneCount, Count, ConnectAndGo);
        var half = flood.Memory.Resident;
        Lanes.Run(LaneCount, Count, ConnectAndGo);

        Assert.InRange(flood.Memory.Resident - half, long.MinValue, Flood.FlatBytes);
        flood.Figures.WaitForNews();
        Assert.Equal(Flood.OwnSubscriptions, flood.Figures["subscriptions/count"]);
        flood.End(0);
    }

    private static byte[] TooManyUserProperties() => Bytes.Connect("many", userProperties: 101);

    private static byte[] WildcardInWillTopic() => WithWill("will/#", new byte[1_000]);

    private static byte[] TruncatedWill()
    {
        var bytes = WithWill("will", new byte[1_000]);
        bytes[^1_002] = 0xFF;               // the length of the payload now reaches beyond the packet
        return bytes;
    }

    private static byte[] UnknownProperty()
    {
        var bytes = WithWill("will", new byte[1_000]);
        bytes[13] = 0x7F;                   // behind fixed header, name, level, flags, Keep Alive and the length of properties
        Assert.Equal(PacketError.PropertyUnknown, ConnectPacket.TryRead(bytes.AsSpan(3), out _));
        return bytes;
    }

    private static byte[] WithWill(string topic, byte[] payload)
    {
        var properties = new PropertyWriter([]);
        properties.AddUserProperty("name"u8, "value"u8);
        var connect = new ConnectPacket
        {
            Version = ProtocolVersion.Mqtt5,
            ClientId = "with-will"u8,
            CleanStart = true,
            Properties = properties.Block,
            HasWill = true,
            WillTopic = System.Text.Encoding.ASCII.GetBytes(topic),
            WillPayload = payload,
            WillProperties = properties.Block,
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        properties.Dispose();
        return bytes;
    }
}
