using System.Text;
using BenchmarkDotNet.Attributes;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Micro.Operations;

/// <summary>All subscriptions of a topic, found in a tree with many others beside the way.</summary>
public class MatchOperations
{
    private readonly MatchList _matches = new();
    private readonly TopicTree _tree = new();
    private readonly Session _session = new("other", shardIndex: 0);
    private readonly byte[] _exact = "plant/7/temperature"u8.ToArray();
    private readonly byte[] _wild = "plant/8/pressure"u8.ToArray();
    private readonly byte[] _nobody = "plant/9/humidity"u8.ToArray();

    /// <summary>How many do not match.</summary>
    [Params(10, 100_000)]
    public int Others { get; set; } = 10;

    [GlobalSetup]
    public void Setup()
    {
        for (var i = 0; i < Others; i++)
        {
            Subscribe((i % 4) switch
            {
                0 => $"plant/{1000 + i}/temperature",
                1 => $"plant/7/{i}",
                2 => $"hall{i}/+/temperature",
                _ => $"plant/+/{i}/#",
            });
        }

        Subscribe("plant/7/temperature");
        Subscribe("plant/+/pressure");
        Subscribe("plant/8/#");
    }

    [Benchmark(Description = "one exact filter")]
    public int Exact() => Match(_exact);

    [Benchmark(Description = "a filter with +, one with #")]
    public int Wild() => Match(_wild);

    [Benchmark(Description = "nobody")]
    public int Nobody() => Match(_nobody);

    private int Match(byte[] topic)
    {
        _tree.Match(topic, _matches);
        return _matches.Segments.Length;
    }

    private void Subscribe(string filter)
    {
        var bytes = Encoding.UTF8.GetBytes(filter);
        if (!TopicFilter.TryParse(bytes, out var parsed))
        {
            throw new InvalidOperationException(filter);
        }

        _tree.Subscribe(new Subscription { Session = _session, Filter = bytes, QoS = QoS.AtMostOnce }, parsed, replaced: null);
    }
}
