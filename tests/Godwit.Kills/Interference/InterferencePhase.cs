namespace Godwit.Kills.Interference;

/// <summary>What the store does while the load goes on.</summary>
internal enum InterferencePhase
{
    /// <summary>Nothing more than what every load makes: whole segments come and go.</summary>
    Quiet,

    /// <summary>A part of the messages is kept, so segments cannot go and are copied.</summary>
    Compaction,

    /// <summary>The sealed segments are read again at the default rate, all the time.</summary>
    Scrub,

    /// <summary>The same as fast as the disk gives them.</summary>
    ScrubUnthrottled,

    /// <summary>One online backup after the other.</summary>
    Backup,
}
