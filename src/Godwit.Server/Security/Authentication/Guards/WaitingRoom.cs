namespace Godwit.Server.Security.Authentication.Guards;

/// <summary>Where slowed logins wait. There is room for so many, and nobody waits longer than so long. Any thread.</summary>
/// <param name="time">Of the delays.</param>
/// <param name="places">How many may wait.</param>
/// <param name="longest">Who would have to wait longer is not let in.</param>
internal sealed class WaitingRoom(TimeProvider time, int places, TimeSpan longest)
{
    private int _waiting;

    /// <summary>Waits.</summary>
    /// <returns>False, at once: no room, or too long.</returns>
    internal async ValueTask<bool> TryWaitAsync(TimeSpan delay, CancellationToken cancellation)
    {
        if (delay > longest)
        {
            return false;
        }

        try
        {
            if (Interlocked.Increment(ref _waiting) > places)
            {
                return false;
            }

            await Task.Delay(delay, time, cancellation).ConfigureAwait(false);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
