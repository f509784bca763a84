namespace Godwit.Conformance.Wire;

/// <summary>What the clients of one check sent and received, in order; long ones lose their middle.</summary>
public sealed class Transcript
{
    private const int HeadMax = 40;
    private const int TailMax = 60;

    private readonly Lock _lock = new();
    private readonly List<string> _head = [];
    private readonly Queue<string> _tail = new();
    private int _dropped;

    /// <summary>The last thing a client sent.</summary>
    public string LastSent { get; private set; } = "nothing";

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                IEnumerable<string> gap = _dropped > 0 ? [$"... {_dropped} lines ..."] : [];
                return [.. _head, .. gap, .. _tail];
            }
        }
    }

    internal void Sent(string client, ReadOnlySpan<byte> packet)
    {
        var text = PacketText.Of(packet);
        lock (_lock)
        {
            LastSent = $"{client}: {text}";
            Add($"{client} > {text}");
        }
    }

    internal void Came(string client, string text)
    {
        lock (_lock)
        {
            Add($"{client} < {text}");
        }
    }

    private void Add(string line)
    {
        if (_head.Count < HeadMax)
        {
            _head.Add(line);
            return;
        }

        _tail.Enqueue(line);
        if (_tail.Count > TailMax)
        {
            _tail.Dequeue();
            _dropped++;
        }
    }
}
