using System.Globalization;
using Godwit.Protocol;

namespace Godwit.Conformance.Wire;

/// <content>How a connection begins and ends.</content>
public sealed partial class WireClient
{
    /// <summary>
    /// The broker must refuse the CONNECT: it ends this connection, and before that sends at most CONNACK with one of these codes and
    /// without Session Present.
    /// </summary>
    /// <param name="codes">As they stand in the CONNACK of this version. None given: there must be no CONNACK.</param>
    /// <returns>What came, for <see cref="Running.Probe.Saw"/>.</returns>
    public async Task<string> IsRefusedAsync(params byte[] codes)
    {
        var expected = codes.Length == 0
            ? "the end of the connection, no CONNACK before it"
            : $"the end of the connection, before it at most CONNACK {(codes.Length > 16 ? "0x80 or above" : string.Join(" or ", codes.Select(code => "0x" + code.ToString("X2", CultureInfo.InvariantCulture))))}";
        var packet = await ReceiveOrEndAsync(expected);
        if (packet is null)
        {
            return "closes without CONNACK";
        }

        if (packet.Type != PacketType.Connack || !codes.Contains(packet.ReasonCode) || packet.SessionPresent)
        {
            throw new CheckFailedException(expected, packet.ToString());
        }

        var next = await ReceiveOrEndAsync("the end of the connection after CONNACK");
        return next is null
            ? string.Create(CultureInfo.InvariantCulture, $"CONNACK 0x{packet.ReasonCode:X2}")
            : throw new CheckFailedException("the end of the connection after CONNACK", next.ToString());
    }

    /// <summary>
    /// Everything that comes until the broker ends the connection, as bytes: for answers whose version is the broker's choice.
    /// </summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            while (await ReadAsync(deadline.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (!_cancellation.IsCancellationRequested)
        {
            throw new CheckFailedException("the end of the connection", $"none within {Patience.TotalSeconds:0.#} s after {Convert.ToHexString(_buffer, _start, _end - _start)}");
        }

        var bytes = _buffer[_start.._end];
        _start = _end;
        _transcript.Came(Name, $"{Convert.ToHexString(bytes)} (end of connection)");
        return bytes;
    }

    /// <summary>Fails unless the CONNACK tells rightly whether there was a session; in 3.1 its first byte is always 0.</summary>
    public void EnsureSessionPresent(bool isPresent)
    {
        var connack = Connack ?? throw new InvalidOperationException("The client is not connected.");
        var flags = isPresent && Version != ProtocolVersion.Mqtt31 ? 1 : 0;
        if (connack.Packet[2] != flags)
        {
            throw new CheckFailedException(isPresent ? "CONNACK with Session Present" : "CONNACK without Session Present", connack.ToString());
        }
    }
}
