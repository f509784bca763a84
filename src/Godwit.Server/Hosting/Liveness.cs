using Godwit.Broker;
using Godwit.Broker.Shards;

namespace Godwit.Server.Hosting;

/// <summary>Whether every shard still runs its turns: each is sent a call, and has answered when it has run it.</summary>
internal sealed class Liveness
{
    private readonly BrokerCore _core;
    private readonly int[] _answered;       // by shard: the last round it has answered
    private readonly int[] _asked;
    private int _round;

    internal Liveness(BrokerCore core)
    {
        _core = core;
        _answered = new int[core.Shards.Count];
        _asked = new int[core.Shards.Count];
    }

    /// <summary>Asks all shards that owe no answer. One caller at a time.</summary>
    /// <returns>True: all had answered what they were asked before.</returns>
    internal bool Ask()
    {
        var isAlive = true;
        _round++;
        for (var i = 0; i < _asked.Length; i++)
        {
            if (Volatile.Read(ref _answered[i]) != _asked[i])
            {
                isAlive = false;                // one call waits in its mailbox already
                continue;
            }

            var (index, round) = (i, _round);
            _asked[i] = round;
            _core.Post(i, new HostCall(_ => Volatile.Write(ref _answered[index], round)));
        }

        return isAlive;
    }
}
