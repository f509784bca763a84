using Godwit.Kills.Rates;

namespace Godwit.Kills.Interference;

/// <summary>What one phase gave.</summary>
internal sealed record PhaseFigures
{
    /// <summary>Publishers that wait for acknowledgements, as fast as they come.</summary>
    public required RateFigures Closed { get; init; }

    /// <summary>The fixed rate.</summary>
    public required RateFigures Open { get; init; }

    /// <summary>Resident bytes of the broker when it is warm, and at the end.</summary>
    public required (long Start, long End) Memory { get; init; }

    /// <summary>Segments that were given back meanwhile; in <see cref="InterferencePhase.Compaction"/> each of them had to be copied in part.</summary>
    public required int Retired { get; init; }

    /// <summary>Bytes that the broker has read from files meanwhile.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Online backups that were completed meanwhile.</summary>
    public required int Backups { get; init; }
}
