using System.Text;
using Godwit.Broker.Messages;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker;

/// <summary>Lines of the host's log as messages below <c>$SYS/broker/log/</c>: QoS 2, not retained. Nothing here is logged, so that a line never makes another.</summary>
internal static class LogTopics
{
    private const int LifeMs = 20_000;

    /// <summary>Publishes a line.</summary>
    public static void Publish(Shard shard, string name, string line)
    {
        var view = new MessageView
        {
            Topic = Encoding.UTF8.GetBytes("$SYS/broker/log/" + name),
            Payload = Encoding.UTF8.GetBytes(line),
            QoS = QoS.ExactlyOnce,
            ExpiresAtMs = shard.NowMs + LifeMs,
            AnnouncedExpiryMs = shard.NowMs + LifeMs,
        };
        shard.Router.Publish(view, retain: false, publisher: default, mayRefuse: false, default, out _);
    }
}
