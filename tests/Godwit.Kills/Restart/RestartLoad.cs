using System.Globalization;
using System.Net;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Restart;

/// <summary>Makes the state of bench/restart through the broker, with raw pipelined packets.</summary>
internal sealed class RestartLoad(IPEndPoint broker, RestartOptions options)
{
    private const int Connecting = 64;
    private const int Publishers = 4;
    private const int Window = 500;
    private const int PayloadBytes = 100;
    private static readonly Packets Packets = new(ProtocolVersion.Mqtt5);

    /// <summary>The client id of a session, which is also where its topics are.</summary>
    public static string Name(int session) => string.Create(CultureInfo.InvariantCulture, $"restart/{session}");

    /// <summary>The topic of a message, to which one session is subscribed.</summary>
    public static string Topic(int session, int message) => string.Create(CultureInfo.InvariantCulture, $"restart/{session}/{message % RestartOptions.SubscriptionsEach}");

    /// <summary>CONNECT, SUBSCRIBE and DISCONNECT of each session, at once.</summary>
    public Task MakeSessionsAsync(CancellationToken ct) => Parallel.ForEachAsync(
        Enumerable.Range(0, options.Sessions),
        new ParallelOptions { MaxDegreeOfParallelism = Connecting, CancellationToken = ct },
        async (session, stop) => await MakeAsync(session, stop));

    /// <summary>All messages, each acknowledged.</summary>
    public Task MakeMessagesAsync(CancellationToken ct) =>
        Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => PublishAsync(publisher, ct)));

    private async Task MakeAsync(int session, CancellationToken ct)
    {
        using var link = await Link.OpenAsync(broker, ProtocolVersion.Mqtt5, ct);
        link.Write(Packets.Connect(Name(session)));
        link.Write(Packets.Subscribe(1, QoS.AtLeastOnce, Enumerable.Range(0, RestartOptions.SubscriptionsEach).Select(i => Topic(session, i))));
        Assert.Equal(0, (await link.ReadAsync(ct)).ConnectReasonCode);
        var suback = await link.ReadAsync(ct);
        Assert.Equal(PacketType.Suback, suback.Type);
        Assert.All(suback.Body[^RestartOptions.SubscriptionsEach..], code => Assert.Equal(1, code));
        link.Write(Packets.Disconnect);
        await link.FlushAsync(ct);
        await Assert.ThrowsAsync<ConnectionLostException>(() => link.ReadAsync(ct));
    }

    private async Task PublishAsync(int publisher, CancellationToken ct)
    {
        using var link = await Link.OpenAsync(broker, ProtocolVersion.Mqtt5, ct);
        link.Write(Packets.Connect(string.Create(CultureInfo.InvariantCulture, $"publisher{publisher}"), cleanStart: true));
        Assert.Equal(0, (await link.ReadAsync(ct)).ConnectReasonCode);

        var open = 0;
        ushort id = 0;
        for (var session = publisher; session < options.Sessions; session += Publishers)
        {
            for (var message = 0; message < options.MessagesEach; message++)
            {
                id = id == ushort.MaxValue ? (ushort)1 : (ushort)(id + 1);
                var topic = Topic(session, message);
                link.Write(Packets.Publish(topic, Payload.Make(topic, message, PayloadBytes), QoS.AtLeastOnce, id));
                for (open++; open >= Window; open--)
                {
                    await TakeAsync(link, ct);
                }
            }
        }

        for (; open > 0; open--)
        {
            await TakeAsync(link, ct);
        }
    }

    private static async Task TakeAsync(Link link, CancellationToken ct)
    {
        var puback = await link.ReadAsync(ct);
        Assert.Equal((PacketType.Puback, (byte)0), (puback.Type, puback.ReasonCode));
    }
}
