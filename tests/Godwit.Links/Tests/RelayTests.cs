using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Godwit.Links.Relay;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Tests;

/// <summary>The relay itself, between a client and a server that are plain sockets.</summary>
public sealed class RelayTests : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private BadLinkRelay? _relay;
    private Socket? _client;
    private Socket? _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_and_the_ends_of_both_streams_pass()
    {
        await OpenAsync(LinkFaults.None);

        await _client!.SendAsync("ping"u8.ToArray());
        Assert.Equal("ping", await ReadAsync(_server!, 4));
        _client.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await ReadAsync(_server!, 1));
        await _server!.SendAsync("pong"u8.ToArray());
        _server.Shutdown(SocketShutdown.Send);

        Assert.Equal("pong", await ReadAsync(_client, 5));
    }

    [Fact]
    public async Task A_delay_counts_in_each_direction()
    {
        var oneWay = TimeSpan.FromMilliseconds(100);
        await OpenAsync(new LinkFaults { Delay = oneWay });
        var started = Stopwatch.GetTimestamp();

        await _client!.SendAsync("a"u8.ToArray());
        await _server!.SendAsync(System.Text.Encoding.UTF8.GetBytes(await ReadAsync(_server!, 1)));
        Assert.Equal("a", await ReadAsync(_client, 1));

        Assert.True(Stopwatch.GetElapsedTime(started) > 2 * oneWay - TimeSpan.FromMilliseconds(5));
    }

    [Theory]
    [InlineData(LinkFaultKind.Close, 0, "")]
    [InlineData(LinkFaultKind.Close, 3, "012")]
    [InlineData(LinkFaultKind.Silence, 7, "0123456")]
    [InlineData(LinkFaultKind.Stall, 7, "0123456789")]
    public async Task A_fault_comes_at_its_byte(LinkFaultKind kind, int position, string passed)
    {
        await OpenAsync(new LinkFaults { Fault = new LinkFault(kind, LinkDirection.ToBroker, position) { Duration = TimeSpan.FromMilliseconds(50) } });

        await _client!.SendAsync("0123456789"u8.ToArray());
        if (kind == LinkFaultKind.Close)
        {
            Assert.Equal(passed, await ReadAsync(_server!, 10));
            Assert.Equal("", await ReadAsync(_client, 1));
        }
        else
        {
            Assert.Equal(passed, await ReadAsync(_server!, passed.Length));
        }

        Assert.Equal(passed.Length, _relay!.Connections[0].Forwarded(LinkDirection.ToBroker));
    }

    [Fact]
    public async Task After_a_reset_both_ends_see_one()
    {
        await OpenAsync(new LinkFaults { Fault = new LinkFault(LinkFaultKind.Reset, LinkDirection.ToClient, 2) });

        await _server!.SendAsync("abc"u8.ToArray());

        Assert.Equal(SocketError.ConnectionReset, await EndAsync(_server!));
        Assert.Equal(SocketError.ConnectionReset, await EndAsync(_client!));
        Assert.Equal(2, _relay!.Connections[0].Forwarded(LinkDirection.ToClient));
    }

    [Fact]
    public async Task In_silence_nobody_is_told_of_anything()
    {
        await OpenAsync(new LinkFaults { Fault = new LinkFault(LinkFaultKind.Silence, LinkDirection.ToBroker, 1) });
        await _client!.SendAsync("ab"u8.ToArray());
        Assert.Equal("a", await ReadAsync(_server!, 1));

        await _server!.SendAsync("answer"u8.ToArray());
        _client.Shutdown(SocketShutdown.Send);

        // That nothing comes can only be seen by waiting for it.
        Assert.False(_server.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead));
        Assert.False(_client.Poll(TimeSpan.Zero, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Byte_by_byte_all_bytes_pass()
    {
        await OpenAsync(new LinkFaults { IsByteByByte = true });
        var text = string.Concat(Enumerable.Range(0, 2_000));

        await _client!.SendAsync(System.Text.Encoding.UTF8.GetBytes(text));

        Assert.Equal(text, await ReadAsync(_server!, text.Length));
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _server?.Dispose();
        _listener.Dispose();
        await (_relay?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static async Task<string> ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        var read = 0;
        while (read < count && await socket.ReceiveAsync(buffer.AsMemory(read), Ct).AsTask().WaitAsync(Deadlines.Answer, Ct) is var more and > 0)
        {
            read += more;
        }

        return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
    }

    /// <summary>The error that ends a connection; what was sent before may be lost.</summary>
    private static async Task<SocketError> EndAsync(Socket socket)
    {
        var exception = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await socket.ReceiveAsync(new byte[1], Ct).AsTask().WaitAsync(Deadlines.Answer, Ct) > 0)
            {
            }
        });

        return exception.SocketErrorCode;
    }

    private async Task OpenAsync(LinkFaults faults)
    {
        _listener.Start();
        _relay = new BadLinkRelay(new BrokerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port), _ => faults);
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await _client.ConnectAsync(_relay.Address.Host, _relay.Address.Port, Ct);
        _server = await _listener.AcceptSocketAsync(Ct);
    }
}
