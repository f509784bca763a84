using Godwit.Broker.Log;
using Godwit.Broker.Shards;
using Godwit.Broker.Tests.Harness;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Answers of one connection that wait for the log.</summary>
public sealed class HeldAnswersTests
{
    private readonly TestLog _log = new() { IsEager = false };
    private readonly OutputPool _pool = new();
    private readonly HeldAnswers _held = new();

    private IShardLog Log => _log.ShardLog(0);

    [Fact]
    public void They_leave_in_order_as_their_records_become_durable()
    {
        var (first, second) = (new Ticket(), new Ticket());
        Add("aa", first);
        Add("b", null);
        Add("ccc", second);
        Add("d", second);
        Add("e", null);
        Assert.Equal(8, _held.Length);
        Assert.Equal("", TakeReady());

        first.Committed(Commit());
        second.Committed(Commit());
        Assert.Equal("", TakeReady());
        _log.FlushUpTo(1);
        Assert.Equal("aab", TakeReady());
        Assert.False(_held.IsEmpty);
        _log.Flush();
        Assert.Equal("cccde", TakeReady());

        Assert.True(_held.IsEmpty);
        Assert.Equal(0, _held.Length);
    }

    [Fact]
    public void A_later_record_that_is_durable_first_waits_behind_the_earlier()
    {
        var (first, second) = (new Ticket(), new Ticket());
        Add("a", first);
        Add("b", second);
        second.Committed(Commit());
        _log.Flush();
        Assert.Equal("", TakeReady());

        first.Committed(Commit());
        _log.Flush();

        Assert.Equal("ab", TakeReady());
    }

    [Fact]
    public void A_ticket_of_records_that_did_not_come_waits_for_nothing()
    {
        var ticket = new Ticket();
        Add("a", ticket);

        ticket.Committed(-1);

        Assert.Equal("a", TakeReady());
    }

    [Fact]
    public void It_can_be_used_again_when_all_has_left()
    {
        for (var i = 0; i < 3; i++)
        {
            var ticket = new Ticket();
            Add("a", ticket);
            ticket.Committed(Commit());
            _log.Flush();
            Assert.Equal("a", TakeReady());
        }
    }

    [Fact]
    public void When_the_connection_is_over_nothing_is_left()
    {
        var ticket = new Ticket();
        Add("a", ticket);
        Add("b", new Ticket());

        _held.Release(_pool);
        ticket.Committed(Commit());
        _log.Flush();

        Assert.True(_held.IsEmpty);
        Assert.Equal(0, _held.CountReady(Log));
        Assert.Equal(0, _held.Length);
    }

    private void Add(string text, Ticket? ticket)
    {
        System.Text.Encoding.ASCII.GetBytes(text, _held.Reserve(text.Length + 10, _pool));
        _held.Add(text.Length, ticket);
    }

    private string TakeReady()
    {
        var ready = _held.CountReady(Log);
        var text = System.Text.Encoding.ASCII.GetString(_held.Span(ready));
        if (ready > 0)
        {
            _held.Consume(ready, _pool);
        }

        return text;
    }

    private long Commit()
    {
        Log.PutInbound(_log.NewId(), 1, 1);
        return Log.Commit(isAwaited: true);
    }
}
