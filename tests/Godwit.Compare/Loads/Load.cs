namespace Godwit.Compare.Loads;

/// <summary>One run of a generator, in words that both generators know.</summary>
internal sealed record Load
{
    /// <summary>What is done.</summary>
    public required LoadMode Mode { get; init; }

    /// <summary>Clients that publish.</summary>
    public int Publishers { get; init; } = 1;

    /// <summary>Clients that subscribe; in <see cref="LoadMode.Connections"/> all there are.</summary>
    public int Subscribers { get; init; } = 1;

    /// <summary>Topics; in <see cref="LoadMode.Retained"/> as many messages.</summary>
    public int Topics { get; init; } = 1;

    /// <summary>Of PUBLISH and SUBSCRIBE.</summary>
    public int Qos { get; init; }

    /// <summary>Bytes of a payload.</summary>
    public int PayloadBytes { get; init; } = 16;

    /// <summary>QoS 1 and 2: messages of one publisher that wait for their acknowledgement.</summary>
    public int Window { get; init; } = 100;

    /// <summary>Messages a second of each publisher; 0: as fast as it goes.</summary>
    public int RatePerPublisher { get; init; }

    /// <summary>Messages a second of all publishers on a fixed schedule; 0: none. Only <c>godwit bench</c> has it.</summary>
    public double OpenLoopRate { get; init; }

    /// <summary>Messages of <see cref="LoadMode.Queue"/>.</summary>
    public int Count { get; init; }

    /// <summary>How long it is measured, or connections are held; the other modes end by themselves.</summary>
    public double Seconds { get; init; }

    /// <summary>Publishing before measuring, where the mode has time to do it.</summary>
    public double WarmUpSeconds { get; init; }

    /// <summary>The pause between the phases of <see cref="LoadMode.Retained"/> and <see cref="LoadMode.Queue"/>.</summary>
    public double SettleSeconds { get; init; }
}
