namespace Godwit.Broker.Protection;

/// <summary>How near the process is to the memory it may use; the host measures.</summary>
public enum OverloadLevel : byte
{
    /// <summary>Far.</summary>
    None,

    /// <summary>The clients that send most are hardly read, and no new session begins.</summary>
    High,

    /// <summary>They are not read at all, nobody is let in, and QoS 0 is dropped. Who sends little is read.</summary>
    Critical,

    /// <summary>Hardly any memory is left: nobody who sends is read.</summary>
    Full,
}
