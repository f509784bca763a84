using Godwit.Bench.Plans;
using Godwit.Bench.Runs;
using Godwit.Bench.Tests.Support;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Bench.Tests;

/// <summary>Brokers that do what no broker should: the report says what they did.</summary>
public sealed class FaultyBrokerTests
{
    [Fact]
    public void Messages_that_the_broker_drops_are_lost()
    {
        using var broker = ScriptedBroker.Start();
        broker.Copies = number => number % 10 == 3 ? 0 : 1;

        var result = Run(broker, count: 1_000);

        Assert.Equal((1_000, 1_000, 900), (result.Totals.Sent, result.Totals.Expected, result.Totals.Received));
        Assert.Equal((100, 0, 0), (result.Lost, result.Totals.Duplicates, result.Totals.OutOfOrder));
    }

    [Fact]
    public void The_last_messages_are_lost_too_although_nothing_comes_behind_them()
    {
        using var broker = ScriptedBroker.Start();
        broker.Copies = number => number >= 480 ? 0 : 1;

        var result = Run(broker, count: 500);

        Assert.Equal(20, result.Lost);
        Assert.Equal(0, result.Totals.Missing);
    }

    [Fact]
    public void Second_copies_are_duplicates_and_hide_no_loss()
    {
        using var broker = ScriptedBroker.Start();
        broker.Copies = number => number switch { 10 => 3, 20 => 0, _ => 1 };

        var result = Run(broker, count: 100);

        Assert.Equal((101, 2, 1), (result.Totals.Received, result.Totals.Duplicates, result.Lost));
    }

    [Fact]
    public void Messages_that_overtake_each_other_are_out_of_order_and_not_lost()
    {
        using var broker = ScriptedBroker.Start();
        broker.Delay = number => number is 5 or 50 ? 2 : 0;

        var result = Run(broker, count: 100);

        Assert.Equal((2, 0, 0), (result.Totals.OutOfOrder, result.Lost, result.Totals.Duplicates));
    }

    [Fact]
    public void A_refused_subscription_is_told_and_its_messages_are_lost()
    {
        using var broker = ScriptedBroker.Start();
        broker.Suback = SubackReasonCode.NotAuthorized;
        broker.Copies = _ => 0;

        var result = Run(broker, count: 10);

        Assert.Equal((1, 10), (result.Totals.Refused, result.Lost));
        Assert.Equal("the broker refused a subscription with reason code 0x87", result.FirstError);
    }

    [Fact]
    public void Refused_messages_are_counted()
    {
        using var broker = ScriptedBroker.Start();
        broker.Puback = PubackReasonCode.QuotaExceeded;

        var result = Run(broker, count: 10, QoS.AtLeastOnce);

        Assert.Equal((10, 10), (result.Totals.Refused, result.Totals.Acknowledged));
        Assert.Equal("the broker refused a message with reason code 0x97", result.FirstError);
    }

    [Fact]
    public void Without_any_connection_there_is_no_result_but_the_reason()
    {
        using var broker = ScriptedBroker.Start();
        broker.Connack = ConnackReasonCode.NotAuthorized;

        var exception = Assert.Throws<BenchException>(() => Run(broker, count: 10));

        Assert.Equal($"no connection to 127.0.0.1 port {broker.Port} came up: the broker refused a connection: NotAuthorized.", exception.Message);
    }

    private static BenchResult Run(ScriptedBroker broker, long count, QoS qos = QoS.AtMostOnce) => BenchRun.Execute(
        new BenchPlan
        {
            Shape = BenchShape.PubSub,
            Host = "127.0.0.1",
            Port = broker.Port,
            QoS = qos,
            MessageCount = count,
            Patience = TimeSpan.FromMilliseconds(200),      // nothing on this machine takes longer, and what is lost never comes
        },
        _ => { },
        TestContext.Current.CancellationToken);
}
