namespace Godwit.Kills.Actors;

/// <summary>How the connection of a client with a will ends.</summary>
internal enum WillEnd
{
    /// <summary>The client stays until the broker is killed, and comes back at once: without a delay the will is due.</summary>
    WithBroker,

    /// <summary>As <see cref="WithBroker"/>, with a delay that is not over when the client comes back: no will.</summary>
    WithBrokerAndBack,

    /// <summary>As <see cref="WithBroker"/>, with a delay, and the client stays away until it is over: the will is due.</summary>
    WithBrokerAndAway,

    /// <summary>The client drops its connection without a word: the will is due.</summary>
    Drop,

    /// <summary>DISCONNECT: no will.</summary>
    Disconnect,
}
