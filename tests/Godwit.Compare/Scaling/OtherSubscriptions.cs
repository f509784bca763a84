using System.Globalization;
using Godwit.Client;
using Godwit.Protocol.Packets;

namespace Godwit.Compare.Scaling;

/// <summary>Clients whose subscriptions stand beside the way of what is published to <c>bench/N</c>, and match none of it.</summary>
internal sealed class OtherSubscriptions : IAsyncDisposable
{
    private const int PerClient = 50_000;
    private const int PerPacket = 1_000;

    /// <summary>What is measured is the match, not the search for retained messages that a SUBSCRIBE begins.</summary>
    private static readonly MqttSubscribeOptions WithoutRetained = new() { RetainHandling = RetainHandling.DoNotSend };

    private readonly List<MqttClient> _clients = [];

    private OtherSubscriptions()
    {
    }

    /// <summary>Connects and subscribes.</summary>
    /// <param name="port">Of the broker on 127.0.0.1.</param>
    /// <param name="count">0 connects nobody.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <exception cref="InvalidOperationException">The broker refuses one of them.</exception>
    public static async Task<OtherSubscriptions> SubscribeAsync(int port, int count, CancellationToken ct)
    {
        var others = new OtherSubscriptions();
        try
        {
            for (var first = 0; first < count; first += PerClient)
            {
                var server = string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{port}");
                var client = await MqttClient.ConnectAsync(server, options => options with { KeepAlive = TimeSpan.Zero }, ct);
                others._clients.Add(client);
                foreach (var numbers in Enumerable.Range(first, Math.Min(PerClient, count - first)).Chunk(PerPacket))
                {
                    var result = await client.SubscribeAsync([.. numbers.Select(Filter)], WithoutRetained, ct);
                    if (!result.IsSuccess)
                    {
                        throw new InvalidOperationException($"a subscription beside the way is refused: {result.ReasonCodes.First(code => (byte)code >= 0x80)}");
                    }
                }
            }

            return others;
        }
        catch
        {
            await others.DisposeAsync();
            throw;
        }
    }

    /// <summary>Siblings of the topics published to, levels below them, and the same with a <c>+</c> that the topics do pass.</summary>
    public static string Filter(int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var topic = (number % 100).ToString(CultureInfo.InvariantCulture);
        return (number % 4) switch
        {
            0 => $"bench/other{text}",
            1 => $"bench/{topic}/below{text}",
            2 => $"+/other{text}",
            _ => $"bench/+/below{text}/#",
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }
}
