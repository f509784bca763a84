using System.Net;
using System.Net.Sockets;
using System.Text;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>A client of MQTT 3.1.1 that sends and receives bytes, so that it can leave an exchange unfinished. Its session stays behind.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new();

    private RawClient()
    {
    }

    /// <summary>Connects without Clean Session.</summary>
    /// <param name="port">Of the broker.</param>
    /// <param name="clientId">Less than 100 bytes.</param>
    /// <param name="isPresent">The broker has a session of it.</param>
    internal static async Task<RawClient> ConnectAsync(int port, string clientId, bool isPresent = false)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None);
        var id = Encoding.UTF8.GetBytes(clientId);
        byte[] connect = [0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 0, 0, 60, 0, (byte)id.Length, .. id];
        Assert.Equal(isPresent ? "20020100" : "20020000", await client.AskAsync(Convert.ToHexString(connect), 4));
        return client;
    }

    /// <summary>Sends, and waits for so many bytes.</summary>
    internal async Task<string> AskAsync(string hex, int count)
    {
        await _client.GetStream().WriteAsync(Convert.FromHexString(hex), CancellationToken.None);
        return await ReceiveAsync(count);
    }

    /// <summary>Waits for so many bytes.</summary>
    internal async Task<string> ReceiveAsync(int count)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Answer);
        var bytes = new byte[count];
        await _client.GetStream().ReadExactlyAsync(bytes, deadline.Token);
        return Convert.ToHexString(bytes);
    }

    public void Dispose() => _client.Dispose();
}
