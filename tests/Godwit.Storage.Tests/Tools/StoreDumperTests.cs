using System.Text;
using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Tools;

/// <summary>The records of the log for people.</summary>
public sealed class StoreDumperTests : IDisposable
{
    private readonly StoreFolder _store = new(seed: 1, steps: 0);

    public StoreDumperTests()
    {
        using var harness = _store.Open();
        var log = harness.Journal.ShardLog(0);
        var list = new RecipientList();
        log.PutSession(log.NewId(), new SessionRecord { SessionNo = log.NewSessionNo(), ClientId = "pump", ExpiryMs = 1_000, IsConnected = true, EndsAtMs = long.MaxValue });
        log.PutSession(log.NewId(), new SessionRecord { SessionNo = log.NewSessionNo(), ClientId = "lamp", ExpiryMs = 1_000, IsConnected = true, EndsAtMs = long.MaxValue });
        log.PutSubscription(log.NewId(), new SubscriptionRecord { SessionNo = 2, Filter = "home/+"u8, QoS = QoS.AtLeastOnce });
        list.Add(1, 7, QoS.AtLeastOnce, retain: false, null, default);
        Put(log, "home/pump", Encoding.UTF8.GetBytes(new string('x', 63) + "\u00e9\u00e9"), list);
        list.Clear();
        list.Add(2, 3, QoS.ExactlyOnce, retain: true, [9], "$share/g/home/#"u8);
        Put(log, "home/lamp", [1, 2], list);
        log.Acknowledge(1, 7);
        log.MarkReceived(2, 3);
        log.Commit(isAwaited: true);
        harness.Run();
    }

    [Fact]
    public void Records_come_in_the_order_of_the_log()
    {
        var records = Dump();

        Assert.Equal(
            ["session", "session", "subscription", "message", "message", "acknowledge", "received"],
            records.Select(record => record.Type).Where(type => type is not ("heartbeat" or "floor" or "next seq")));
        Assert.Equal(records.Select(record => (record.File, record.Offset)), records.Select(record => (record.File, record.Offset)).Order());
    }

    [Fact]
    public void A_payload_is_cut_at_64_bytes_between_characters()
    {
        var message = Dump().First(record => record.Type == "message");

        Assert.Equal(new string('x', 63), (string?)message.Fields["payload"]);
        Assert.Equal(67, (int?)message.Fields["payloadBytes"]);
    }

    [Fact]
    public void A_payload_that_is_not_text_is_hexadecimal() =>
        Assert.Contains("payloadBytes=2 payloadHex=\"0102\"", Dump(topicFilter: "home/lamp").Single(record => record.Type == "message").ToString());

    [Fact]
    public void A_client_is_followed_through_the_log() =>
        Assert.Equal(["session", "message", "acknowledge"], Dump("pump").Select(record => record.Type));

    [Fact]
    public void A_topic_is_followed_through_the_log()
    {
        Assert.Equal(["subscription", "message", "received"], Dump(topicFilter: "home/lamp").Select(record => record.Type));
        Assert.Equal(["message", "message", "acknowledge", "received"], Dump(topicFilter: "home/#").Select(record => record.Type));
        Assert.Equal(["message", "acknowledge"], Dump("pump", "#").Select(record => record.Type));
    }

    [Fact]
    public void A_line_names_the_place_and_every_field()
    {
        var message = Dump(topicFilter: "home/lamp").Single(record => record.Type == "message");

        Assert.Equal(
            $"{message.File}+{message.Offset} message id={message.Fields["id"]} topic=\"home/lamp\" qos=2 payloadBytes=2 payloadHex=\"0102\" publisher=\"a\\u{{1B}}b\""
            + " recipients=[session=2 seq=3 qos=2 retain=true shared=\"$share/g/home/#\"]",
            message.ToString());
        Assert.Equal("message", (string?)message.ToJson()["type"]);
    }

    [Fact]
    public void What_is_not_a_topic_filter_is_refused() =>
        Assert.Contains("'a/#/b' is not a topic filter", Assert.Throws<StoreToolException>(() => Dump(topicFilter: "a/#/b")).Message);

    public void Dispose() => _store.Dispose();

    private static void Put(IShardLog log, string topic, byte[] payload, RecipientList list) => log.PutMessage(
        log.NewId(),
        new MessageRecord { Topic = Encoding.UTF8.GetBytes(topic), Payload = payload, QoS = QoS.ExactlyOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue, PublisherId = "a\u001bb" },
        list.Span);

    private List<DumpedRecord> Dump(string? clientId = null, string? topicFilter = null)
    {
        var records = new List<DumpedRecord>();
        StoreDumper.Dump(_store.Path, new StoreDumpFilter(clientId, topicFilter), records.Add, TestContext.Current.CancellationToken);
        return records;
    }
}
