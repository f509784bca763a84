using Godwit.Protocol;

namespace Godwit.Kills.Wire;

/// <summary>A Will Message.</summary>
/// <param name="Topic">Will Topic.</param>
/// <param name="Payload">Will Payload.</param>
/// <param name="QoS">Will QoS.</param>
/// <param name="DelaySeconds">Will Delay Interval; 0 before 5.0.</param>
internal sealed record WillOptions(string Topic, byte[] Payload, QoS QoS, uint DelaySeconds);
