using Godwit.Broker.Log;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>A store that was damaged may hold things that belong to nobody. They are forgotten, and harm nobody.</summary>
public sealed class RecoveredLeftoversTests
{
    private readonly TestLog _log = new();

    private IShardLog Writer => _log.ShardLog(0);

    [Fact]
    public void What_belongs_to_no_session_is_forgotten()
    {
        Writer.PutSubscription(_log.NewId(), new SubscriptionRecord { SessionNo = 77, Filter = "a"u8, QoS = QoS.AtLeastOnce });
        Writer.PutInbound(_log.NewId(), 77, 5);
        Writer.PutMessage(_log.NewId(), Message(), Recipient(77, 0));

        var broker = Start();

        Assert.Empty(_log.State().Puts);
        Assert.Equal((0, 0, 0L), (broker.Core.SubscriptionCount, broker.Core.SessionCount, broker.Counters.Queued));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_records_of_one_session_the_newer_counts_and_its_queue_stays(bool newerFirst)
    {
        var (older, newer) = (_log.NewId(), _log.NewId());
        PutSession(newerFirst ? newer : older, 3, expirySeconds: newerFirst ? 1000 : 10);
        PutSession(newerFirst ? older : newer, 3, expirySeconds: newerFirst ? 10 : 1000);
        Writer.PutMessage(_log.NewId(), Message(), Recipient(3, 0));

        var broker = Start();

        Assert.Equal(1, broker.Core.SessionCount);
        Assert.Single(_log.State().Sessions);
        broker.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal("m", broker.Persistent("client").ReceivesPublish().PayloadText);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_sessions_of_one_client_the_newer_counts(bool newerFirst)
    {
        var filters = new Dictionary<uint, string> { [3] = "old", [4] = "new" };
        foreach (var no in newerFirst ? new uint[] { 4, 3 } : [3, 4])
        {
            PutSession(_log.NewId(), no, expirySeconds: 1000);
            Writer.PutSubscription(_log.NewId(), new SubscriptionRecord { SessionNo = no, Filter = System.Text.Encoding.UTF8.GetBytes(filters[no]), QoS = QoS.AtLeastOnce });
            Writer.PutInbound(_log.NewId(), no, 5);
            Writer.PutMessage(_log.NewId(), Message(), Recipient(no, 0));
        }

        var broker = Start();

        Assert.Equal((1, 1, 1L), (broker.Core.SessionCount, broker.Core.SubscriptionCount, broker.Counters.Queued));
        Assert.Equal(2, _log.State().Puts.Count);
        Assert.Equal(4U, Assert.Single(_log.State().Queue).Key.SessionNo);
        var client = broker.Persistent("client");
        client.ReceivesPublish();
        broker.Connect("publisher").Publish("new", "m", QoS.AtLeastOnce);
        client.ReceivesPublish();
        broker.Advance(TimeSpan.FromSeconds(2000));
        Assert.False(client.IsClosed);
    }

    [Fact]
    public void A_filter_that_is_none_is_forgotten()
    {
        PutSession(_log.NewId(), 3, expirySeconds: 1000);
        Writer.PutSubscription(_log.NewId(), new SubscriptionRecord { SessionNo = 3, Filter = "a#"u8, QoS = QoS.AtLeastOnce });
        Writer.PutSubscription(_log.NewId(), new SubscriptionRecord { SessionNo = 3, Filter = "a"u8, QoS = QoS.AtLeastOnce });
        Writer.PutSubscription(_log.NewId(), new SubscriptionRecord { SessionNo = 3, Filter = "a"u8, QoS = QoS.ExactlyOnce });

        var broker = Start();

        Assert.Equal(1, broker.Core.SubscriptionCount);
        Assert.Single(_log.State().Puts);
    }

    private static MessageRecord Message() => new()
    {
        Topic = "t"u8,
        Payload = "m"u8,
        QoS = QoS.AtLeastOnce,
        ExpiresAtMs = long.MaxValue,
        AnnouncedExpiryMs = long.MaxValue,
    };

    private static ReadOnlySpan<byte> Recipient(uint sessionNo, long seq)
    {
        var list = new RecipientList();
        list.Add(sessionNo, seq, QoS.AtLeastOnce, retain: false, identifiers: null, sharedFilter: default);
        return list.Span;
    }

    private void PutSession(long id, uint sessionNo, int expirySeconds) => Writer.PutSession(id, new SessionRecord
    {
        SessionNo = sessionNo,
        ClientId = "client",
        ExpiryMs = expirySeconds * 1000L,
        IsConnected = true,
        EndsAtMs = long.MaxValue,
    });

    private BrokerHarness Start()
    {
        Writer.Commit(isAwaited: true);
        return new BrokerHarness(log: _log);
    }
}
