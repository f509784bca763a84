using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Files;
using Godwit.Storage.Tests.Journals;

namespace Godwit.Storage.Tests.Golden;

/// <summary>Writes the store that is kept for each version of the format: a little of everything, in hot and cold segments, always the same bytes.</summary>
internal static class GoldenStore
{
    public const int SegmentSize = 8 << 10;

    public static JournalHarness Open(string directory, long nowMs = 1_000) =>
        new(new DiskFs(directory), shards: 1, segmentSizeBytes: SegmentSize, nowMs: nowMs);

    public static void Write(string directory)
    {
        using var harness = Open(directory);
        var log = harness.Journal.ShardLog(0);
        var list = new RecipientList();
        var retained = WriteState(log, list);
        Commit(harness);

        // Churn, so that the state above is moved to the cold generation.
        for (var seq = 10; seq < 42; seq++)
        {
            list.Clear();
            list.Add(1, seq, QoS.AtLeastOnce, retain: false, null, default);
            log.PutMessage(log.NewId(), Message("churn"u8, new byte[600]), list.Span);
            log.Acknowledge(1, seq);
            Commit(harness);
        }

        harness.NowMs += 120_000;
        harness.Run();
        WriteLater(log, list, retained);
        Commit(harness);
        harness.Journal.Stop(harness.NowMs);
    }

    private static long WriteState(IShardLog log, RecipientList list)
    {
        var pump = log.NewSessionNo();
        var lamp = log.NewSessionNo();
        log.PutSession(log.NewId(), new SessionRecord { SessionNo = pump, ClientId = "pump-7", UserName = "anna", ExpiryMs = 3_600_000, IsConnected = false, EndsAtMs = 3_700_000, UnsentSeq = 2 });
        log.PutSession(log.NewId(), new SessionRecord { SessionNo = lamp, ClientId = "lämp", ExpiryMs = long.MaxValue, IsConnected = true, EndsAtMs = long.MaxValue });
        log.PutSubscription(log.NewId(), new SubscriptionRecord { SessionNo = pump, Filter = "plant/+/level"u8, QoS = QoS.ExactlyOnce, NoLocal = true, Identifier = 268_435_455 });
        log.PutSubscription(log.NewId(), new SubscriptionRecord { SessionNo = lamp, Filter = "$share/lights/home/#"u8, QoS = QoS.AtLeastOnce, RetainAsPublished = true });
        log.PutInbound(log.NewId(), pump, 65_535);
        log.PutWill(log.NewId(), new WillRecord { SessionNo = lamp, ClientId = "lämp", UserName = "bert", Topic = "home/lamp/state"u8, Payload = "off"u8, Properties = [0x01, 0x01], QoS = QoS.AtLeastOnce, Retain = true, DelayMs = 30_000, ExpiryMs = 60_000, DueAtMs = long.MaxValue });
        log.PutWill(log.NewId(), new WillRecord { SessionNo = 0, ClientId = "guest", Topic = "guest/gone"u8, QoS = QoS.AtMostOnce, Retain = false, DelayMs = 0, ExpiryMs = long.MaxValue, DueAtMs = 9_000 });
        list.Add(pump, 1, QoS.ExactlyOnce, retain: false, [1, 268_435_455], default);
        list.Add(lamp, 5, QoS.AtLeastOnce, retain: true, null, "$share/lights/home/#"u8);
        log.PutMessage(log.NewId(), Message("home/lamp"u8, [0, 255, 128]), list.Span);
        list.Clear();
        list.Add(pump, 2, QoS.ExactlyOnce, retain: false, null, default);
        log.PutMessage(log.NewId(), Message("plant/3/level"u8, "42"u8), list.Span);
        log.MarkReceived(pump, 2);
        var retained = log.NewId();
        log.PutMessage(
            retained,
            new MessageRecord { Topic = "plant/3/name"u8, Properties = [0x03, 0x00, 0x01, (byte)'t'], Payload = "Drei"u8, QoS = QoS.AtLeastOnce, WasRetain = true, ExpiresAtMs = 50_000_000, AnnouncedExpiryMs = 60_000_000, PublisherId = "", RetainedVersion = 12, RetainedUntilMs = 50_000_000 },
            []);
        return retained;
    }

    private static void WriteLater(IShardLog log, RecipientList list, long retained)
    {
        list.Clear();
        list.Add(2, 6, QoS.AtLeastOnce, retain: true, null, default);
        log.AddRecipients(log.NewId(), retained, list.Span);
        var gone = log.NewId();
        log.PutInbound(gone, 1, 3);
        log.Delete(gone);
        list.Clear();
        list.Add(1, 50, QoS.AtLeastOnce, retain: false, null, default);
        log.PutMessage(log.NewId(), Message("plant/4/level"u8, "17"u8), list.Span);
        var ended = log.NewSessionNo();
        var id = log.NewId();
        log.PutSession(id, new SessionRecord { SessionNo = ended, ClientId = "ended", ExpiryMs = 0, IsConnected = false, EndsAtMs = 5 });
        log.EndSession(ended);
        log.Delete(id);
    }

    private static MessageRecord Message(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload) =>
        new() { Topic = topic, Payload = payload, QoS = QoS.ExactlyOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue, PublisherId = "publisher" };

    private static void Commit(JournalHarness harness)
    {
        harness.Journal.ShardLog(0).Commit(isAwaited: true);
        harness.Run();
    }
}
