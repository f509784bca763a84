using System.Diagnostics.CodeAnalysis;
using Godwit.Client.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Connections;

/// <summary>
/// Packets on their way to the server. They gather in one batch while the other is being written, so a burst costs one write and
/// not one each. Guarded by the session's gate.
/// </summary>
internal sealed class PacketOutput(ProtocolVersion version)
{
    /// <summary>Above this no further PUBLISH is taken from the queue.</summary>
    private const int RoomBytes = 64 * 1024;

    /// <summary>Above this (a server that does not read its answers) nothing more is read from the server.</summary>
    private const int LimitBytes = 1024 * 1024;

    private WriteBatch _filling = new();
    private WriteBatch _writing = new();
    private TaskCompletionSource? _writerWaits;

    /// <summary>One more PUBLISH may be appended.</summary>
    public bool HasRoom => _filling.Length < RoomBytes && !IsCompleted;

    /// <summary>So much waits that reading must stop.</summary>
    public bool IsBeyondLimit => _filling.Length >= LimitBytes;

    /// <summary>Nothing more is accepted: the last packet has been appended.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Appends exactly <paramref name="size"/> bytes for the caller to fill at once.</summary>
    public Span<byte> Append(int size) => _filling.Append(size);

    /// <summary>The message is done when what has been appended so far is written.</summary>
    public void AddWritten(OutboundMessage message) => _filling.AddWritten(message);

    public void WritePuback(ushort packetId)
    {
        var puback = new PubackPacket { PacketId = packetId };
        puback.Write(Append(puback.Measure(version)), version);
    }

    public void WritePubrec(ushort packetId)
    {
        var pubrec = new PubrecPacket { PacketId = packetId };
        pubrec.Write(Append(pubrec.Measure(version)), version);
    }

    public void WritePubrel(ushort packetId, PubrelReasonCode reasonCode)
    {
        var pubrel = new PubrelPacket { PacketId = packetId, ReasonCode = reasonCode };
        pubrel.Write(Append(pubrel.Measure(version)), version);
    }

    public void WritePubcomp(ushort packetId, PubcompReasonCode reasonCode)
    {
        var pubcomp = new PubcompPacket { PacketId = packetId, ReasonCode = reasonCode };
        pubcomp.Write(Append(pubcomp.Measure(version)), version);
    }

    public void WritePingreq()
    {
        var pingreq = default(PingreqPacket);
        pingreq.Write(Append(pingreq.Measure(version)), version);
    }

    /// <summary>Appends DISCONNECT; nothing may follow it. [MQTT-3.14.4-1] [MQTT3-3.14.4-2]</summary>
    public void WriteDisconnect(DisconnectReasonCode reasonCode)
    {
        if (!IsCompleted)
        {
            var disconnect = new DisconnectPacket { ReasonCode = reasonCode };
            disconnect.Write(Append(disconnect.Measure(version)), version);
            Complete();
        }
    }

    /// <summary>Nothing more will be appended; the writer ends when it has written the rest.</summary>
    public void Complete()
    {
        IsCompleted = true;
        Signal();
    }

    /// <summary>Wakes the writer when there is something for it.</summary>
    public void Signal()
    {
        if (_writerWaits is { } waiting && (_filling.Length > 0 || IsCompleted))
        {
            _writerWaits = null;
            waiting.TrySetResult();
        }
    }

    /// <summary>The last batch was written; gives the writer what has gathered since.</summary>
    /// <param name="batch">Meaningful with true.</param>
    /// <returns>False: nothing is there; when the output is not completed, <see cref="WaitAsync"/> is next.</returns>
    public bool TryTake([NotNullWhen(true)] out WriteBatch? batch)
    {
        _writing.Succeed();
        batch = null;
        if (_filling.Length == 0)
        {
            return false;
        }

        batch = _filling;
        (_filling, _writing) = (_writing, batch);
        return true;
    }

    /// <summary>Nothing was there to take. The task completes with the next <see cref="Signal"/>; it is awaited without the gate.</summary>
    public Task WaitAsync()
    {
        _writerWaits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _writerWaits.Task;
    }

    /// <summary>The connection is gone: what was not written has failed.</summary>
    public void Fail(Exception exception)
    {
        _writing.Fail(exception);
        _filling.Fail(exception);
        Complete();
    }
}
