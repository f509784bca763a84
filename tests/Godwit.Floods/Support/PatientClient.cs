using System.Net.Sockets;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Testing.Brokers;

namespace Godwit.Floods.Support;

/// <summary>A well-behaved client: a thread of its own reads whatever comes and answers as the specification says.</summary>
internal sealed class PatientClient : IDisposable
{
    private readonly FloodClient _client;
    private readonly PublishView _onPublish;
    private readonly Lock _sending = new();
    private readonly Thread _reader;
    private volatile Exception? _fault;
    private volatile bool _isLeaving;
    private volatile int _acceptedCount;
    private volatile int _refusedCount;
    private volatile byte _lastRefusal;

    /// <summary>Connects and subscribes.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="clientId">A clean start is made.</param>
    /// <param name="filter">Null: only publishes.</param>
    /// <param name="onPublish">Called on the reader's thread.</param>
    public PatientClient(BrokerAddress broker, string clientId, string? filter, PublishView onPublish)
    {
        _onPublish = onPublish;
        _client = FloodClient.Connect(broker, clientId);
        if (filter is not null)
        {
            _client.Subscribe(filter, QoS.ExactlyOnce);
        }

        _client.Socket.ReceiveTimeout = 0;              // silence is no fault; Dispose ends the wait
        _reader = new Thread(Read) { IsBackground = true, Name = clientId };
        _reader.Start();
    }

    /// <summary>What a PUBLISH says.</summary>
    public delegate void PublishView(in PublishPacket publish);

    /// <summary>For a client that only publishes.</summary>
    public static PublishView Nothing { get; } = (in PublishPacket _) => { };

    /// <summary>PUBLISH of QoS 1 and 2 that the broker has taken: PUBACK and PUBREC.</summary>
    public int AcceptedCount => _acceptedCount;

    /// <summary>PUBLISH of QoS 1 and 2 that the broker has refused with <see cref="LastRefusal"/>.</summary>
    public int RefusedCount => _refusedCount;

    /// <summary>The reason code of the refusal that came last; 0 when there was none.</summary>
    public byte LastRefusal => _lastRefusal;

    /// <summary>Why the connection is no longer what it should be; null when all is well.</summary>
    public Exception? Fault => _fault;

    public void Send(ReadOnlySpan<byte> packet)
    {
        lock (_sending)
        {
            _client.Send(packet);
        }
    }

    /// <summary>Publishes many messages, and waits until those of QoS 1 are acknowledged.</summary>
    /// <param name="packets">PUBLISH of QoS 0, or of QoS 1: not mixed.</param>
    public void SendAll(IEnumerable<byte[]> packets)
    {
        var before = AcceptedCount + RefusedCount;
        var count = 0;
        var isAcknowledged = false;
        foreach (var block in packets.Chunk(64))
        {
            isAcknowledged = (block[0][0] & 0x06) != 0;
            count += block.Length;
            Send([.. block.SelectMany(packet => packet)]);
            Assert.Null(Fault);
        }

        Eventually.IsTrue(
            () => !isAcknowledged || AcceptedCount + RefusedCount - before == count,
            () => $"{AcceptedCount + RefusedCount - before} of {count} messages were acknowledged; {Fault}");
    }

    public void Dispose()
    {
        _isLeaving = true;
        _client.Socket.Shutdown(SocketShutdown.Both);
        _reader.Join();
        _client.Dispose();
    }

    private void Read()
    {
        try
        {
            while (true)
            {
                Handle(_client.Receive());
            }
        }
#pragma warning disable CA1031 // Whatever ends this thread is what Fault tells.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _fault = _isLeaving ? null : fault;
        }
    }

    private void Handle(ReceivedPacket packet)
    {
        switch (packet.Header.Type)
        {
            case PacketType.Publish:
                Assert.Equal(PacketError.None, PublishPacket.TryRead(packet.Header.Flags, packet.Body, ProtocolVersion.Mqtt5, out var publish));
                _onPublish(publish);
                if (publish.QoS != QoS.AtMostOnce)
                {
                    var answer = publish.QoS == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec;
                    Send(Bytes.Acknowledge(answer, publish.PacketId));
                }

                break;

            case PacketType.Puback:
                Count(packet);
                break;

            case PacketType.Pubrec:
                if (Count(packet))
                {
                    Send(Bytes.Acknowledge(PacketType.Pubrel, packet.PacketId));
                }

                break;

            case PacketType.Pubrel:
                Send(Bytes.Acknowledge(PacketType.Pubcomp, packet.PacketId));
                break;

            default:
                Assert.True(packet.Header.Type == PacketType.Pubcomp, $"{packet.Header.Type} came");
                break;
        }
    }

    /// <summary>Counts a PUBACK or PUBREC.</summary>
    /// <returns>True: accepted.</returns>
    private bool Count(ReceivedPacket acknowledgement)
    {
        if (acknowledgement.ReasonCode < 0x80)
        {
            _acceptedCount++;
            return true;
        }

        _lastRefusal = acknowledgement.ReasonCode;
        _refusedCount++;
        return false;
    }
}
