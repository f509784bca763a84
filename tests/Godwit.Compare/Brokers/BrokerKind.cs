namespace Godwit.Compare.Brokers;

/// <summary>Who is measured.</summary>
internal enum BrokerKind
{
    /// <summary>Debian's.</summary>
    Mosquitto,

    /// <summary><c>godwit serve --durability memory</c>: keeps as much as mosquitto does here.</summary>
    GodwitMemory,

    /// <summary><c>godwit serve</c> as by default: what is acknowledged is on the disk.</summary>
    GodwitDurable,

    /// <summary>A relay with no broker logic, the limit of what kernel and loopback allow.</summary>
    Relay,
}
