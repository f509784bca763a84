namespace Godwit.Kills.Brokers;

/// <summary>Whose broker is killed.</summary>
internal enum BrokerKind
{
    /// <summary><c>godwit serve</c> of this build.</summary>
    Godwit,

    /// <summary>Debian's mosquitto, the control: it acknowledges before it writes, and the suite must see what that loses.</summary>
    Mosquitto,
}
