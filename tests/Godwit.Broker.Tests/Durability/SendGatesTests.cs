using Godwit.Broker.Log;
using Godwit.Broker.Tests.Harness;

namespace Godwit.Broker.Tests.Durability;

/// <summary>From which position on a queue waits.</summary>
public sealed class SendGatesTests
{
    private readonly TestLog _log = new() { IsEager = false };
    private readonly SendGates _gates = new();

    private IShardLog Log => _log.ShardLog(0);

    [Fact]
    public void Without_a_gate_nothing_waits()
    {
        Assert.True(_gates.IsEmpty);
        Assert.Equal(long.MaxValue, _gates.LimitSeq(Log));
    }

    [Fact]
    public void A_queue_waits_from_the_first_position_whose_record_is_not_durable()
    {
        var (first, second) = (new Ticket(), new Ticket());
        _gates.Add(5, first);
        _gates.Add(6, first);
        _gates.Add(9, second);

        Assert.Equal(5, _gates.LimitSeq(Log));
        first.Committed(Commit());
        Assert.Equal(5, _gates.LimitSeq(Log));
        _log.Flush();
        Assert.Equal(9, _gates.LimitSeq(Log));
        second.Committed(Commit());
        _log.Flush();
        Assert.Equal(long.MaxValue, _gates.LimitSeq(Log));
        Assert.True(_gates.IsEmpty);
    }

    [Fact]
    public void A_later_record_that_is_durable_first_opens_nothing()
    {
        var (first, second) = (new Ticket(), new Ticket());
        _gates.Add(5, first);
        _gates.Add(9, second);

        second.Committed(Commit());
        _log.Flush();

        Assert.Equal(5, _gates.LimitSeq(Log));
        first.Committed(Commit());
        _log.Flush();
        Assert.Equal(long.MaxValue, _gates.LimitSeq(Log));
    }

    [Fact]
    public void A_ticket_that_has_been_waited_for_can_be_waited_for_again()
    {
        var ticket = new Ticket();
        _gates.Add(1, ticket);
        ticket.Committed(Commit());
        _log.Flush();
        Assert.Equal(long.MaxValue, _gates.LimitSeq(Log));

        _gates.Add(2, ticket);

        Assert.Equal(long.MaxValue, _gates.LimitSeq(Log));
    }

    private long Commit()
    {
        Log.PutInbound(_log.NewId(), 1, 1);
        return Log.Commit(isAwaited: true);
    }
}
