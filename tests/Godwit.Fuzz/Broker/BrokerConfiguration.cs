using Godwit.Broker;
using Godwit.Fuzz.Engine;
using Godwit.Protocol;

namespace Godwit.Fuzz.Broker;

/// <summary>One of 256 brokers: the first with everything at its default, the others with some limits so low that they are reached.</summary>
internal static class BrokerConfiguration
{
    /// <summary>Everything that lives longer than its connection ends after this time, so that a broker can be seen empty.</summary>
    public const int LifetimeSeconds = 3600;

    public static FuzzBroker Create(byte number)
    {
        var random = new FuzzRandom(number, 0);
        var settings = new BrokerSettings
        {
            SysIntervalSeconds = 0,
            SessionExpirySecondsMax = LifetimeSeconds,
            SessionExpirySeconds3x = LifetimeSeconds,
            RetainedExpirySeconds = LifetimeSeconds,
        };
        if (number == 0)
        {
            return new FuzzBroker(shards: 1, new BrokerLimits(), settings);
        }

        settings.SharedStrategy = random.Pick(Enum.GetValues<SharedStrategy>());
        settings.OverflowPolicy = random.Pick(Enum.GetValues<OverflowPolicy>());
        settings.QueueQoS0Messages = random.OneIn(2);
        settings.RetainAvailable = !random.OneIn(16);
        settings.MaximumQoS = random.OneIn(16) ? QoS.AtLeastOnce : QoS.ExactlyOnce;
        settings.MessageExpirySecondsMax = random.OneIn(4) ? 60 : 0;
        return new FuzzBroker(shards: random.Between(1, 3), Limits(random), settings);
    }

    /// <summary>A normal client must be served: takes the low limits away.</summary>
    public static void Relax(BrokerCore core)
    {
        foreach (var limit in BrokerLimits.All)
        {
            limit.Set(core.Limits, limit.Default);
        }

        core.Settings.MaximumQoS = QoS.ExactlyOnce;
    }

    private static BrokerLimits Limits(FuzzRandom random)
    {
        var limits = new BrokerLimits();

        void Maybe(string name, int low, int oneIn = 3)
        {
            if (random.OneIn(oneIn) && !limits.TrySet(name, $"{low}", out var error))
            {
                throw new InvalidOperationException(error);
            }
        }

        Maybe(nameof(limits.PacketSizeBytesMax), 200);
        Maybe(nameof(limits.ConnectionsMax), 3);
        Maybe(nameof(limits.SessionsMax), 3);
        Maybe(nameof(limits.TopicLevelsMax), 2, oneIn: 12);
        Maybe(nameof(limits.FilterWildcardsMax), 1);
        Maybe(nameof(limits.FiltersPerSessionMax), 3);
        Maybe(nameof(limits.UserPropertiesMax), 1);
        Maybe(nameof(limits.ReceiveMaximum), 2);
        Maybe(nameof(limits.InFlightMax), 2);
        Maybe(nameof(limits.TopicAliasMaximum), 2);
        Maybe(nameof(limits.KeepAliveSecondsMax), 20);
        Maybe(nameof(limits.QueueBytesMax), 400);
        Maybe(nameof(limits.QueueMessagesMax), 3);
        Maybe(nameof(limits.AwayQueueMessagesMax), 2);
        Maybe(nameof(limits.OutputBytesMax), 100);
        Maybe(nameof(limits.RetainedMessagesMax), 2);
        Maybe(nameof(limits.RetainedBytesMax), 300);
        Maybe(nameof(limits.TurnOutputBytesMax), 60);
        return limits;
    }
}
