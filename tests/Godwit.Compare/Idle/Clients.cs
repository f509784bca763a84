using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Godwit.Client;

namespace Godwit.Compare.Idle;

/// <summary>The few clients that are not the generator's.</summary>
internal static class Clients
{
    // CONNECT of 3.1.1 with clean session, no keep-alive and the client identifier "idle".
    private static readonly byte[] Connect = [0x10, 16, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 0, 0, 4, (byte)'i', (byte)'d', (byte)'l', (byte)'e'];

    /// <summary>Connects and waits for CONNACK.</summary>
    /// <exception cref="InvalidOperationException">Something else came.</exception>
    public static async Task ConnackAsync(int port, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
        await socket.SendAsync(Connect, ct);
        var answer = new byte[4];
        var size = await socket.ReceiveAsync(answer, ct);
        if (size != 4 || answer[0] != 0x20 || answer[3] != 0)
        {
            throw new InvalidOperationException($"no CONNACK but {Convert.ToHexString(answer.AsSpan(0, size))}");
        }
    }

    /// <summary>Subscribes and counts the retained messages that come.</summary>
    /// <returns>As many as expected; fewer when that takes too long.</returns>
    public static async Task<int> CountRetainedAsync(int port, string filter, int expected, TimeSpan patience, CancellationToken ct)
    {
        var server = string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{port}");
        await using var client = await MqttClient.ConnectAsync(server, ct: ct);
        await client.SubscribeAsync([filter], ct: ct);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(patience);
        var count = 0;
        try
        {
            await foreach (var message in client.Messages.WithCancellation(deadline.Token))
            {
                if (message.Retain && ++count == expected)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // So many have come.
        }

        return count;
    }
}
