using Godwit.Broker.Shards;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Transports;

/// <summary>Runs one shard where there is no epoll: all input comes through the mailbox, so the loop waits for that alone.</summary>
internal sealed class PortableShardLoop(Shard shard, ILogger logger, Action<Exception> broken) : ShardLoop(shard, logger, broken)
{
    private readonly AutoResetEvent _wake = new(initialState: false);

    protected override bool HasSockets => false;    // the pumps see to theirs

    internal override void Wake() => _wake.Set();

    protected override void Wait(int timeoutMs) => _wake.WaitOne(timeoutMs);

    protected override void HandleInput()
    {
        // All input is in the mailbox, which EndTurn takes.
    }

    protected override void FinishTurn(bool isAnotherTurnDue)
    {
        // Nothing is watched here.
    }

    protected override void Dispose(bool disposing)
    {
        // _wake is left to its finalizer: a pump may still be about to set it.
    }
}
