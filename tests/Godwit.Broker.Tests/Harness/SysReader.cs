using Godwit.Protocol;

namespace Godwit.Broker.Tests.Harness;

/// <summary>Reads the <c>$SYS</c> tree as any client does.</summary>
internal static class SysReader
{
    public const string Prefix = "$SYS/broker/";

    /// <summary>All retained topics below <c>$SYS/broker/</c>, without that prefix, and their text.</summary>
    public static SortedDictionary<string, string> Read(BrokerHarness broker)
    {
        var reader = broker.Connect("sys-reader").Subscribe("$SYS/#");
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var publish in reader.ReceivesAllPublishes())
        {
            Assert.StartsWith(Prefix, publish.Topic);
            Assert.True(publish.Retain);
            values.Add(publish.Topic[Prefix.Length..], publish.PayloadText);
        }

        reader.Disconnect();
        return values;
    }

    /// <summary>Writes out <c>a/{b,c}/{1,2}</c>.</summary>
    public static IEnumerable<string> Expand(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
        {
            return [pattern];
        }

        var close = pattern.IndexOf('}', open);
        return pattern[(open + 1)..close].Split(',').SelectMany(choice => Expand(pattern[..open] + choice + pattern[(close + 1)..]));
    }

    /// <summary>What a client was sent live, topic and text, oldest first.</summary>
    public static List<(string Topic, string Text)> Live(TestClient client) =>
        client.ReceivesAllPublishes().ConvertAll(publish =>
        {
            Assert.False(publish.Retain);
            Assert.Equal(QoS.ExactlyOnce, publish.QoS);
            return (publish.Topic[Prefix.Length..], publish.PayloadText);
        });
}
