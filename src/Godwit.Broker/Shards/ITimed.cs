namespace Godwit.Broker.Shards;

/// <summary>Something with one next deadline in its shard's <see cref="TimerQueue"/>.</summary>
internal interface ITimed
{
    /// <summary>When it is due, milliseconds; meaningful while it stands in the queue.</summary>
    long DueMs { get; set; }

    /// <summary>Its place in the queue plus 1; 0 while it does not stand there. The queue's own.</summary>
    int TimerPlace { get; set; }

    /// <summary>The deadline has come; it no longer stands in the queue.</summary>
    void OnTimer(Shard shard);
}
