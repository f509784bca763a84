using System.Text;
using Godwit.Bench.Clients;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Bench.Workers;

/// <summary>The packets with which a connection begins.</summary>
internal static class Handshake
{
    private const int FiltersOfOnePacket = 64;
    private const uint SessionExpirySeconds = 3600;     // of the sessions that Queue leaves and comes back to

    /// <summary>Writes CONNECT.</summary>
    internal static void WriteConnect(Outbox outbox, RunState run, BenchClient client)
    {
        var plan = run.Plan;
        var isPublisher = client.Publisher is not null;
        var clientId = run.Workload.ClientIdOf(isPublisher, client.Index);
        var userName = run.Workload.UserNameOf(client.Index, clientId);
        var password = run.Workload.PasswordOf(client.Index, clientId);
        var isClean = isPublisher || run.CleanStart;
        using var properties = new PropertyWriter(stackalloc byte[16]);
        if (!isClean && plan.Version == ProtocolVersion.Mqtt5)
        {
            properties.Add(PropertyId.SessionExpiryInterval, SessionExpirySeconds);
        }

        var connect = new ConnectPacket
        {
            Version = plan.Version,
            CleanStart = isClean,
            KeepAliveSeconds = (ushort)plan.KeepAliveSeconds,
            Properties = properties.Block,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            HasUserName = userName is not null,
            UserName = Encoding.UTF8.GetBytes(userName ?? ""),
            HasPassword = password is not null,
            Password = Encoding.UTF8.GetBytes(password ?? ""),
        };
        outbox.Advance(connect.Write(outbox.Reserve(connect.Measure())));
    }

    /// <summary>Writes all SUBSCRIBE packets of a subscriber.</summary>
    /// <returns>How many; each brings a SUBACK.</returns>
    internal static int WriteSubscribes(Outbox outbox, RunState run, BenchClient client)
    {
        var packets = 0;
        var options = new SubscriptionOptions(run.Plan.EffectiveSubscriptionQoS, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe);
        foreach (var filters in run.Workload.FiltersOf(client.Index).Chunk(FiltersOfOnePacket))
        {
            packets++;
            WriteSubscribe(outbox, run.Plan.Version, (ushort)packets, filters, options);
        }

        return packets;
    }

    private static void WriteSubscribe(Outbox outbox, ProtocolVersion version, ushort packetId, string[] filters, SubscriptionOptions options)
    {
        using var writer = new SubscribeFilterWriter(stackalloc byte[512]);
        foreach (var filter in filters)
        {
            writer.Add(filter, options);
        }

        var subscribe = new SubscribePacket { PacketId = packetId, FilterBytes = writer.FilterBytes };
        outbox.Advance(subscribe.Write(outbox.Reserve(subscribe.Measure(version)), version));
    }
}
