using Godwit.Bench.Plans;
using Godwit.Protocol;

namespace Godwit.Bench.Clients;

/// <summary>What a publishing connection knows besides its socket. Its worker's thread owns all but <see cref="Delivered"/>.</summary>
internal sealed class Publisher
{
    /// <summary>Deliveries of its messages, counted by the threads of the subscribers.</summary>
    internal long Delivered;

    /// <summary>Of one publisher of the run.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="index">Its number.</param>
    /// <param name="worker">The number of its worker.</param>
    internal Publisher(BenchPlan plan, int index, int worker)
    {
        Worker = worker;
        NextStream = index;
        Random = new Random((plan.Seed * 1_000_003) + index);
        Schedule = SendSchedule.Of(plan, index);
        Window = plan.QoS == QoS.AtMostOnce ? null : new InFlightWindow(plan.Window);
        Quota = plan.MessageCount == 0
            ? long.MaxValue
            : (plan.MessageCount / plan.Publishers) + (index < plan.MessageCount % plan.Publishers ? 1 : 0);
    }

    internal int Worker { get; }

    /// <summary>The stream of its next message; all its streams take turns.</summary>
    internal int NextStream { get; set; }

    /// <summary>Null: as fast as it goes.</summary>
    internal SendSchedule? Schedule { get; }

    /// <summary>Null at QoS 0.</summary>
    internal InFlightWindow? Window { get; }

    /// <summary>Chooses topics in Wild.</summary>
    internal Random Random { get; }

    internal long Quota { get; }

    internal long Sent { get; set; }

    /// <summary>Deliveries due to its messages; those given up are taken out.</summary>
    internal long Expected { get; set; }

    /// <summary>What had been delivered when it began to wait.</summary>
    internal long StalledDelivered { get; set; }

    /// <summary>Since when it waits; 0: it does not.</summary>
    internal long StalledSinceNs { get; set; }
}
