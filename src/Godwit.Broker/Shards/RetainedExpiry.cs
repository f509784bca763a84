using Godwit.Broker.Messages;

namespace Godwit.Broker.Shards;

/// <summary>
/// Drops expired retained messages, so that they give back their memory and their place below the limits. A shard that stores one with an
/// expiry wakes up for it, and from then on for whatever expires next in the tree they share.
/// </summary>
internal sealed class RetainedExpiry(Shard shard) : ITimed
{
    private readonly List<Message> _dropped = [];

    long ITimed.DueMs { get; set; }

    int ITimed.TimerPlace { get; set; }

    private bool IsArmed => ((ITimed)this).TimerPlace != 0;

    /// <summary>A message that this shard has stored expires then, milliseconds; <see cref="long.MaxValue"/> is never.</summary>
    public void Arm(long dueMs)
    {
        if (dueMs != long.MaxValue && (!IsArmed || dueMs < ((ITimed)this).DueMs))
        {
            shard.SetTimer(this, dueMs);
        }
    }

    void ITimed.OnTimer(Shard owner)
    {
        owner.Core.Tree.ExpireRetained(owner.NowMs, _dropped);
        foreach (var message in _dropped)
        {
            if (message.LogId != 0)
            {
                owner.Durability?.Log.ReleaseRetained(message.LogId);
            }
        }

        _dropped.Clear();
        owner.SetTimer(this, owner.Core.Tree.NextExpiryMs);
    }
}
