namespace Godwit.Links.Namespaces;

/// <summary>How bad a link is, in both directions alike.</summary>
public sealed record LinkProfile
{
    /// <summary>Of a hundred packets that arrive so many are dropped, chosen at random.</summary>
    public int PercentLost { get; init; }

    /// <summary>Bits per second, with all headers; 0: as many as the machine can.</summary>
    public int BitsPerSecond { get; init; }

    /// <summary>The largest IP packet in bytes.</summary>
    public int Mtu { get; init; } = 1500;
}
