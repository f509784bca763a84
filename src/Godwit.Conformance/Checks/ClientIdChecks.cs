using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks;

/// <summary>Client Identifiers: which are accepted, which are assigned, what they tell apart (§3.1.3.1).</summary>
public static class ClientIdChecks
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int LengthMax = 23;

    [Check("MQTT-3.1.3-5", "MQTT3-3.1.3-5", "MQTT31-3.1-2")]
    public static async Task A_ClientId_of_23_letters_and_digits_is_accepted(Probe probe)
    {
        var size = LengthMax - probe.Prefix.Length;
        for (var start = 0; start < Alphabet.Length; start += size)
        {
            var part = Alphabet.Substring(start, Math.Min(size, Alphabet.Length - start));
            var client = await probe.ConnectAsync(new ConnectOptions { ClientId = probe.Prefix + part.PadRight(size, '0') });
            await client.DisconnectAsync();
        }
    }

    [Check("MQTT-3.1.3-5", "MQTT3-3.1.3-5", "MQTT31-3.1-2")]
    public static async Task A_ClientId_of_one_character_is_accepted(Probe probe)
    {
        var client = await probe.ConnectAsync(new ConnectOptions { ClientId = "Z" });

        await client.DisconnectAsync();
    }

    [Check("MQTT-3.1.3-8", "MQTT3-3.1.3-9", "MQTT31-3.1-2", "Trap-26")]
    public static async Task A_ClientId_of_more_than_23_characters_is_kept_whole_or_rejected(Probe probe)
    {
        foreach (var length in new[] { 24, 300 })
        {
            var start = probe.ClientId("long").PadRight(length - 1, 'x');
            var first = await ConnectOrRejectedAsync(probe, start + "1");
            var second = await ConnectOrRejectedAsync(probe, start + "2");
            if (first is not null && second is not null)
            {
                await first.PingAsync();            // cut short, the second would have taken the first one over
                await second.PingAsync();
            }
        }
    }

    [Check("MQTT-3.1.3-8", "MQTT3-3.1.3-9")]
    public static async Task A_ClientId_of_65535_bytes_is_accepted_or_rejected(Probe probe)
    {
        var client = await ConnectOrRejectedAsync(probe, probe.ClientId("l").PadRight(65_535, 'x'), 0x95, 0x97);

        await (client?.PingAsync() ?? Task.CompletedTask);
    }

    [Check("MQTT-3.1.3-2", "MQTT3-3.1.3-2", Versions = Versions.All)]
    public static async Task ClientIds_differ_by_case(Probe probe)
    {
        var lower = await probe.ConnectAsync("abc");
        var upper = await probe.ConnectAsync("ABC");

        await lower.PingAsync();
        await upper.PingAsync();
    }

    [Check("MQTT-3.1.3-2", "MQTT3-3.1.3-2", Versions = Versions.All)]
    public static async Task A_session_belongs_to_its_ClientId(Probe probe)
    {
        var owner = await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("owner")));
        await owner.SubscribeAsync(probe.Topic("t"), 1);
        await owner.DisconnectAsync();

        var other = await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("owner2")));
        other.EnsureSessionPresent(false);
        await other.PublishAsync(probe.Topic("t"), "message", 1);
        await other.PingAsync();

        var again = await probe.ConnectAsync(ConnectOptions.Persistent(probe.ClientId("owner")));
        again.EnsureSessionPresent(true);
        await again.TakeAsync("message");
    }

    [Check("MQTT31-3.1-3", "Trap-25")]
    public static async Task An_empty_ClientId_is_always_rejected(Probe probe)
    {
        await IsRejectedAsync(probe, cleanStart: true);
        await IsRejectedAsync(probe, cleanStart: false);
    }

    [Check("MQTT3-3.1.3-7", "MQTT3-3.1.3-8", "MQTT3-3.1.3-9", "MQTT3-3.2.2-4", "MQTT3-3.2.2-5", "Trap-25", "Trap-27")]
    public static Task An_empty_ClientId_without_Clean_Session_is_rejected_with_2(Probe probe) => IsRejectedAsync(probe, cleanStart: false);

    [Check("MQTT3-3.1.3-6", "MQTT3-3.1.3-9", "Trap-25")]
    public static async Task An_empty_ClientId_with_Clean_Session_makes_a_client_of_its_own(Probe probe)
    {
        var first = await ConnectOrRejectedAsync(probe, "");
        var second = await ConnectOrRejectedAsync(probe, "");
        Probe.SkipUnless(first is not null && second is not null, "the broker rejects an empty ClientId, as it may");

        await first!.SubscribeAsync(probe.Topic("t"));
        await second!.PublishAsync(probe.Topic("t"), "message", 1);
        await first.ReceivePublishAsync("message");
        await second.PingAsync();
    }

    [Check("MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16", "Trap-25")]
    public static async Task An_empty_ClientId_is_answered_with_an_assigned_one(Probe probe)
    {
        await AssignedAsync(probe, new ConnectOptions { CleanStart = true });
        await AssignedAsync(probe, new ConnectOptions { CleanStart = false });
    }

    [Check("MQTT-3.1.3-7", "Trap-25")]
    public static async Task The_assigned_ClientId_leads_back_to_the_session(Probe probe)
    {
        var (client, clientId) = await AssignedAsync(probe, new ConnectOptions { CleanStart = false, SessionExpirySeconds = 300 });
        await client.SubscribeAsync(probe.Topic("t"), 1);
        await client.DisconnectAsync();
        await (await probe.ConnectAsync()).PublishAsync(probe.Topic("t"), "message", 1);

        var again = await probe.ConnectAsync(ConnectOptions.Persistent(clientId));

        again.EnsureSessionPresent(true);
        await again.TakeAsync("message");
    }

    [Check("MQTT-3.2.2-16", "MQTT-3.1.3-6", "Trap-102")]
    public static async Task Assigned_ClientIds_are_all_different(Probe probe)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AssignedAsync(probe, new ConnectOptions())));

        var different = clients.Select(client => client.ClientId).Distinct(StringComparer.Ordinal).Count();
        Probe.Ensure(different == 16, "16 different identifiers", string.Create(CultureInfo.InvariantCulture, $"{different}"));
        foreach (var (client, _) in clients)
        {
            await client.PingAsync();
        }
    }

    [Check("MQTT-3.2.2-16", "Trap-102")]
    public static async Task An_assigned_ClientId_is_not_that_of_a_stored_session(Probe probe)
    {
        var (first, firstId) = await AssignedAsync(probe, new ConnectOptions { CleanStart = false, SessionExpirySeconds = 300 });
        await first.DisconnectAsync();

        var (second, secondId) = await AssignedAsync(probe, new ConnectOptions { CleanStart = false });

        second.EnsureSessionPresent(false);
        Probe.Ensure(!string.Equals(firstId, secondId, StringComparison.Ordinal), "an identifier that no session has", secondId);
        await probe.ConnectAsync(new ConnectOptions { ClientId = firstId });        // tidies up
    }

    [Check("MQTT-3.2.2-16", IsRecommendation = true)]
    public static async Task No_ClientId_is_assigned_to_a_client_that_has_one(Probe probe)
    {
        var client = await probe.ConnectAsync();

        Probe.Ensure(client.Connack!.Property(PropertyId.AssignedClientIdentifier) is null, "CONNACK without Assigned Client Identifier", client.Connack);
    }

    private static async Task IsRejectedAsync(Probe probe, bool cleanStart)
    {
        var client = await probe.OpenAndSendConnectAsync(new ConnectOptions { ClientId = "", CleanStart = cleanStart });

        var connack = await client.ReceiveAsync(PacketType.Connack);
        Probe.Ensure(connack.Packet is [0x20, 0x02, 0x00, 0x02], "CONNACK with return code 2 and without Session Present", connack);
        await client.IsClosedAsync();
    }

    private static async Task<(WireClient Client, string ClientId)> AssignedAsync(Probe probe, ConnectOptions options)
    {
        var client = await ConnectOrRejectedAsync(probe, options with { ClientId = "" });
        Probe.SkipUnless(client is not null, "the broker rejects an empty ClientId, as it may");
        var assigned = client!.Connack!.Property(PropertyId.AssignedClientIdentifier);
        Probe.Ensure(assigned is { Value.Length: > 0 }, "CONNACK with an Assigned Client Identifier", client.Connack);
        return (client, assigned!.Text);
    }

    private static Task<WireClient?> ConnectOrRejectedAsync(Probe probe, string clientId, params byte[] codes) =>
        ConnectOrRejectedAsync(probe, new ConnectOptions { ClientId = clientId }, codes);

    /// <summary>The client, or null when the broker rejects its identifier rightly.</summary>
    private static async Task<WireClient?> ConnectOrRejectedAsync(Probe probe, ConnectOptions options, params byte[] codes)
    {
        var client = await probe.OpenAndSendConnectAsync(options);
        var connack = await client.ReceiveOrEndAsync("CONNACK");
        if (connack is { Type: PacketType.Connack, ReasonCode: 0 })
        {
            client.Connack = connack;
            return client;
        }

        var isRejection = probe.IsVersion5
            ? connack is null || connack.ReasonCode is 0x80 or 0x85 || codes.Contains(connack.ReasonCode)
            : connack is { ReasonCode: 2 };
        Probe.Ensure(isRejection, "CONNACK that accepts the client, or rejects its identifier", connack?.ToString() ?? "the end of the connection");
        await client.IsClosedAsync();
        probe.Saw(connack is null ? "closes without CONNACK" : string.Create(CultureInfo.InvariantCulture, $"CONNACK 0x{connack.ReasonCode:X2}"));
        return null;
    }
}
