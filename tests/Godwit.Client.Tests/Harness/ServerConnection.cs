using System.Buffers;
using System.IO.Pipelines;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests.Harness;

/// <summary>The server's end of one connection: it reads packets and sends what the test says.</summary>
public sealed class ServerConnection
{
    private readonly ProtocolVersion _version;
    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 0));

    public ServerConnection(ProtocolVersion version)
    {
        _version = version;
        Stream = new ClientStream(_toClient.Reader, _toServer.Writer);
    }

    /// <summary>What the client holds.</summary>
    public ClientStream Stream { get; }

    /// <summary>The next packet, whatever it is.</summary>
    public async Task<ServerPacket> ReadAsync()
    {
        var packet = await TryReadAsync();
        Assert.True(packet is not null, "The client closed the connection.");
        return packet;
    }

    /// <summary>The next packet, which must be of this type.</summary>
    public async Task<ServerPacket> ReadAsync(PacketType type)
    {
        var packet = await ReadAsync();
        Assert.Equal(type, packet.Type);
        return packet;
    }

    /// <summary>CONNECT is read and answered with Success.</summary>
    public async Task<ServerPacket> AcceptAsync(bool sessionPresent = false, Bytes.AddProperties? properties = null)
    {
        var connect = await ReadAsync(PacketType.Connect);
        await SendAsync(Bytes.Connack(_version, sessionPresent, ConnackReasonCode.Success, properties));
        return connect;
    }

    public Task PublishAsync(string topic, string payload, QoS qos = QoS.AtMostOnce, ushort id = 0, bool dup = false) =>
        SendAsync(Bytes.Publish(_version, topic, payload, qos, id, dup));

    public async Task SendAsync(byte[] bytes) => await _toClient.Writer.WriteAsync(bytes);

    /// <summary>Nothing more comes from the server.</summary>
    public void Close() => _toClient.Writer.Complete();

    /// <summary>The connection breaks in both directions.</summary>
    public void Drop()
    {
        _toServer.Reader.Complete();
        _toClient.Writer.Complete(new IOException("connection reset"));
    }

    /// <summary>The client closed without another packet.</summary>
    public async Task EndsAsync()
    {
        var packet = await TryReadAsync();
        Assert.True(packet is null, $"The client still sent {packet?.Type}.");
    }

    /// <summary>DISCONNECT comes; the server then closes, as it must.</summary>
    public async Task<DisconnectReasonCode> EndsWithDisconnectAsync()
    {
        var disconnect = await ReadAsync(PacketType.Disconnect);
        Close();
        await EndsAsync();
        return disconnect.DisconnectCode();
    }

    private async Task<ServerPacket?> TryReadAsync()
    {
        while (true)
        {
            var read = await _toServer.Reader.ReadAsync().AsTask().Soon();
            var buffer = read.Buffer.ToArray();
            var status = PacketFramer.TryRead(buffer, _version, int.MaxValue, out var header, out var body, out var size, out var error);
            if (status == FrameStatus.Complete)
            {
                var packet = new ServerPacket(_version, header, body.ToArray());
                _toServer.Reader.AdvanceTo(read.Buffer.GetPosition(size));
                return packet;
            }

            Assert.Equal(PacketError.None, error);
            _toServer.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                Assert.Empty(buffer);
                return null;
            }
        }
    }
}
