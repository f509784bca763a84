using Godwit.Testing.Brokers;

namespace Godwit.Links.Wire;

/// <summary>What the QoS levels promise, checked on what an application got (§4.3).</summary>
public static class Delivery
{
    /// <summary>
    /// QoS 2: exactly once. QoS 1: at least once. First copies in the order of their publication; the specification asks for that
    /// within each QoS (§4.6), and mosquitto, which delivers QoS 2 at PUBREL, does no more.
    /// </summary>
    /// <param name="sent">All different, in the order of their publication.</param>
    /// <param name="received">In the order of their arrival.</param>
    /// <param name="where">For the failure: what was done to the link.</param>
    public static void AssertKept(IReadOnlyList<(string Text, int QoS)> sent, IReadOnlyList<string> received, string where)
    {
        var seen = $"{where}: {string.Join(' ', received)}";
        var first = received.Distinct(StringComparer.Ordinal).ToList();
        Assert.True(first.Count == sent.Count, seen);
        foreach (var level in sent.GroupBy(message => BrokerUnderTest.IsMosquitto ? message.QoS : 0, message => message.Text))
        {
            Assert.True(level.SequenceEqual(first.Where(level.Contains), StringComparer.Ordinal), seen);
        }

        foreach (var (text, qos) in sent)
        {
            Assert.True(qos < 2 || received.Count(other => other == text) == 1, $"{text} more than once, {seen}");
        }
    }
}
