namespace Godwit.House.Readme;

/// <summary>Lines that a program prints while others wait for them.</summary>
public sealed class LineLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>A copy of the lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Adds a line; null, which is the end of the stream, is ignored.</summary>
    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Add(line);
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>Waits until the lines are as they should be.</summary>
    /// <param name="isEnough">Looks at all lines.</param>
    /// <param name="patience">How long to wait.</param>
    /// <returns>False: that time has passed.</returns>
    public async Task<bool> WaitUntil(Func<IReadOnlyList<string>, bool> isEnough, TimeSpan patience)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (isEnough(_lines))
                {
                    return true;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
