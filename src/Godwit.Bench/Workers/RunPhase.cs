namespace Godwit.Bench.Workers;

/// <summary>What all workers do now; the coordinator decides.</summary>
internal enum RunPhase
{
    /// <summary>Only receive.</summary>
    Rest,

    /// <summary>Connect the subscribers, and subscribe.</summary>
    OpenSubscribers,

    /// <summary>Connect the publishers.</summary>
    OpenPublishers,

    /// <summary>Publish.</summary>
    Publish,

    /// <summary>Each publisher sends a PINGREQ: when all are answered, all that was published before is handled.</summary>
    Barrier,

    /// <summary>Each publisher sends an empty retained message to each of its topics.</summary>
    ClearRetained,

    /// <summary>DISCONNECT every subscriber.</summary>
    CloseSubscribers,

    /// <summary>DISCONNECT every publisher.</summary>
    ClosePublishers,

    /// <summary>The threads end.</summary>
    Exit,
}
