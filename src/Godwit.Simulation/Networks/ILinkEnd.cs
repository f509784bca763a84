namespace Godwit.Simulation.Networks;

/// <summary>What the broker's end of a <see cref="Link"/> is told.</summary>
internal interface ILinkEnd
{
    /// <summary>Bytes have come, or the end, or room for more.</summary>
    void Arrived();

    /// <summary>The connection is reset.</summary>
    void Reset();
}
