using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Godwit.Kills.Actors;
using Godwit.Kills.Brokers;
using Godwit.Kills.Judging;
using Godwit.Kills.Suite;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Kills.Soak;

/// <summary>
/// A broker under the load of a kill run, that nobody kills: clients leave and come back, take over from each other, and certificate and rules
/// change. Everything is accounted for in the end, and nothing of the process may have grown.
/// </summary>
internal sealed class SoakRun
{
    private const int ReloadsWanted = 60;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TravelEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TimeSpan _time;
    private readonly Random _random;
    private readonly Action<string> _progress;
    private readonly SoakFiles _files;
    private readonly KilledBroker _broker;
    private readonly Packets _packets = new(ProtocolVersion.Mqtt5);
    private readonly Findings _findings = new();
    private readonly Cast _cast;
    private readonly Stage _stage;
    private readonly List<SoakSample> _samples = [];
    private int _takeovers;
    private int _reloads;

    private SoakRun(TimeSpan time, int seed, SoakFiles files, KilledBroker broker, Action<string> progress)
    {
        (_time, _random, _files, _broker, _progress) = (time, new Random(seed), files, broker, progress);
        _cast = new Cast(new Scene(broker, _packets, _findings), new Random(_random.Next()));
        _stage = new Stage(_cast);
    }

    /// <summary>Runs to the end.</summary>
    /// <param name="time">How long the load goes on.</param>
    /// <param name="seed">Chooses the moments.</param>
    /// <param name="directory">For the files of the broker.</param>
    /// <param name="progress">Called with a line now and then.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="Xunit.Sdk.XunitException">The broker does not start, or ends by itself.</exception>
    public static async Task<SoakReport> RunAsync(TimeSpan time, int seed, string directory, Action<string> progress, CancellationToken ct)
    {
        var files = new SoakFiles(directory);
        await using var broker = new KilledBroker(files.Program(), Path.Combine(directory, "data"));
        return await new SoakRun(time, seed, files, broker, progress).RunAsync(seed, ct);
    }

    private async Task<SoakReport> RunAsync(int seed, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var clock = Stopwatch.StartNew();
        try
        {
            _broker.Start();
            await _broker.ListensAsync(ct);
            await _stage.BeginAsync(stop.Token);
            await _stage.WatchedAsync(DisturbAsync(ct));
            await _stage.FinishAsync(ct);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await _stage.LeaveAsync(ct);
        _cast.Inboxes.ForEach(inbox => inbox.Judge());
        _cast.Book.Judge();
        return new SoakReport
        {
            Title = string.Create(CultureInfo.InvariantCulture, $"soak, seed {seed}"),
            Time = clock.Elapsed,
            Deliveries = _cast.Inboxes.Sum(inbox => inbox.Expected),
            Takeovers = _takeovers,
            Reloads = _reloads,
            Trend = new SoakTrend(_samples),
            Findings = _findings,
        };
    }

    private async Task DisturbAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var reloadEvery = _time / ReloadsWanted > TravelEvery ? _time / ReloadsWanted : TravelEvery;
        var (travelAt, reloadAt, sayAt) = (TimeSpan.Zero, reloadEvery, TimeSpan.FromMinutes(1));
        while (clock.Elapsed < _time)
        {
            await Task.Delay(Step, ct);
            Assert.False(_broker.HasEnded, $"The broker ended by itself: {_broker.Transcript}");
            _samples.Add(SoakSample.Take(_broker.ProcessId, clock.Elapsed.TotalSeconds));
            await TakeOverAsync(ct);
            if (clock.Elapsed >= travelAt)
            {
                travelAt = clock.Elapsed + TravelEvery;
                _stage.Travel(_random);
            }

            if (clock.Elapsed >= reloadAt)
            {
                reloadAt = clock.Elapsed + reloadEvery;
                await ReloadAsync(ct);
            }

            if (clock.Elapsed >= sayAt)
            {
                sayAt += TimeSpan.FromMinutes(1);
                _progress(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed:hh\\:mm\\:ss}, {_stage.Received} messages received, {_samples[^1].MemoryMB:0} MB, {_findings.Total} findings"));
            }
        }
    }

    /// <summary>A second connection with a client identifier ends the first, and says so; neither may publish what is forbidden.</summary>
    private async Task TakeOverAsync(CancellationToken ct)
    {
        using var first = await ConnectAsync("taken", ct);
        await ExpectRefusalAsync(first, SoakFiles.Forbidden, ct);
        using var second = await ConnectAsync("taken", ct);
        var goodbye = await ReadAsync(first, ct);
        if (goodbye.Type != PacketType.Disconnect || goodbye.ConnectReasonCode != (byte)DisconnectReasonCode.SessionTakenOver)
        {
            _findings.Add(Fault.Misbehaved, $"{goodbye.Type} for a client that was taken over");
        }

        await ExpectRefusalAsync(second, SoakFiles.Forbidden, ct);
        _takeovers++;
    }

    /// <summary>Certificate and rules change, and SIGHUP is sent: new handshakes get the new certificate, new rules hold for who is connected.</summary>
    private async Task ReloadAsync(CancellationToken ct)
    {
        using var client = await ConnectAsync("publisher-of-forbidden", ct);
        var (serial, topic) = (_files.WriteCertificate(), _files.WriteRules());
        using (var hangUp = Process.Start("/bin/kill", ["-HUP", _broker.ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await hangUp.WaitForExitAsync(ct);
        }

        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20, ct))
        {
            var (isForbidden, seen) = (await PublishAsync(client, topic, ct) == (byte)PubackReasonCode.NotAuthorized, await SerialAsync(ct));
            if (isForbidden && seen == serial)
            {
                _reloads++;
                return;
            }

            if (clock.Elapsed > Patience)
            {
                _findings.Add(Fault.Misbehaved, $"after a reload: rules {(isForbidden ? "new" : "old")}, certificate {(seen == serial ? "new" : "old")}");
                return;
            }
        }
    }

    private async Task<Link> ConnectAsync(string clientId, CancellationToken ct)
    {
        var link = await Link.OpenAsync(_broker.EndPoint, ProtocolVersion.Mqtt5, ct);
        link.Write(_packets.Connect(clientId, cleanStart: true));
        var connack = await ReadAsync(link, ct);
        Assert.Equal((PacketType.Connack, (byte)0), (connack.Type, connack.ConnectReasonCode));
        return link;
    }

    private async Task ExpectRefusalAsync(Link link, string topic, CancellationToken ct)
    {
        if (await PublishAsync(link, topic, ct) is var code and not (byte)PubackReasonCode.NotAuthorized)
        {
            _findings.Add(Fault.Misbehaved, string.Create(CultureInfo.InvariantCulture, $"PUBACK 0x{code:x2} for {topic}"));
        }
    }

    private async Task<byte> PublishAsync(Link link, string topic, CancellationToken ct)
    {
        link.Write(_packets.Publish(topic, [1], QoS.AtLeastOnce, packetId: 1));
        return (await ReadAsync(link, ct)).ReasonCode;
    }

    private static async Task<ReceivedPacket> ReadAsync(Link link, CancellationToken ct) => await link.ReadAsync(ct).WaitAsync(Patience, ct);

    private async Task<string> SerialAsync(CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _files.TlsPort), ct);
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                AllowTlsResume = false,
#pragma warning disable CA5359 // The broker was started by this program.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            ct).WaitAsync(Patience, ct);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }
}
