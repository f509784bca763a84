using Godwit.Broker;
using Godwit.Broker.Shards;

namespace Godwit.Server.Logging;

/// <summary>Publishes lines of the log below <c>$SYS/broker/log/</c>. Any thread.</summary>
public sealed class TopicPublisher
{
    /// <summary>Lines that wait for the broker; beyond it the newest is lost.</summary>
    public const int WaitingMax = 1_000;

    private readonly Action<ShardInput> _post;
    private int _waiting;

    /// <summary>Makes one.</summary>
    /// <param name="core">The broker.</param>
    public TopicPublisher(BrokerCore core)
        : this(input => core.Post(0, input))
    {
    }

    /// <summary>The same for tests.</summary>
    internal TopicPublisher(Action<ShardInput> post) => _post = post;

    /// <summary>Publishes a line in the next turn of the broker.</summary>
    /// <param name="name">The last levels of the topic, e.g. <c>N</c> or <c>M/subscribe</c>.</param>
    /// <param name="line">The payload.</param>
    public void Publish(string name, string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }

        _post(new HostCall(
            shard =>
            {
                Interlocked.Decrement(ref _waiting);
                shard.PublishLog(name, line);
            },
            line.Length));
    }
}
