using System.Diagnostics;
using Godwit.Kills.Actors;

namespace Godwit.Kills.Suite;

/// <summary>Brings the clients of a run on, and off again when everything has come that must come. Fails as soon as one of them does.</summary>
internal sealed class Stage(Cast cast)
{
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuietPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(120);

    private readonly List<Task> _running = [];

    /// <summary>Messages that have come so far.</summary>
    public long Received => cast.Inboxes.Sum(inbox => inbox.Received);

    /// <summary>Subscribers first: they get everything. A broker that is killed meanwhile is another matter.</summary>
    public async Task BeginAsync(CancellationToken stop)
    {
        _running.AddRange(cast.Subscribers.Select(subscriber => subscriber.RunAsync(stop)));
        _running.AddRange(cast.Changers.Select(changer => changer.RunAsync(stop)));
        _running.AddRange(cast.Retained.Select(retained => retained.RunAsync(stop)));
        _running.AddRange(cast.Receivers.Select(receiver => receiver.RunAsync(stop)));
        Actor[] first = [.. cast.Subscribers, .. cast.Changers, .. cast.Retained];
        await WatchedAsync(Task.WhenAll(first.Select(actor => actor.Ready)).WaitAsync(FirstPatience, stop));
        _running.AddRange(cast.Publishers.Select(publisher => publisher.RunAsync(stop)));
        _running.AddRange(cast.Wills.Select(will => will.RunAsync(stop)));
    }

    /// <summary>Some of the travellers leave, others return.</summary>
    public void Travel(Random random)
    {
        foreach (var traveller in cast.Travellers)
        {
            if (random.Next(3) == 0)
            {
                traveller.Return();
            }
            else
            {
                traveller.Leave();
            }
        }
    }

    /// <summary>The load ends, everybody comes back, and all waits for what must still come.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        cast.Travellers.ForEach(traveller => traveller.Return());
        foreach (var will in cast.Wills)
        {
            will.Finish();
        }

        IEnumerable<Task> last =
        [
            .. cast.Publishers.Select(publisher => publisher.FinishAsync()),
            .. cast.Changers.Select(changer => changer.FinishAsync()),
            .. cast.Retained.Select(retained => retained.FinishAsync()),
            .. cast.Receivers.Select(receiver => receiver.FinishAsync()),
        ];
        await WatchedAsync(Task.WhenAll(last).WaitAsync(FinishPatience, ct));
        for (var quiet = Stopwatch.StartNew(); quiet.Elapsed < QuietPatience;)
        {
            var before = Received;
            if (cast.Book.Missing == 0 && cast.Inboxes.TrueForAll(inbox => inbox.Missing == 0))
            {
                break;
            }

            await WatchedAsync(Task.Delay(200, ct));
            if (Received > before)
            {
                quiet.Restart();
            }
        }

        await WatchedAsync(Task.Delay(500, ct));        // what comes twice, or came back, would come now
    }

    /// <summary>Waits until all have left, who were told to stop.</summary>
    public Task LeaveAsync(CancellationToken ct) =>
        Task.WhenAll(_running).WaitAsync(FinishPatience, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    /// <summary>Waits, and fails as soon as one of the clients has.</summary>
    public async Task WatchedAsync(Task task)
    {
        var failed = await Task.WhenAny([task, .. _running.Where(running => !running.IsCompletedSuccessfully)]);
        await failed;
        await task;
    }
}
