using System.Globalization;

namespace Godwit.Kills.Restart;

/// <summary>What a restart with state took.</summary>
internal sealed record RestartReport
{
    public required RestartOptions Options { get; init; }

    /// <summary>Making the state: all sessions with their subscriptions.</summary>
    public required TimeSpan SessionsTime { get; init; }

    /// <summary>Making the state: all messages, acknowledged.</summary>
    public required TimeSpan MessagesTime { get; init; }

    /// <summary>Of the broker that has made it.</summary>
    public required long BytesBefore { get; init; }

    /// <summary>Of the data directory when the broker was killed.</summary>
    public required long DiskBytes { get; init; }

    /// <summary>From the start of the process until it accepts a connection.</summary>
    public required TimeSpan Listens { get; init; }

    /// <summary>From the start of the process until the last session of the sample had all its messages.</summary>
    public required TimeSpan Resumed { get; init; }

    /// <summary>Resident after the restart and the sample, and the most that ever was since the restart.</summary>
    public required (long Now, long Peak) BytesAfter { get; init; }

    /// <summary>Sessions that were resumed.</summary>
    public required int Sampled { get; init; }

    /// <summary>Those of them that were there, with all messages.</summary>
    public required int Whole { get; init; }

    /// <summary>Nothing is lost, and the limits are kept.</summary>
    public bool IsGood => Whole == Sampled && Resumed <= Options.TimeMax && BytesAfter.Now <= Options.MemoryBytesMax;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        made           {Options.Sessions:N0} durable sessions with {RestartOptions.SubscriptionsEach} subscriptions each in {SessionsTime.TotalSeconds:0.0} s ({Options.Sessions / SessionsTime.TotalSeconds:N0}/s)
                       {Options.Sessions * Options.MessagesEach:N0} queued messages in {MessagesTime.TotalSeconds:0.0} s ({Options.Sessions * Options.MessagesEach / MessagesTime.TotalSeconds:N0}/s)
                       {BytesBefore / 1e6:N0} MB resident, {DiskBytes / 1e6:N0} MB on disk; then kill -9
        listens        {Listens.TotalSeconds:0.00} s after the start
        sessions       {Whole:N0} of {Sampled:N0} resumed with all their messages, {Resumed.TotalSeconds:0.00} s after the start (at most {Options.TimeMax.TotalSeconds:0.##} s)
        memory         {BytesAfter.Now / 1e6:N0} MB resident, {BytesAfter.Peak / 1e6:N0} MB at most (at most {Options.MemoryBytesMax / 1e6:N0} MB)
        {(IsGood ? "good" : "NOT GOOD")}
        """);
}
