using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>What has become of one message towards one session.</summary>
internal sealed class DeliveryRecord
{
    /// <summary>PUBLISH packets without DUP.</summary>
    public int Sent { get; set; }

    /// <summary>Of these, those with RETAIN.</summary>
    public int SentWithRetain { get; set; }

    /// <summary>When the last of these left, a tick.</summary>
    public long LastWithRetain { get; set; }

    /// <summary>Of these, those that a crash has taken back and a search for retained messages brings again.</summary>
    public int TakenBack { get; set; }

    /// <summary>Of these, those through a shared subscription.</summary>
    public int SentShared { get; set; }

    /// <summary>At the highest QoS that was used.</summary>
    public QoS QoS { get; set; }

    /// <summary>How often PUBACK or PUBREC has reached the broker.</summary>
    public int Acknowledged { get; set; }

    /// <summary>The receiver has refused it with a reason code.</summary>
    public bool IsRefused { get; set; }

    /// <summary>It was sent before it was kept, and a crash has taken it back.</summary>
    public bool MayBeLost { get; set; }

    /// <summary>How often the application was given it.</summary>
    public int Received { get; set; }

    /// <summary>PUBLISH packets without DUP by QoS: with 0 and 2 none of them may reach the application twice.</summary>
    public int[] SentWithQoS { get; } = new int[3];

    /// <summary>How often the application was given it by QoS.</summary>
    public int[] ReceivedWithQoS { get; } = new int[3];
}
