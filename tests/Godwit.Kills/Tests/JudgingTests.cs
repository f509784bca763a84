using System.Text;
using Godwit.Kills.Actors;
using Godwit.Kills.Judging;
using Godwit.Kills.Messages;
using Godwit.Protocol;

namespace Godwit.Kills.Tests;

/// <summary>The judges see each fault when they are shown one, and none where there is none.</summary>
public sealed class JudgingTests
{
    private const string Name = "load/p0/t0";

    private readonly Findings _findings = new();

    [Theory]
    [InlineData(QoS.AtLeastOnce, "0 1 2 1 2 3")]
    [InlineData(QoS.ExactlyOnce, "0 1 2 3")]
    public void What_came_as_it_should_is_no_finding(QoS qos, string came)
    {
        var inbox = Receive(qos, QoS.ExactlyOnce, isOrdered: true, came);

        Assert.Equal(0, _findings.Total);
        Assert.Equal((4, 0), (inbox.Expected, inbox.Missing));
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, "0 1 3", Fault.Lost)]
    [InlineData(QoS.ExactlyOnce, "0 1 2 2 3", Fault.Duplicated)]
    [InlineData(QoS.ExactlyOnce, "0 2 1 3", Fault.Reordered)]
    [InlineData(QoS.AtLeastOnce, "0 2 1 3", Fault.Reordered)]
    [InlineData(QoS.AtLeastOnce, "0 1 2 3 4", Fault.NeverPublished)]
    public void Each_fault_is_found_once(QoS qos, string came, Fault fault)
    {
        Receive(qos, QoS.ExactlyOnce, isOrdered: true, came);

        Assert.Equal((1, 1), (_findings[fault], _findings.Total));
    }

    [Fact]
    public void A_message_of_QoS_2_may_come_twice_to_a_subscription_of_QoS_1()
    {
        Receive(QoS.ExactlyOnce, QoS.AtLeastOnce, isOrdered: true, "0 1 2 2 3");

        Assert.Equal(0, _findings.Total);
    }

    [Fact]
    public void A_group_has_no_order()
    {
        Receive(QoS.ExactlyOnce, QoS.ExactlyOnce, isOrdered: false, "1 0 3 2");

        Assert.Equal(0, _findings.Total);
    }

    [Fact]
    public void What_was_not_acknowledged_is_not_missed()
    {
        var topic = new PublishedTopic(Name, QoS.AtLeastOnce);
        topic.Acknowledge(topic.Add(), life: 0);
        topic.Add();

        Assert.Equal(1, new Inbox("inbox", QoS.AtLeastOnce, isOrdered: true, [topic], _findings).Expected);
    }

    [Theory]
    [InlineData("load/p0/t0 0 .........", Fault.Corrupt)]
    [InlineData("", Fault.Corrupt)]
    public void A_payload_that_was_not_made_is_corrupt(string payload, Fault fault)
    {
        var topic = new PublishedTopic(Name, QoS.AtLeastOnce);
        topic.Add();
        new Inbox("inbox", QoS.AtLeastOnce, isOrdered: true, [topic], _findings).Take(Name, Encoding.ASCII.GetBytes(payload));

        Assert.Equal(1, _findings[fault]);
    }

    [Fact]
    public void One_bit_makes_a_payload_corrupt()
    {
        var payload = Payload.Make(Name, 7, 60);
        Assert.True(Payload.TryRead(payload, Name, out var number));
        Assert.Equal(7, number);
        Assert.False(Payload.TryRead(payload, "load/p0/t1", out _));
        for (var bit = 0; bit < 8 * payload.Length; bit++)
        {
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Payload.TryRead(payload, Name, out _), $"bit {bit}");
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(true, 1, null)]
    [InlineData(true, 0, Fault.WillLost)]
    [InlineData(true, 2, Fault.WillDuplicated)]
    [InlineData(false, 0, null)]
    [InlineData(false, 1, Fault.WillUnwanted)]
    [InlineData(null, 0, null)]
    [InlineData(null, 1, null)]
    [InlineData(null, 2, Fault.WillDuplicated)]
    public void A_will_comes_once_when_it_is_due(bool? isDue, int copies, Fault? fault)
    {
        var topic = new PublishedTopic("will/0", QoS.ExactlyOnce);
        var watcher = new Inbox("watcher", QoS.AtLeastOnce, isOrdered: false, [topic], new Findings());
        var book = new WillBook([topic], watcher, _findings);
        var number = topic.Add();
        if (isDue is { } known)
        {
            (known ? (Action<PublishedTopic, int, string>)book.IsDue : book.IsOff)(topic, number, "a drop");
        }

        for (var i = 0; i < copies; i++)
        {
            watcher.Take(topic.Name, Payload.Make(topic.Name, number, 60));
        }

        book.Judge();

        Assert.Equal(fault is null ? 0 : 1, _findings.Total);
        Assert.True(fault is null || _findings[fault.Value] == 1, _findings.ToString());
    }

    /// <summary>Four messages are published and acknowledged, those with these numbers come.</summary>
    private Inbox Receive(QoS qos, QoS granted, bool isOrdered, string came)
    {
        var topic = new PublishedTopic(Name, qos);
        for (var i = 0; i < 4; i++)
        {
            topic.Acknowledge(topic.Add(), life: i);
        }

        var inbox = new Inbox("inbox", granted, isOrdered, [topic], _findings);
        foreach (var number in came.Split(' '))
        {
            inbox.Take(Name, Payload.Make(Name, int.Parse(number, System.Globalization.CultureInfo.InvariantCulture), 60));
        }

        inbox.Judge();
        return inbox;
    }
}
