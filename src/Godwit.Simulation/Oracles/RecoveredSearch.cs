namespace Godwit.Simulation.Oracles;

/// <summary>A SUBSCRIBE that waits for retained messages, as a store gives it.</summary>
internal sealed class RecoveredSearch
{
    private readonly SortedSet<long> _given = [];
    private long _olderThan;

    /// <summary>The Topic Filter; null: the store has noted what it brought, and no longer that it goes on.</summary>
    public string? Filter { get; private set; }

    /// <summary>No Local of the SUBSCRIBE.</summary>
    public bool NoLocal { get; private set; }

    /// <summary>The search itself.</summary>
    public void Begin(string filter, long olderThan, bool isNoLocal)
    {
        Filter = filter;
        NoLocal = isNoLocal;
        _olderThan = olderThan;
    }

    /// <summary>Messages that it has brought into the queue.</summary>
    public void Give(ReadOnlySpan<long> messageIds)
    {
        foreach (var id in messageIds)
        {
            if (!_given.Add(id))
            {
                throw Oracle.Violation("I11", $"a search for {Filter} has brought the message {id} twice");
            }
        }
    }

    /// <summary>A message of the retained store has still to come.</summary>
    public bool WaitsFor(RecoveredRetained retained) => retained.Version < _olderThan && !_given.Contains(retained.Id);

    public override string ToString() => $"{Filter} below {_olderThan}{(NoLocal ? " no local" : "")}, given {string.Join(", ", _given)}";
}
