using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Networks;

/// <summary>
/// One direction of a connection: bytes arrive in order, after a delay, at a limited rate. What is on its way fills the buffers of both
/// kernels, so a pipe takes only as much as has room.
/// </summary>
internal sealed class BytePipe(Timeline timeline, SeededRandom random, LinkPlan plan, Action arrived)
{
    private readonly Queue<(byte[] Bytes, int Generation)> _underWay = new();
    private readonly byte[] _none = [];
    private byte[] _readable = new byte[64];
    private int _readableLength;
    private long _lastArrivalMs;
    private int _underWayBytes;
    private int _generation;
    private bool _isClosed;         // the writer has closed
    private bool _isCut;            // what is written is lost
    private bool _isKnownCut;       // and the writer may write as much as it likes

    /// <summary>Bytes that have arrived and have not been read.</summary>
    public int ReadableBytes => _readableLength;

    /// <summary>Bytes that have not arrived.</summary>
    public int UnderWayBytes => _underWayBytes;

    /// <summary>The reader has seen all, and the writer has closed.</summary>
    public bool IsAtEnd => _isClosed && _readableLength == 0 && _underWay.Count == 0;

    /// <summary>The next bytes arrive later by so much: the reader is stalled.</summary>
    public void Stall(int milliseconds) => _lastArrivalMs = Math.Max(_lastArrivalMs, timeline.NowMs + milliseconds);

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>Bytes taken; a pipe that is cut loses them.</returns>
    public int Write(ReadOnlySpan<byte> bytes, int capacity)
    {
        if (_isClosed || _isKnownCut)
        {
            return bytes.Length;
        }

        var taken = Math.Min(bytes.Length, Math.Max(0, capacity - _underWayBytes - _readableLength));
        if (taken == 0)
        {
            return 0;
        }

        _underWayBytes += taken;
        if (!_isCut)                                // else nobody ever acknowledges them
        {
            _underWay.Enqueue((bytes[..taken].ToArray(), _generation));
            PlanArrival(taken);
        }

        return taken;
    }

    /// <summary>Nothing more will be written; what is under way still arrives.</summary>
    public void End()
    {
        if (!_isClosed && !_isCut)
        {
            _isClosed = true;
            PlanArrival(0);
        }
    }

    /// <summary>The connection breaks: of what is under way only the first bytes arrive, and nothing tells the reader so.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isKnown">The writer will be told, and what it writes until then is of no interest.</param>
    public void Cut(int bytes, bool isKnown)
    {
        var kept = bytes;
        var survivors = new List<byte[]>();
        while (_underWay.TryDequeue(out var segment))
        {
            var length = Math.Min(kept, segment.Bytes.Length);
            kept -= length;
            survivors.Add(segment.Bytes[..length]);
        }

        _isCut = true;
        _isKnownCut = isKnown;
        _generation++;
        foreach (var survivor in survivors.Where(survivor => survivor.Length > 0))
        {
            _underWay.Enqueue((survivor, _generation));
            PlanArrival(survivor.Length);
        }
    }

    /// <summary>What has arrived, at most so many bytes; valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(int bytesMax) => _readableLength == 0 ? _none : _readable.AsSpan(0, Math.Min(bytesMax, _readableLength));

    /// <summary>Takes what was looked at.</summary>
    public void Consume(int bytes)
    {
        _readable.AsSpan(bytes, _readableLength - bytes).CopyTo(_readable);
        _readableLength -= bytes;
    }

    private void PlanArrival(int bytes)
    {
        var delay = random.Between(plan.LatencyMinMs, plan.LatencyMaxMs) + (bytes * plan.MillisecondsPerKilobyte / 1024);
        _lastArrivalMs = Math.Max(_lastArrivalMs, timeline.NowMs + delay);
        var generation = _generation;
        timeline.At(_lastArrivalMs, () => Arrive(generation));
    }

    private void Arrive(int generation)
    {
        if (_underWay.TryPeek(out var segment) && segment.Generation == generation)
        {
            _underWay.Dequeue();
            _underWayBytes -= segment.Bytes.Length;
            if (_readableLength + segment.Bytes.Length > _readable.Length)
            {
                Array.Resize(ref _readable, 2 * (_readableLength + segment.Bytes.Length));
            }

            segment.Bytes.CopyTo(_readable, _readableLength);
            _readableLength += segment.Bytes.Length;
        }

        arrived();
    }
}
