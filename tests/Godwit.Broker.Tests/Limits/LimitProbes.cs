using System.Text;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Limits;

/// <summary>One probe for every limit, in the order of <see cref="BrokerLimits.All"/>. This file: connections, names, packets.</summary>
internal static partial class LimitProbes
{
    /// <summary>Limits that the listener holds, not the core: Godwit.Server.Tests tries them over sockets.</summary>
    public static IReadOnlyList<string> OfTheListener { get; } =
        [nameof(BrokerLimits.ConnectTimeoutMs), nameof(BrokerLimits.HalfOpenMax), nameof(BrokerLimits.HalfOpenBytesMax)];

    /// <summary>Limits of what is in memory of what is in the store: QueueMemoryTests tries them.</summary>
    public static IReadOnlyList<string> OfTheStore { get; } =
        [nameof(BrokerLimits.QueueMemoryBytesMax), nameof(BrokerLimits.AwayQueueMemoryBytesMax), nameof(BrokerLimits.AllQueuesMemoryBytesMax), nameof(BrokerLimits.StoredReadBytesMax)];

    /// <summary>The limit of what is asked of others: WaitingPublishTests and WaitingSubscribeTests try it.</summary>
    public static IReadOnlyList<string> OfQuestions { get; } = [nameof(BrokerLimits.AskTimeoutMs)];

    public static IReadOnlyList<LimitProbe> All { get; } =
    [
        new(nameof(BrokerLimits.PacketSizeBytesMax), 100, "DISCONNECT 95", "closed", PacketSize),
        new(nameof(BrokerLimits.ConnectSizeBytesMax), 100, "closed", "closed", ConnectSize),
        new(nameof(BrokerLimits.ConnectionsMax), 3, "CONNACK 89", "CONNACK 03", Connections),
        new(nameof(BrokerLimits.SessionsMax), 3, "CONNACK 97", "CONNACK 03", Sessions),
        new(nameof(BrokerLimits.ClientIdBytesMax), 10, "CONNACK 85", "CONNACK 02", ClientIdBytes),
        new(nameof(BrokerLimits.TopicBytesMax), 10, "DISCONNECT 90", "closed", TopicBytes),
        new(nameof(BrokerLimits.TopicLevelsMax), 3, "DISCONNECT 90", "closed", TopicLevels),
        new(nameof(BrokerLimits.FilterWildcardsMax), 3, "SUBACK 8F", "SUBACK 80", FilterWildcards),
        new(nameof(BrokerLimits.FiltersPerSessionMax), 10, "SUBACK 97", "SUBACK 80", Filters),
        new(nameof(BrokerLimits.FilterBytesPerSessionMax), 1000, "SUBACK 97", "SUBACK 80", FilterBytes),
        new(nameof(BrokerLimits.UserPropertiesMax), 3, "DISCONNECT 97", null, UserProperties),
        new(nameof(BrokerLimits.ReceiveMaximum), 3, "DISCONNECT 93", "closed", OpenExchanges),
        new(nameof(BrokerLimits.InFlightMax), 3, "waits", "waits", InFlight),
        new(nameof(BrokerLimits.TopicAliasMaximum), 3, "DISCONNECT 94", null, TopicAlias),
        new(nameof(BrokerLimits.OutboundTopicAliasMax), 3, "whole topic", null, OutboundTopicAliases),
        new(nameof(BrokerLimits.KeepAliveSecondsMax), 30, "Server Keep Alive 30", "CONNACK 02", KeepAlive),
        new(nameof(BrokerLimits.QueueBytesMax), 1000, "QueueFull", "QueueFull", QueueBytes),
        new(nameof(BrokerLimits.QueueMessagesMax), 3, "QueueFull", "QueueFull", QueueMessages),
        new(nameof(BrokerLimits.AwayQueueMessagesMax), 3, "QueueFull", "QueueFull", QueueMessages),
        new(nameof(BrokerLimits.OutputBytesMax), 100, "Congested", "Congested", OutputBytes),
        new(nameof(BrokerLimits.WriteStallMs), 5000, "closed", "closed", WriteStall) { IsTime = true },
        new(nameof(BrokerLimits.RetainedMessagesMax), 3, "PUBACK 97", "RetainedLimit", RetainedMessages),
        new(nameof(BrokerLimits.RetainedBytesMax), 1000, "PUBACK 97", "RetainedLimit", RetainedBytes),
        new(nameof(BrokerLimits.MailboxBytesMax), 1000, "reading paused", "reading paused", MailboxBytes),
        new(nameof(BrokerLimits.TurnOutputBytesMax), 100, "next turn", "next turn", TurnOutput),
    ];

    private static string PacketSize(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version).Subscribe("t");

        client.SendBytes(PublishOf(amount, version));

        var outcome = Outcome.Of(client);
        Assert.Equal(outcome == LimitProbe.Fits, broker.Counters.PublishReceived[0] == 1);
        return outcome;
    }

    private static string ConnectSize(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Open();
        client.Version = version;
        var overhead = RawPacket.Connect("MQTT", (byte)version, payload: RawPacket.Text("")).Length;

        client.SendBytes(RawPacket.Connect("MQTT", (byte)version, payload: RawPacket.Text(new string('x', (int)amount - overhead))));

        return Outcome.Of(client);
    }

    private static string Connections(BrokerHarness broker, ProtocolVersion version, long amount) =>
        Outcome.Of(Repeat(amount, i => Connect(broker, $"client{i}", version)));

    private static string Sessions(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        for (var i = 1; i < amount; i++)
        {
            var client = broker.Open();
            var properties = version == ProtocolVersion.Mqtt5 ? TestProperties.Expiry(uint.MaxValue) : null;
            client.Connect($"client{i}", version, cleanStart: false, keepAlive: 0, will: null, properties, userName: null);
            if (client.IsClosed)
            {
                return Outcome.Of(client);
            }

            client.Receives(PacketType.Connack);
            client.Disconnect();
        }

        return Outcome.Of(Connect(broker, "last", version));
    }

    private static string ClientIdBytes(BrokerHarness broker, ProtocolVersion version, long amount) =>
        Outcome.Of(Connect(broker, "ä" + new string('x', (int)amount - 2), version));

    private static string TopicBytes(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        client.Publish("ä" + new string('x', (int)amount - 2), "");

        return Outcome.Of(client);
    }

    private static string TopicLevels(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        client.Publish(new string('/', (int)amount - 1), "");

        return Outcome.Of(client);
    }

    private static string FilterWildcards(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        client.SendSubscribe([(string.Join('/', Enumerable.Repeat("+/x", (int)amount - 1)) + "/#", 0)]);

        return Outcome.Of(client);
    }

    /// <summary>Ten: more than the eight of the short list in which a session begins.</summary>
    private static string Filters(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);
        for (var i = 1; i <= amount; i++)
        {
            client.SendSubscribe([($"t{i}", 0)]);
        }

        client.SendSubscribe([("t1", 1)]);          // a replacement takes no place
        return Outcome.Of(client);
    }

    /// <summary>Only even amounts can be reached: every byte counts twice.</summary>
    private static string FilterBytes(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        const int First = 2 + 256;
        var client = broker.Connect("a", version);
        client.SendSubscribe([("t", 0)]);

        client.SendSubscribe([("u/" + new string('x', (int)(((amount + 1) / 2) - (First / 2) - 256 - 2)), 0)]);

        client.SendSubscribe([("t", 1)]);           // a replacement costs nothing
        return Outcome.Of(client);
    }

    private static string UserProperties(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        client.Publish("t", "", properties: UserPropertiesLimitTests.Users(amount));

        return Outcome.Of(client);
    }

    private static string OpenExchanges(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);
        for (var i = 1; i <= amount; i++)
        {
            client.Publish("t", "", QoS.ExactlyOnce);
            client.Publish("t", "", QoS.AtLeastOnce);       // answered at once, so it never counts
        }

        return Outcome.Of(client);
    }

    private static string TopicAlias(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        client.Publish("t", "", properties: new TestProperties().Add(PropertyId.TopicAlias, (uint)amount));

        return Outcome.Of(client);
    }

    private static string KeepAlive(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Open();
        client.Connect("a", version, cleanStart: true, keepAlive: (ushort)amount, will: null, properties: null, userName: null);
        if (client.IsClosed)
        {
            return Outcome.Of(client);
        }

        var connack = client.Receives(PacketType.Connack);
        return connack.Has(PropertyId.ServerKeepAlive) ? $"Server Keep Alive {connack.Number(PropertyId.ServerKeepAlive)}" : LimitProbe.Fits;
    }

    private static TestClient Connect(BrokerHarness broker, string clientId, ProtocolVersion version)
    {
        var client = broker.Open();
        client.Connect(clientId, version, cleanStart: true, keepAlive: 0, will: null, properties: null, userName: null);
        return client;
    }

    /// <summary>A PUBLISH of QoS 0 to <c>t</c> of exactly this size, at most 129 bytes.</summary>
    private static byte[] PublishOf(long size, ProtocolVersion version)
    {
        byte[] head = version == ProtocolVersion.Mqtt5 ? [0, 1, (byte)'t', 0] : [0, 1, (byte)'t'];
        return RawPacket.Of(0x30, [.. head, .. Encoding.ASCII.GetBytes(new string('m', (int)size - 2 - head.Length))]);
    }

    private static T Repeat<T>(long count, Func<long, T> action)
    {
        var last = action(1);
        for (var i = 2L; i <= count; i++)
        {
            last = action(i);
        }

        return last;
    }
}
