namespace Godwit.Server.Storage;

/// <summary>Wakes the thread of the journal. Costs nothing but a read while that thread is awake anyway.</summary>
internal sealed class WriterSignal : IDisposable
{
    private readonly AutoResetEvent _event = new(initialState: false);
    private int _isAsleep;

    /// <summary>There is work; any thread.</summary>
    public void Set()
    {
        if (Volatile.Read(ref _isAsleep) != 0 && Interlocked.Exchange(ref _isAsleep, 0) != 0)
        {
            _event.Set();
        }
    }

    /// <summary>The next <see cref="Wait"/> may sleep, unless <see cref="Set"/> comes first: so look for work between the two.</summary>
    public void Prepare() => Interlocked.Exchange(ref _isAsleep, 1);

    /// <summary>There was work after all.</summary>
    public void Cancel() => Interlocked.Exchange(ref _isAsleep, 0);

    /// <summary>Sleeps until <see cref="Set"/>, at most this long; -1 is for ever.</summary>
    public void Wait(int timeoutMs)
    {
        _event.WaitOne(timeoutMs);
        Cancel();
    }

    public void Dispose() => _event.Dispose();
}
