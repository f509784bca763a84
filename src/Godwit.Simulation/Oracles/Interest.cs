using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>What one session asks for with one Topic Filter, from its first SUBSCRIBE until it ends, however often it is replaced.</summary>
internal sealed class Interest
{
    public Interest(ModelSession session, string filter)
    {
        Session = session;
        Filter = filter;
        var parts = filter.Split('/');
        if (string.Equals(parts[0], "$share", StringComparison.Ordinal))
        {
            IsShared = true;
            parts = parts[2..];
        }

        Levels = parts;
    }

    public ModelSession Session { get; }

    /// <summary>As subscribed, <c>$share/...</c> included.</summary>
    public string Filter { get; }

    public string[] Levels { get; }

    public bool IsShared { get; }

    /// <summary>Each SUBSCRIBE, oldest first.</summary>
    public List<Request> Requests { get; } = [];

    /// <summary>When it may begin to end, a tick.</summary>
    public long EndsFrom { get; set; } = long.MaxValue;

    /// <summary>When it has ended for certain.</summary>
    public long EndsTo { get; set; } = long.MaxValue;

    /// <summary>Linear, level by level (§4.7).</summary>
    public bool Matches(string[] topic)
    {
        if (topic[0].StartsWith('$') && Levels[0] is "+" or "#")
        {
            return false;
        }

        for (var i = 0; i < Levels.Length; i++)
        {
            if (Levels[i] is "#")
            {
                return true;
            }

            if (i == topic.Length || (Levels[i] is not "+" && !string.Equals(Levels[i], topic[i], StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return Levels.Length == topic.Length;
    }

    /// <summary>It was there for the whole of a window.</summary>
    public bool Covers(long from, long to) => Requests[0].To < from && EndsFrom > to;

    /// <summary>The requests that may have decided something in a window.</summary>
    public IEnumerable<Request> During(long from, long to) =>
        EndsTo < from ? [] : Requests.Where(request => request.From <= to && request.ReplacedTo >= from);

    /// <summary>One SUBSCRIBE.</summary>
    internal sealed class Request
    {
        /// <summary>Handed in, a tick.</summary>
        public required long From { get; init; }

        /// <summary>Answered.</summary>
        public long To { get; set; } = long.MaxValue;

        /// <summary>The next SUBSCRIBE for the same filter has been answered.</summary>
        public long ReplacedTo { get; set; } = long.MaxValue;

        public required QoS QoS { get; init; }

        public required bool NoLocal { get; init; }

        public required bool RetainAsPublished { get; init; }

        /// <summary>It asks for retained messages; may depend on whether the subscription is new.</summary>
        public required bool WantsRetained { get; init; }

        /// <summary>An older subscription with this filter may not have been ended, and then nothing is asked for.</summary>
        public bool MayNotBeNew { get; init; }

        /// <summary>0: none.</summary>
        public required uint Identifier { get; init; }

        /// <summary>Messages that have to come from the retained store, unless something newer takes their place.</summary>
        public List<Publication> OwedRetained { get; } = [];
    }
}
