namespace Godwit.Testing.Running;

/// <summary>The lines a program has printed so far; tests wait for a line instead of sleeping.</summary>
public sealed class LineLog
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = NewSource();
    private bool _ended;

    /// <summary>A copy of all lines so far.</summary>
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

    /// <summary>Adds a line and wakes every waiter.</summary>
    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
        }

        Wake();
    }

    /// <summary>No further line comes: the program closed its end.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
        }

        Wake();
    }

    /// <summary>Waits for the <paramref name="count"/>-th line that matches.</summary>
    /// <returns>The line; null when the program ended or the time was over without it.</returns>
    public async Task<string?> FindAsync(Func<string, bool> matches, int count, TimeSpan patience)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(patience);

        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var found = _lines.Where(matches).ElementAtOrDefault(count - 1);
                if (found is not null || _ended)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Wake()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = NewSource();
        }

        changed.SetResult();
    }
}
