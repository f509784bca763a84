using Godwit.Server.Protection;

namespace Godwit.Server.Configuration;

/// <summary>The keys of <see cref="ProtectionOptions"/>.</summary>
public static class ProtectionKeys
{
    private const bool Hot = true;

    /// <summary>All of them.</summary>
    public static KeyTable<ProtectionOptions> All { get; } = new()
    {
        { nameof(ProtectionOptions.ReportOnly), KeyTypes.Flag, p => p.ReportOnly, (p, v) => p.ReportOnly = v, Hot, "", "Rates, quotas and bans are counted and told, and nobody is refused, slowed or dropped for them. The memory marks hold all the same." },
        { nameof(ProtectionOptions.ConnectsPerAddressPerSecond), Count("connects"), p => p.ConnectsPerAddressPerSecond, (p, v) => p.ConnectsPerAddressPerSecond = (int)v, Hot, "", "CONNECTs of one address in a second; 0 is no limit, and loopback is never limited. Beyond: CONNACK 0x9F (3.x: 3); with TLS, where not behind a proxy, connections count instead, and are closed before the handshake." },
        { nameof(ProtectionOptions.ConnectsPerSecond), Count("connects"), p => p.ConnectsPerSecond, (p, v) => p.ConnectsPerSecond = (int)v, Hot, "", "CONNECTs of all addresses in a second; 0 is no limit, and loopback is not counted. Beyond: as ConnectsPerAddressPerSecond." },
        { nameof(ProtectionOptions.PublishesPerSecond), Count("messages"), p => p.PublishesPerSecond, (p, v) => p.PublishesPerSecond = v, Hot, "", "PUBLISH packets of one client in a second; 0 is no limit. Beyond: it is not read for a while; nothing is lost." },
        { nameof(ProtectionOptions.ReceivedBytesPerSecond), Bytes, p => p.ReceivedBytesPerSecond, (p, v) => p.ReceivedBytesPerSecond = v, Hot, "", "Bytes of one client in a second; 0 is no limit. Beyond: as PublishesPerSecond." },
        { nameof(ProtectionOptions.DeliveriesPerSecond), Count("messages"), p => p.DeliveriesPerSecond, (p, v) => p.DeliveriesPerSecond = v, Hot, "", "PUBLISH packets to one client in a second; 0 is no limit. Beyond: QoS 1 and 2 wait in the queue, QoS 0 is dropped." },
        { nameof(ProtectionOptions.SentBytesPerSecond), Bytes, p => p.SentBytesPerSecond, (p, v) => p.SentBytesPerSecond = v, Hot, "", "Bytes to one client in a second; 0 is no limit. Beyond: as DeliveriesPerSecond." },
        { nameof(ProtectionOptions.BurstSeconds), KeyTypes.Number("seconds", 1, 3600), p => p.BurstSeconds, (p, v) => p.BurstSeconds = (int)v, Hot, "", "So many seconds' worth of every rate may come at once after a pause." },
        { nameof(ProtectionOptions.SessionsPerUser), Count("sessions"), p => p.SessionsPerUser, (p, v) => p.SessionsPerUser = (int)v, Hot, "", "Sessions of one user, connected or not; 0 is no limit, and anonymous clients have none. Beyond: CONNACK 0x97 (3.x: 3)." },
        { nameof(ProtectionOptions.SubscriptionsPerUser), Count("subscriptions"), p => p.SubscriptionsPerUser, (p, v) => p.SubscriptionsPerUser = (int)v, Hot, "", "Subscriptions of one user, all sessions together; 0 is no limit, and anonymous clients have none. Beyond: SUBACK 0x97 (3.1.1: 0x80)." },
        { nameof(ProtectionOptions.RetainedPerUser), Count("messages"), p => p.RetainedPerUser, (p, v) => p.RetainedPerUser = (int)v, Hot, "", "Retained messages that one user has published; 0 is no limit, and of anonymous clients each counts by its client identifier. Beyond: PUBACK or PUBREC 0x97; 3.x is answered as always and QoS 0 not at all, and the message is dropped. It may replace and clear its own at any time." },
        { nameof(ProtectionOptions.QueuedBytesPerUser), KeyTypes.Number("bytes", 0, long.MaxValue), p => p.QueuedBytesPerUser, (p, v) => p.QueuedBytesPerUser = v, Hot, "", "Bytes of messages that wait or are in flight for one user, all sessions together, as Limits:QueueBytesMax counts them; 0 is no limit, and of anonymous clients each counts for itself. Beyond: Broker:OverflowPolicy, as for a full queue." },
        { nameof(ProtectionOptions.MemoryBytesMax), KeyTypes.Number("bytes", 0, long.MaxValue), p => p.MemoryBytesMax, (p, v) => p.MemoryBytesMax = v, Hot, "memory_limit", "Memory the process may use, which the two marks are parts of; 0 is three quarters of what the machine or the container has." },
        { nameof(ProtectionOptions.MemoryHighPercent), Percent, p => p.MemoryHighPercent, (p, v) => p.MemoryHighPercent = (int)v, Hot, "", "From this part of the memory on the largest publishers are read a moment in each second, and a CONNECT that needs a new session gets 0x97 (3.x: 3); 0 is never." },
        { nameof(ProtectionOptions.MemoryCriticalPercent), Percent, p => p.MemoryCriticalPercent, (p, v) => p.MemoryCriticalPercent = (int)v, Hot, "", "From this part of the memory on they are not read at all, every CONNECT gets 0x88 (3.x: 3), and QoS 0 is dropped; 0 is never." },
        { nameof(ProtectionOptions.Bans), KeyTypes.List(BanText), p => [.. p.Bans], (p, v) => p.Bans = [.. v.Select(text => text!)], Hot, "", "Who is banned: CONNACK 0x8A (3.x: 5); an address, where not behind a proxy, is closed when it is accepted. Each is address NETWORK, client ID or user NAME, and may end with until TIME." },
        { nameof(ProtectionOptions.BanFile), KeyTypes.File, p => p.BanFile, (p, v) => p.BanFile = v, Hot, "", "A file with one such ban a line; lines that begin with # do not count. Read at every reload." },
        { nameof(ProtectionOptions.FlappingConnects), Count("connects"), p => p.FlappingConnects, (p, v) => p.FlappingConnects = (int)v, Hot, "", "CONNECTs of one client identifier within FlappingSeconds after which it is banned for FlappingBanSeconds; 0 is never." },
        { nameof(ProtectionOptions.FlappingSeconds), KeyTypes.Number("seconds", 1, 86_400), p => p.FlappingSeconds, (p, v) => p.FlappingSeconds = (int)v, Hot, "", "The time in which they are counted." },
        { nameof(ProtectionOptions.FlappingBanSeconds), KeyTypes.Number("seconds", 1, 86_400), p => p.FlappingBanSeconds, (p, v) => p.FlappingBanSeconds = (int)v, Hot, "", "How long such a ban lasts." },
    };

    private static KeyType<long> Bytes => KeyTypes.Number("bytes", 0, int.MaxValue);

    private static KeyType<long> Percent => KeyTypes.Number("percent", 0, 100);

    private static KeyType<string?> BanText => KeyTypes.TextOf(
        "address NETWORK, client ID or user NAME, with until TIME or without",
        text => Ban.TryParse(text, out _, out var error) ? null : $"takes a ban: {error}");

    private static KeyType<long> Count(string unit) => KeyTypes.Number(unit, 0, int.MaxValue);
}
