using System.Globalization;
using System.Text;
using Godwit.Bench.Measurement;
using Godwit.Bench.Sockets;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Bench.Plans;

/// <summary>What is wrong with a plan, before anything is connected.</summary>
public static class PlanCheck
{
    private const int PayloadSizeMax = 200_000_000;     // with topic and header below the 2^28 - 1 bytes of a packet (5.0 §1.5.5)

    /// <summary>Looks at one plan.</summary>
    /// <exception cref="BenchException">It cannot be carried out; the message says why.</exception>
    public static void Check(BenchPlan plan)
    {
        CheckNumbers(plan);
        CheckTopics(plan);
        CheckPace(plan);
        CheckDescriptors(plan.Connections, DescriptorLimit.Raise());
    }

    /// <summary>Every connection is an open file.</summary>
    /// <param name="connections">How many are wanted.</param>
    /// <param name="limit">How many files the process may open.</param>
    /// <exception cref="BenchException">There are too many.</exception>
    internal static void CheckDescriptors(int connections, long limit)
    {
        if (connections + (long)DescriptorLimit.Reserve > limit)
        {
            throw new BenchException(string.Create(
                CultureInfo.InvariantCulture,
                $"{connections:N0} connections need {connections + DescriptorLimit.Reserve:N0} open files, and this process may have {limit:N0}: raise the limit (ulimit -Hn) or use fewer."));
        }
    }

    private static void CheckNumbers(BenchPlan plan)
    {
        Require(plan.Publishers >= 0 && plan.Subscribers >= 0 && plan.Connections > 0, "there is nobody to connect.");
        Require(plan.Topics >= 1, "there is no topic.");
        Require(Math.Max(plan.Topics, plan.Publishers) <= MessageHeader.StreamsMax, $"more than {MessageHeader.StreamsMax} streams of messages cannot be told apart.");
        Require(
            plan.PayloadSize is >= MessageHeader.Size and <= PayloadSizeMax,
            $"a payload has at least {MessageHeader.Size} bytes, for a counter and a time stamp, and at most {PayloadSizeMax}.");
        Require(plan.Window is >= 1 and <= ushort.MaxValue, "the window is a number from 1 to 65535.");
        Require(plan.Threads is >= 1 and <= 256, "threads are a number from 1 to 256.");
        Require(plan.TreeDepth is >= 1 and <= 50 && plan.TreeBreadth >= 1, "the tree has 1 to 50 levels, and at least one name on each.");
        Require(plan.Shape != BenchShape.Queue || plan.QoS != QoS.AtMostOnce, "a queue holds messages of QoS 1 and 2 only.");
        Require(plan.Password is null || plan.UserName is not null || plan.Version == ProtocolVersion.Mqtt5, "a password needs a user name in MQTT 3.");
    }

    private static void CheckTopics(BenchPlan plan)
    {
        if (plan.Topic is { } topic && plan.Shape != BenchShape.Wild)
        {
            var isFilter = plan.Shape is BenchShape.Conn or BenchShape.Sub;
            var text = Encoding.UTF8.GetBytes(PatternText.Expand(topic, 0, "c", "u").ToText(0));
            Require(
                isFilter ? TopicFilter.TryParse(text, out _) : text.Length > 0 && TopicName.IsValid(text),
                $"'{topic}' is not a valid topic{(isFilter ? " filter" : ": '+' and '#' stand for other topics only in subscriptions")}.");
            Require(text.Length <= ushort.MaxValue - 100, "the topic is too long.");
            Require(
                isFilter || plan.Topics == 1 || PatternText.Uses(topic, 'i') || PatternText.Uses(topic, 'c'),
                $"'{topic}' needs %i to stand for {plan.Topics} topics.");
            Require(
                isFilter || !PatternText.Uses(topic, 'c') || plan.Topics % Math.Max(plan.Publishers, 1) == 0,
                $"%c in '{topic}' needs a topic for each publisher.");
        }

        Require(plan.Filter is null || TopicFilter.TryParse(Encoding.UTF8.GetBytes(plan.Filter), out _), $"'{plan.Filter}' is not a valid topic filter.");
        Require(
            plan.Share is null || (plan.Share.Length > 0 && plan.Share.IndexOfAny(['/', '+', '#']) < 0),
            $"'{plan.Share}' is not a name of a shared group: it has no '/', '+' or '#'.");
    }

    private static void CheckPace(BenchPlan plan)
    {
        Require(plan.RatePerPublisher <= 0 || plan.OpenLoopRate <= 0, "an interval and an open loop exclude each other: both say when to send.");
        Require(plan.Publishers > 0 || plan.OpenLoopRate <= 0, "without publishers there is no schedule.");
        Require(plan.OpenLoopRate is 0 or (>= 0.001 and <= 1e9), "the rate of an open loop is above 0.");
        Require(plan.Credit is null or >= 0, "the credit is not negative.");
    }

    private static void Require(bool isGood, string problem)
    {
        if (!isGood)
        {
            throw new BenchException(problem);
        }
    }
}
