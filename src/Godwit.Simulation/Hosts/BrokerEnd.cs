using Godwit.Broker.Shards;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Hosts;

/// <summary>The broker's end of a link: it reads CONNECT, then belongs to a shard; and it is the shard's way to the client.</summary>
internal sealed class BrokerEnd : IConnectionTransport, ILinkEnd
{
    private readonly BrokerHost _host;
    private bool _isRefused;        // a write was taken in part; the shard waits to hear of room
    private bool _isReset;
    private bool _isOver;
    private bool _isTaken;          // its shard knows it

    public BrokerEnd(BrokerHost host, Link link)
    {
        _host = host;
        Link = link;
        link.BrokerSide = this;
    }

    public Link Link { get; }

    public Edge Edge => Link.Edge;

    /// <summary>Null until CONNECT is complete.</summary>
    public Connection? Connection { get; private set; }

    public int ShardIndex { get; private set; }

    /// <summary>It is in its shard's list of what to look at in the next turn.</summary>
    public bool IsReady { get; set; }

    public void Arrived()
    {
        if (_isOver || _host.IsGone)
        {
            return;
        }

        if (Connection is null)
        {
            ReadConnect();
        }
        else if (_isTaken)
        {
            _host.Ready(this);
        }
    }

    public void Reset()
    {
        _isReset = true;
        if (Connection is null)
        {
            _isOver = true;
        }
        else if (!_isOver && _isTaken)
        {
            _host.Ready(this);
        }
    }

    /// <summary>The broker's process is gone: the client sees its connection end.</summary>
    public void Abandon()
    {
        _isOver = true;
        Link.CloseByBroker();
    }

    /// <summary>Gives the shard what there is; inside a turn.</summary>
    public void HandIn(Shard shard)
    {
        IsReady = false;
        if (_isOver)
        {
            return;
        }

        if (_isReset && Connection!.WantsInput)
        {
            Lose(shard);
            return;
        }

        if (_isRefused && HasRoom)
        {
            _isRefused = false;
            shard.Writable(Connection!);
        }

        var budget = 64 * 1024;
        while (!_isOver && Connection!.WantsInput && budget > 0 && Link.Up.ReadableBytes > 0)
        {
            var bytes = Link.Up.Peek(_host.PieceBytes(Link));
            budget -= bytes.Length;
            _host.Oracle.Received(Edge, bytes);
            shard.Received(Connection, bytes);
            Link.Up.Consume(Math.Min(bytes.Length, Link.Up.ReadableBytes));
        }

        if (_isOver)
        {
            return;
        }

        if (Link.Up.IsAtEnd && Connection!.WantsInput)
        {
            Lose(shard);
        }
        else if (Link.Up.ReadableBytes > 0 && Connection!.WantsInput)
        {
            _host.Ready(this);
        }
    }

    /// <summary>The turn is over: what the shard was not ready for may be wanted now.</summary>
    public void AfterTurn()
    {
        if (_isOver)
        {
            return;
        }

        if (Connection is { WantsInput: false } && !Edge.WasCongested)
        {
            _host.Oracle.Hit(Situation.InputDeferred);
        }

        if (Connection is { WantsInput: true })
        {
            _host.Oracle.HandledAll(Edge);
            if (Link.Up.ReadableBytes > 0 || Link.Up.IsAtEnd || _isReset)
            {
                _host.Ready(this);
            }
        }
    }

    int IConnectionTransport.Send(ReadOnlySpan<byte> bytes)
    {
        _host.PassEffect();
        var taken = Link.Down.Write(bytes, Link.Plan.DownCapacityBytes);
        _isRefused = taken < bytes.Length;
        if (_isRefused)
        {
            Edge.WasCongested = true;
            _host.Oracle.Hit(Situation.Congestion);
        }

        _host.Oracle.Sent(Edge, bytes[..taken]);
        return taken;
    }

    void IConnectionTransport.Close()
    {
        _isOver = true;
        if (Edge.Session is null || Edge.IsLeaving || Edge.IsTakenOver)
        {
            _host.Oracle.Ended(Edge, isLost: false);        // else the broker says in a moment why
        }

        Link.CloseByBroker();
    }

    /// <summary>The connection has ended for the broker.</summary>
    public void Disconnected(CloseReason reason)
    {
        if (!_isOver)
        {
            _host.Oracle.Left(Edge);                        // its last answers wait
        }
        else if (Edge.IsOpen)
        {
            _host.Oracle.Ended(Edge, isLost: false, hasLeft: reason == CloseReason.ClientDisconnect);
        }
    }

    private bool HasRoom => Link.Down.UnderWayBytes + Link.Down.ReadableBytes < Link.Plan.DownCapacityBytes;

    private void Lose(Shard shard)
    {
        _isOver = true;
        _host.Oracle.Ended(Edge, isLost: true);
        shard.Lost(Connection!);
        Link.CloseByBroker();
    }

    private void ReadConnect()
    {
        if (Link.Up.IsAtEnd)
        {
            _isOver = true;
            Link.CloseByBroker();
            return;
        }

        var bytes = Link.Up.Peek(int.MaxValue);
        var result = _host.Core.Handshake.TryRead(bytes);
        if (result.Status == HandshakeStatus.Incomplete)
        {
            return;
        }

        if (result.Status == HandshakeStatus.Refused)
        {
            throw new ViolationException("I12", $"a correct CONNECT is refused: {result.Error} {result.ReasonCode}");
        }

        ShardIndex = result.ShardIndex;
        Connection = new Connection(Link.Id, this, "simulated", bytes[..result.ConnectSize].ToArray(), result) { TransportState = this };
        var rest = bytes[result.ConnectSize..].ToArray();
        Link.Up.Consume(result.ConnectSize + rest.Length);
        var connect = bytes[..result.ConnectSize].ToArray();
        _host.Attach(this);
        _host.Core.Post(ShardIndex, new ConnectionOpened(Connection, rest, _ => Taken(connect, rest)));
    }

    private void Taken(byte[] connect, byte[] rest)
    {
        _isTaken = true;
        _host.Oracle.Connected(Edge, connect, ShardIndex);
        _host.Oracle.Received(Edge, rest);
    }
}
