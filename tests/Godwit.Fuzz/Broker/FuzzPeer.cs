using System.Buffers;
using Godwit.Broker.Shards;

namespace Godwit.Fuzz.Broker;

/// <summary>
/// One client of <see cref="FuzzBroker"/>: the way from a listener to the shard as a transport goes it. What the broker sends is kept.
/// The shared pool is spoilt whenever the broker sends or closes.
/// </summary>
internal sealed class FuzzPeer(FuzzBroker broker) : IConnectionTransport
{
    private readonly List<byte> _handshakeInput = [];
    private readonly List<byte> _unread = [];
    private readonly ArrayBufferWriter<byte> _output = new();
    private int _shard;

    /// <summary>The broker's view, from a complete CONNECT on.</summary>
    public Connection? Connection { get; private set; }

    /// <summary>Everything that the broker has sent.</summary>
    public ReadOnlySpan<byte> Output => _output.WrittenSpan;

    /// <summary>Everything that was given to the handshake.</summary>
    public IReadOnlyList<byte> HandshakeInput => _handshakeInput;

    public bool IsClosed { get; private set; }

    /// <summary>Bytes that the transport takes before it is full.</summary>
    public int RoomBytes { get; set; } = int.MaxValue;

    int IConnectionTransport.Send(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            throw new InvalidOperationException("The broker sends after Close.");
        }

        var taken = Math.Min(bytes.Length, RoomBytes);
        RoomBytes -= RoomBytes == int.MaxValue ? 0 : taken;
        _output.Write(bytes[..taken]);
        PoolCheck.Spoil();
        return taken;
    }

    void IConnectionTransport.Close()
    {
        if (IsClosed)
        {
            throw new InvalidOperationException("The broker closes twice.");
        }

        IsClosed = true;
        PoolCheck.Spoil();
    }

    /// <summary>Bytes arrive; everything settles.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed)
        {
            return;
        }

        if (Connection is null)
        {
            Handshake(bytes);
        }
        else
        {
            _unread.AddRange(bytes);
            LetBrokerRead();
        }
    }

    /// <summary>Many pieces arrive within one turn of the shard; CONNECT must be complete.</summary>
    public void SendInOneTurn(IReadOnlyList<byte[]> pieces)
    {
        if (!IsClosed)
        {
            broker.OnShard(_shard, shard =>
            {
                foreach (var piece in pieces.Where(_ => !IsClosed))
                {
                    shard.Received(Connection!, piece);
                }
            });
        }
    }

    /// <summary>The connection breaks.</summary>
    public void Drop()
    {
        if (Connection is not null && !IsClosed)
        {
            IsClosed = true;
            broker.OnShard(_shard, shard => shard.Lost(Connection));
        }
    }

    /// <summary>The transport can take more.</summary>
    public void MakeRoom(int bytes)
    {
        RoomBytes = bytes;
        if (Connection is not null && !IsClosed)
        {
            broker.OnShard(_shard, shard => shard.Writable(Connection));
            LetBrokerRead();
        }
    }

    private void Handshake(ReadOnlySpan<byte> bytes)
    {
        _handshakeInput.AddRange(bytes);
        var input = _handshakeInput.ToArray();
        var result = broker.Core.Handshake.TryRead(input);
        switch (result.Status)
        {
            case HandshakeStatus.Incomplete:
                return;

            case HandshakeStatus.Refused:
                _output.Write(result.Answer.Span);
                broker.Events.Add(($"handshake {result.Type} {result.ReasonCode}", "", (int)result.Error));
                IsClosed = true;
                return;

            default:
                _shard = result.ShardIndex;
                Connection = new Connection(broker.NextConnectionId(), this, "fuzz", input[..result.ConnectSize], result);
                broker.Core.Post(_shard, new ConnectionOpened(Connection, input[result.ConnectSize..], taken: null));
                broker.Run();
                return;
        }
    }

    /// <summary>Reads as a transport does: only while input is wanted.</summary>
    private void LetBrokerRead()
    {
        while (_unread.Count > 0 && !IsClosed && Connection!.WantsInput)
        {
            var piece = _unread.GetRange(0, Math.Min(_unread.Count, 64 * 1024)).ToArray();
            _unread.RemoveRange(0, piece.Length);
            broker.OnShard(_shard, shard => shard.Received(Connection, piece));
        }
    }
}
