using System.Net;

namespace Godwit.Kills.Brokers;

/// <summary>A broker that is killed and started again where it was.</summary>
internal interface IKillable : IAsyncDisposable
{
    /// <summary>Where it listens, in each of its lives.</summary>
    IPEndPoint EndPoint { get; }

    /// <summary>Counts what happens to it: odd between the moment before it is killed and the moment after.</summary>
    int Changes { get; }

    /// <summary>How often it was killed.</summary>
    int Life => Changes / 2;

    /// <summary>Whoever has connected at this count of <see cref="Changes"/> may lose the connection now: the broker was or is being killed.</summary>
    bool WasKilledSince(int changes) => changes % 2 != 0 || changes != Changes;

    /// <summary>Starts it and does not wait for anything.</summary>
    void Start();

    /// <summary>Waits until it accepts connections.</summary>
    /// <returns>The time since the call.</returns>
    Task<TimeSpan> ListensAsync(CancellationToken ct);

    /// <summary>Ends it without a chance to say goodbye. The connections that break from now on break for a reason.</summary>
    Task KillAsync();
}
