namespace Godwit.Server.Listeners.Tls;

/// <summary>Looks at the files of all certificates every few seconds, and at their ends every hour.</summary>
internal sealed class CertificateKeeper : IDisposable
{
    /// <summary>From one look at the files to the next. A change is used at the second look after it.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    /// <summary>From one look at the ends to the next.</summary>
    internal static readonly TimeSpan EndInterval = TimeSpan.FromHours(1);

    private readonly Func<IReadOnlyList<TlsContext>> _contexts;
    private readonly TimeProvider _time;
    private ITimer? _files;
    private ITimer? _ends;

    /// <summary>Begins to look.</summary>
    /// <param name="contexts">Those of all listeners; a reload may bring others.</param>
    /// <param name="time">The clock.</param>
    internal CertificateKeeper(Func<IReadOnlyList<TlsContext>> contexts, TimeProvider time)
    {
        (_contexts, _time) = (contexts, time);
        Begin();
    }

    /// <summary>Begins to look as soon as there is something to look at: a broker without certificates is not woken for them. One thread at a time.</summary>
    internal void Begin()
    {
        if (_files is null && _contexts().Count > 0)
        {
            _files = _time.CreateTimer(_ => LookAgain(), state: null, LookInterval, LookInterval);
            _ends = _time.CreateTimer(_ => WarnOfEnds(), state: null, EndInterval, EndInterval);
        }
    }

    /// <summary>Reads all files anew.</summary>
    /// <returns>What is wrong, one line for each listener whose files cannot be used.</returns>
    internal IReadOnlyList<string> Reload() =>
        [.. _contexts().Select(context => (context.Name, Error: context.Reload())).Where(read => read.Error is not null).Select(read => $"{read.Name}: {read.Error}")];

    public void Dispose()
    {
        _files?.Dispose();
        _ends?.Dispose();
    }

    private void LookAgain()
    {
        foreach (var context in _contexts())
        {
            context.LookAgain();
        }
    }

    private void WarnOfEnds()
    {
        foreach (var context in _contexts())
        {
            context.WarnOfEnds();
        }
    }
}
