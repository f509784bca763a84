namespace Godwit.Protocol;

/// <summary>Quality of Service (5.0 §4.3). The value 3 is never held: readers refuse it.</summary>
public enum QoS : byte
{
    /// <summary>QoS 0: at most once.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: at least once.</summary>
    AtLeastOnce = 1,

    /// <summary>QoS 2: exactly once.</summary>
    ExactlyOnce = 2,
}
