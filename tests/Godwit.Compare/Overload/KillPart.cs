using System.Diagnostics;
using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Overload;

/// <summary>How long nobody is served when the process is killed and started again.</summary>
internal sealed class KillPart(OverloadOptions options, Tools tools)
{
    private const double MsMax = 1_000;
    private const int Sessions = 200;
    private const int Retained = 1_000;
    private const int Rounds = 5;

    public async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(CancellationToken ct)
    {
        var data = Directory.CreateTempSubdirectory("godwit-overload-").FullName;
        try
        {
            var broker = await StartAsync(data, ct);
            await FillAsync(broker.Port, ct);
            var times = new List<double>();
            for (var i = 0; i < options.Of(Rounds * 2); i++)
            {
                await broker.DisposeAsync();                        // SIGKILL
                broker = await StartAsync(data, ct);
                await Clients.ConnackAsync(broker.Port, ct);
                times.Add(Stopwatch.GetElapsedTime(broker.StartedAt).TotalMilliseconds);
            }

            using var back = await MiniClient.ConnectAsync(broker.Port, "session0", ct, isClean: false);
            await broker.DisposeAsync();
            return
            [
                new OverloadFigure("start to CONNACK, median", "ms", Median.Of(times), Mosquitto: null, MsMax),
                new OverloadFigure("start to CONNACK, longest", "ms", times.Max(), Mosquitto: null, MsMax),
                new OverloadFigure("sessions that were not there", "", back.IsSessionPresent ? 0 : 1, Mosquitto: null, Max: 0),
            ];
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private Task<RunningBroker> StartAsync(string data, CancellationToken ct) => RunningBroker.StartAsync(
        BrokerKind.GodwitDurable, tools, ct, wrap: (file, arguments) => (file, [.. arguments.TakeWhile(argument => argument != "--data"), "--data", data]));

    private static async Task FillAsync(int port, CancellationToken ct)
    {
        for (var i = 0; i < Sessions; i++)
        {
            using var session = await MiniClient.ConnectAsync(port, string.Create(CultureInfo.InvariantCulture, $"session{i}"), ct, isClean: false);
            await session.SubscribeAsync("kept/#", 1, ct);
        }

        using var publisher = await MiniClient.ConnectAsync(port, "publisher", ct);
        for (var i = 0; i < Retained; i++)
        {
            await publisher.WriteAsync(MiniClient.Publish(string.Create(CultureInfo.InvariantCulture, $"state/{i}"), new byte[100], (ushort)(i + 1), retain: true), ct);
            await publisher.ReceiveAsync(ct);
        }
    }
}
