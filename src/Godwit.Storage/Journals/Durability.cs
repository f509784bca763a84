namespace Godwit.Storage.Journals;

/// <summary>What an acknowledgement means.</summary>
public enum Durability : byte
{
    /// <summary>What it acknowledges outlives a power cut.</summary>
    Sync = 0,

    /// <summary>It outlives the process; a power cut may cost what was written within <see cref="JournalOptions.FlushIntervalMs"/>.</summary>
    Interval = 1,

    /// <summary>It outlives the process; a power cut may cost what the system has not written by itself.</summary>
    Os = 2,
}
