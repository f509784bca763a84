namespace Godwit.Server.Transports;

/// <summary>Numbers for connections, from 1, never used twice in one process.</summary>
internal sealed class ConnectionIds
{
    private long _last;

    internal long Next() => Interlocked.Increment(ref _last);
}
