using System.Diagnostics;

namespace Godwit.Protocol.Delivery;

/// <summary>
/// How many QoS 1 and 2 PUBLISH packets may be unacknowledged on this connection: the other side's Receive Maximum (5.0 §4.9).
/// </summary>
public struct SendQuota
{
    /// <summary>The Receive Maximum of the other side, 1 to 65,535.</summary>
    public int Maximum { get; private set; }

    /// <summary>PUBLISH packets sent on this connection and not yet acknowledged, 0 to <see cref="Maximum"/>.</summary>
    public int InUse { get; private set; }

    /// <summary>One more may be sent.</summary>
    public readonly bool IsAvailable => InUse < Maximum;

    /// <summary>A new connection: everything counts from zero. [MQTT-4.9.0-1]</summary>
    /// <param name="receiveMaximum">1 to 65,535; 65,535 when the other side named none.</param>
    public void Reset(int receiveMaximum)
    {
        Maximum = receiveMaximum;
        InUse = 0;
    }

    /// <summary>A PUBLISH goes out. [MQTT-4.9.0-2]</summary>
    public void Take()
    {
        Debug.Assert(IsAvailable, "The quota is used up.");
        InUse++;
    }

    /// <summary>PUBACK, PUBCOMP, or a PUBREC that refuses, has arrived.</summary>
    public void Return()
    {
        Debug.Assert(InUse > 0, "Nothing is in use.");
        InUse--;
    }
}
