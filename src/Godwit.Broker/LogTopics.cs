using System.Text;
using Godwit.Broker.Messages;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker;

/// <summary>
/// Lines of the host's log as messages below <c>$SYS/broker/log/</c>: QoS 2, not retained. Nothing here is logged, so that a line never makes another.
/// Any thread.
/// </summary>
internal sealed class LogTopics(BrokerCore core)
{
    private const int WaitingMax = 1_000;
    private const int LifeMs = 20_000;

    private int _waiting;

    /// <summary>Publishes a line in the next turn of shard 0. Beyond <see cref="WaitingMax"/> that wait, the newest are lost.</summary>
    public void Publish(string name, string line)
    {
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }

        var (topic, payload) = (Encoding.UTF8.GetBytes("$SYS/broker/log/" + name), Encoding.UTF8.GetBytes(line));
        core.Post(0, new HostCall(shard => Publish(shard, topic, payload), topic.Length + payload.Length));
    }

    private void Publish(Shard shard, byte[] topic, byte[] payload)
    {
        Interlocked.Decrement(ref _waiting);
        var view = new MessageView
        {
            Topic = topic,
            Payload = payload,
            QoS = QoS.ExactlyOnce,
            ExpiresAtMs = shard.NowMs + LifeMs,
            AnnouncedExpiryMs = shard.NowMs + LifeMs,
        };
        shard.Router.Publish(view, retain: false, publisher: default, mayRefuse: false, default, out _);
    }
}
