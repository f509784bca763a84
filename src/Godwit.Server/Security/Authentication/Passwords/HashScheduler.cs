using Godwit.Server.Security.Authentication.Guards;

namespace Godwit.Server.Security.Authentication.Passwords;

/// <summary>
/// Hashes passwords on a few threads of its own, so that a storm of logins leaves processors for messages. Addresses take turns: who sends
/// a thousand logins waits behind itself, and a login from elsewhere waits for one hash. Any thread.
/// </summary>
internal sealed class HashScheduler : IDisposable
{
    /// <summary>Logins of one address that wait; the next is told that the server is busy.</summary>
    internal const int PerAddressMax = 256;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<AddressKey, Queue<Job>> _waiting = [];
    private readonly Queue<AddressKey> _turns = new();
    private readonly int _workers;
    private readonly int _queueMax;
    private int _queued;
    private bool _isStarted;

    /// <summary>Makes a scheduler; its threads start with the first login.</summary>
    /// <param name="workers">Threads, at least 1.</param>
    /// <param name="queueMax">Logins that wait, of all addresses.</param>
    internal HashScheduler(int workers, int queueMax) => (_workers, _queueMax) = (workers, queueMax);

    /// <summary>Half of the processors.</summary>
    internal static int DefaultWorkers => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Verifies a password when its turn has come.</summary>
    /// <param name="address">Whose turn it is.</param>
    /// <param name="isWanted">Asked when the turn has come; false: nothing is computed.</param>
    /// <param name="verify">The work.</param>
    /// <param name="cancellation">The client has gone.</param>
    internal Task<HashOutcome> RunAsync(AddressKey address, Func<bool> isWanted, Func<bool> verify, CancellationToken cancellation)
    {
        var job = new Job(isWanted, verify, cancellation);
        lock (_lock)
        {
            var queue = _waiting.GetValueOrDefault(address);
            if (_queued >= _queueMax || queue?.Count >= PerAddressMax || _ended.IsCancellationRequested)
            {
                return Task.FromResult(HashOutcome.Busy);
            }

            if (queue is null)
            {
                _waiting[address] = queue = new Queue<Job>();
                _turns.Enqueue(address);
            }

            queue.Enqueue(job);
            _queued++;
            StartWorkers();
        }

        _work.Release();
        return job.Answer.Task;
    }

    /// <summary>Ends the threads. Logins that wait are told that the server is busy.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended.Cancel();
            foreach (var job in _waiting.Values.SelectMany(queue => queue))
            {
                job.Answer.TrySetResult(HashOutcome.Busy);
            }

            _waiting.Clear();
            _turns.Clear();
            _queued = 0;
        }
    }

    private void StartWorkers()
    {
        if (_isStarted)
        {
            return;
        }

        _isStarted = true;
        for (var i = 0; i < _workers; i++)
        {
            new Thread(Work) { IsBackground = true, Name = "passwords" }.Start();
        }
    }

    private void Work()
    {
        try
        {
            while (true)
            {
                _work.Wait(_ended.Token);
                if (Next() is { } job)
                {
                    job.Run();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Ended.
        }
    }

    private Job? Next()
    {
        lock (_lock)
        {
            if (!_turns.TryDequeue(out var address))
            {
                return null;
            }

            var queue = _waiting[address];
            var job = queue.Dequeue();
            _queued--;
            if (queue.Count > 0)
            {
                _turns.Enqueue(address);
            }
            else
            {
                _waiting.Remove(address);
            }

            return job;
        }
    }

    private sealed class Job(Func<bool> isWanted, Func<bool> verify, CancellationToken cancellation)
    {
        /// <summary>What follows runs elsewhere: this thread only hashes.</summary>
        internal TaskCompletionSource<HashOutcome> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal void Run()
        {
            try
            {
                if (cancellation.IsCancellationRequested)
                {
                    Answer.TrySetCanceled(cancellation);
                    return;
                }

                Answer.TrySetResult(!isWanted() ? HashOutcome.NotWanted : verify() ? HashOutcome.Right : HashOutcome.Wrong);
            }
            catch (Exception exception)
            {
                Answer.TrySetException(exception);      // e.g. no memory for Argon2; the chain refuses and logs it
            }
        }
    }
}
