using System.Globalization;
using System.Text;
using Godwit.Kills.Brokers;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>A running broker finds out what its disk has lost.</summary>
public sealed class ScrubTests
{
    private const string Topic = "scrub/messages";
    private const string DamageCount = "$SYS/broker/store/damage/count";
    private const int PayloadBytes = 32 * 1024;
    private const int FlipAt = 50_000;      // in the first or second message: each of the first has a frame of its own

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bit_that_flips_in_a_sealed_segment_of_a_running_broker_is_found_and_named_and_nothing_is_changed()
    {
        using var directory = new TemporaryDirectory();
        var data = Path.Combine(directory.Path, "data");
        await using var broker = new KilledBroker(
            GodwitBroker.Program(
                GodwitBroker.Sync,
                "--set", "SegmentSizeBytes=1048576", "--set", "ScrubDelaySeconds=0", "--set", "ScrubIntervalHours=0",
                "--set", "ScrubBytesPerSecond=100000000", "--set", "SysIntervalSeconds=1"),
            data);
        broker.Start();
        await broker.ListensAsync(Ct);
        using var away = await Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, "away", isDurable: true, Ct);
        await away.SubscribeAsync(Topic, QoS.AtLeastOnce);
        await away.LeaveAsync();
        using var publisher = await Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, "publisher", isDurable: false, Ct);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, await publisher.PublishAsync(Topic, Payload.Make(Topic, i, PayloadBytes), QoS.AtLeastOnce));
        }

        Assert.All(await publisher.PublishAllAsync(Topic, [.. Enumerable.Range(5, 95).Select(i => Payload.Make(Topic, i, PayloadBytes))], QoS.AtLeastOnce), code => Assert.Equal(0, code));
        Assert.Equal("0", await DamageCountAsync(broker, "0"));
        var segments = Directory.GetFiles(data, "hot-*.seg").Order(StringComparer.Ordinal).ToList();
        Assert.True(segments.Count > 2);

        Flip(segments[0]);

        var line = await broker.LogsAsync("is damaged: " + Path.GetFileName(segments[0]));
        Assert.Matches("""hot-0000000000000001\.seg: \d+ bytes at offset \d+: no intact frame; frames \d+ to \d+ lost""", line);
        Assert.Equal("1", await DamageCountAsync(broker, "1"));
        Assert.Equal(0, await publisher.PublishAsync(Topic, Payload.Make(Topic, 100, PayloadBytes), QoS.AtLeastOnce));
        Flip(segments[0]);
        await AssertSoundAsync(broker, data);
    }

    /// <summary>The bit is turned back: had anything else been changed, the restart would find it.</summary>
    private static async Task AssertSoundAsync(KilledBroker broker, string data)
    {
        await broker.KillAsync();
        broker.Start();
        await broker.ListensAsync(Ct);
        using var away = await Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, "away", isDurable: true, Ct);
        Assert.True(await away.ReceiveAsync(101));
        Assert.Equal(Enumerable.Range(0, 101).Select(i => (Topic, i)), away.Messages);
        Assert.Empty(Directory.GetFiles(data, "quarantine-*"));
    }

    private static void Flip(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, RandomAccess.Read(file, one, FlipAt));
        one[0] ^= 0x10;
        RandomAccess.Write(file, one, FlipAt);
    }

    /// <summary>What <c>$SYS</c> says, when it says this.</summary>
    private static async Task<string> DamageCountAsync(KilledBroker broker, string expected)
    {
        var packets = new Packets(ProtocolVersion.Mqtt5);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(Deadlines.Answer);
        using var link = await Link.OpenAsync(broker.EndPoint, ProtocolVersion.Mqtt5, deadline.Token);
        link.Write(packets.Connect("watcher" + expected, cleanStart: true));
        link.Write(packets.Subscribe(1, QoS.AtMostOnce, DamageCount));
        var text = "";
        while (!string.Equals(text, expected, StringComparison.Ordinal))
        {
            var packet = await link.ReadAsync(deadline.Token);
            if (packet.Type == PacketType.Publish)
            {
                Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, ProtocolVersion.Mqtt5, out var publish));
                text = Encoding.UTF8.GetString(publish.Payload);
                Assert.True(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _), text);
            }
        }

        return text;
    }
}
