namespace Godwit.Compare.Loads;

/// <summary>What a generator does.</summary>
internal enum LoadMode
{
    /// <summary>Publishers and subscribers.</summary>
    PubSub,

    /// <summary>Idle connections, each with a subscription of its own.</summary>
    Connections,

    /// <summary>Retained messages are stored, then delivered.</summary>
    Retained,

    /// <summary>Many subscribers with wildcards.</summary>
    Wild,

    /// <summary>Messages queue up for a session that is away, then it returns.</summary>
    Queue,
}
