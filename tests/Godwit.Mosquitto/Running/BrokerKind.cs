namespace Godwit.Mosquitto.Running;

/// <summary>Which broker reads the file.</summary>
public enum BrokerKind
{
    /// <summary>Debian's mosquitto.</summary>
    Mosquitto,

    /// <summary>Ours.</summary>
    Godwit,
}
