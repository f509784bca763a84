using System.Globalization;
using System.Text;
using Godwit.Broker;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Server.Logging;

namespace Godwit.Server.Hosting;

/// <summary>The tree of subscriptions and the sessions of a running broker, for a person who asks (SIGUSR2).</summary>
public static class TreeReport
{
    /// <summary>Asks every shard; a shard that does not answer in this time is left out.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Writes the report, and flushes: a line for each level of the tree with the number of subscriptions that end there, then one for each session.</summary>
    public static async Task WriteAsync(BrokerCore core, TextWriter target)
    {
        ArgumentNullException.ThrowIfNull(core);
        ArgumentNullException.ThrowIfNull(target);
        var asked = core.Shards.Select(shard => AskAsync(core, shard.Index)).ToArray();
        await Task.WhenAny(Task.WhenAll(asked), Task.Delay(Patience)).ConfigureAwait(false);
        var sessions = asked.Where(answer => answer.IsCompletedSuccessfully).SelectMany(answer => answer.Result).ToList();
        await target.WriteAsync(Describe(sessions)).ConfigureAwait(false);
        await target.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>The report of these sessions.</summary>
    internal static string Describe(IReadOnlyList<SessionSummary> sessions)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"subscriptions: {sessions.Sum(session => session.Subscriptions.Count)}\n");
        var root = new Level();
        foreach (var (filter, _) in sessions.SelectMany(session => session.Subscriptions))
        {
            root.Add(filter);
        }

        root.Write(text);
        text.Append(CultureInfo.InvariantCulture, $"sessions: {sessions.Count}, connected: {sessions.Count(session => session.IsConnected)}\n");
        foreach (var session in sessions.OrderBy(session => session.ClientId, StringComparer.Ordinal))
        {
            var user = session.UserName is null ? "" : $" as user \"{Printable.Escape(session.UserName)}\"";
            text.Append(
                CultureInfo.InvariantCulture,
                $"  \"{Printable.Escape(session.ClientId)}\"{user}: {(session.IsConnected ? "connected" : "away")}, {session.Subscriptions.Count} subscriptions, {session.Queued} queued\n");
        }

        return text.ToString();
    }

    private static Task<IReadOnlyList<SessionSummary>> AskAsync(BrokerCore core, int shardIndex)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<SessionSummary>>(TaskCreationOptions.RunContinuationsAsynchronously);
        core.Post(shardIndex, new HostCall(shard => answer.TrySetResult(shard.SummarizeSessions())));
        return answer.Task;
    }

    /// <summary>One level of the tree.</summary>
    private sealed class Level
    {
        private readonly SortedDictionary<string, Level> _below = new(StringComparer.Ordinal);
        private int _count;

        internal void Add(string filter)
        {
            var level = this;
            foreach (var name in filter.Split('/'))
            {
                if (!level._below.TryGetValue(name, out var next))
                {
                    level._below.Add(name, next = new Level());
                }

                level = next;
            }

            level._count++;
        }

        /// <summary>Without recursion: a filter may have 32,768 levels.</summary>
        internal void Write(StringBuilder text)
        {
            var waiting = new Stack<(string Name, Level Level, int Depth)>();
            Push(waiting, this, 1);
            while (waiting.TryPop(out var next))
            {
                text.Append(' ', 2 * Math.Min(next.Depth, DepthMax)).Append(Printable.Escape(next.Name));
                if (next.Level._count > 0)
                {
                    text.Append(CultureInfo.InvariantCulture, $" ({next.Level._count})");
                }

                text.Append('\n');
                Push(waiting, next.Level, next.Depth + 1);
            }
        }

        private const int DepthMax = 64;        // deeper is not indented further

        private static void Push(Stack<(string Name, Level Level, int Depth)> waiting, Level level, int depth)
        {
            foreach (var (name, below) in level._below.Reverse())
            {
                waiting.Push((name, below, depth));
            }
        }
    }
}
