namespace Godwit.Client;

/// <summary>Quality of Service of a message (5.0 §4.3). The values are those of the wire.</summary>
public enum MqttQoS : byte
{
    /// <summary>QoS 0: at most once.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: at least once.</summary>
    AtLeastOnce = 1,

    /// <summary>QoS 2: exactly once.</summary>
    ExactlyOnce = 2,
}
