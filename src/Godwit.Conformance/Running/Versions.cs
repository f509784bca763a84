namespace Godwit.Conformance.Running;

/// <summary>A set of protocol versions.</summary>
[Flags]
public enum Versions
{
    /// <summary>None given.</summary>
    None = 0,

    /// <summary>MQTT 3.1.</summary>
    Mqtt31 = 1,

    /// <summary>MQTT 3.1.1.</summary>
    Mqtt311 = 2,

    /// <summary>MQTT 5.0.</summary>
    Mqtt5 = 4,

    /// <summary>3.1.1 and 5.0.</summary>
    Both = Mqtt311 | Mqtt5,

    /// <summary>All three.</summary>
    All = Mqtt31 | Mqtt311 | Mqtt5,
}
