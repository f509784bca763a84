using System.Collections.Concurrent;
using Godwit.Client;
using Godwit.Fuzz.Models;
using Godwit.Fuzz.Packets;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Client;

/// <summary>
/// One script that a server plays to one client. Data is what the server sends, Drop ends the connection; the other steps are calls of
/// the program: Wait subscribes, Room publishes, ReadOn unsubscribes. Steps happen when the client reads, so they have an order.
/// </summary>
internal sealed class ClientRun
{
    /// <summary>Real time, and only ever reached by a client that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[][] Filters = [["a"], ["a", "b/+"], ["$share/g/a", "#", "b"], ["+"]];

    private readonly MqttClientOptions _options;
    private readonly int _readSize;
    private readonly Queue<ScriptStep> _steps;
    private readonly ConcurrentQueue<Task<Exception?>> _calls = [];
    private readonly List<ScriptedStream> _streams = [];
    private readonly TaskCompletionSource _exhausted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MqttClient? _client;
    private ReadOnlyMemory<byte> _data;

    public ClientRun(byte configuration, IEnumerable<ScriptStep> steps)
    {
        _options = ClientConfiguration.Create(configuration, OpenAsync);
        _readSize = ClientConfiguration.ReadSizeOf(configuration);
        _steps = new Queue<ScriptStep>(steps);
    }

    /// <summary>Plays the script to its end, disposes the client, and looks at everything that came out.</summary>
    public async Task RunAsync()
    {
        var client = new MqttClient(_options);
        _client = client;
        var connecting = OutcomeOf(client.ConnectAsync());
        var reading = OutcomeOf(ReadMessagesAsync(client));
        await EndsAsync(Task.WhenAny(reading, _exhausted.Task), "The connection").ConfigureAwait(false);
        await EndsAsync(client.DisposeAsync().AsTask(), "DisposeAsync").ConfigureAwait(false);
        await CheckAsync(connecting, "ConnectAsync").ConfigureAwait(false);
        await CheckAsync(reading, "Reading messages").ConfigureAwait(false);
        while (_calls.TryDequeue(out var call))
        {
            await CheckAsync(call, "A call").ConfigureAwait(false);
        }

        foreach (var stream in _streams)
        {
            CheckWritten(stream.Written);
        }

        if (client.State != MqttState.Closed)
        {
            throw new InvalidOperationException($"The client is {client.State} after DisposeAsync.");
        }
    }

    private static async Task EndsAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new InvalidOperationException($"{what} does not end.", exception);
        }
    }

    /// <summary>A call ends, with a result or with one of the exceptions that its documentation names.</summary>
    private static async Task CheckAsync(Task<Exception?> call, string what)
    {
        await EndsAsync(call, what).ConfigureAwait(false);
        var exception = await call.ConfigureAwait(false);
        var isDocumented = exception is null or MqttException or OperationCanceledException or ObjectDisposedException
            || (exception is InvalidOperationException && exception.Message == "The client is not connected.");
        if (!isDocumented)
        {
            throw new InvalidOperationException($"{what} ends with an exception that nobody expects.", exception);
        }
    }

    /// <summary>The task's exception as a value: whatever comes of it, somebody has seen it.</summary>
    private static async Task<Exception?> OutcomeOf(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // Judged by CheckAsync.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private static async Task ReadMessagesAsync(MqttClient client)
    {
        await foreach (var message in client.Messages.ConfigureAwait(false))
        {
            _ = message.Topic.Length + message.Payload.Length;
        }
    }

    private async ValueTask<Stream> OpenAsync(MqttClientOptions options, CancellationToken ct)
    {
        if (_steps.Count == 0 && _streams.Count > 0)
        {
            _exhausted.TrySetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(false);
        }

        _data = default;
        var stream = new ScriptedStream(Read);
        _streams.Add(stream);
        return stream;
    }

    /// <summary>Goes through the script up to the next bytes.</summary>
    private int Read(Memory<byte> buffer)
    {
        while (_data.IsEmpty)
        {
            if (!_steps.TryDequeue(out var step))
            {
                return 0;
            }

            switch (step.Kind)
            {
                case ScriptStepKind.Data:
                    _data = step.Bytes;
                    break;

                case ScriptStepKind.Drop:
                    return step.Number % 2 == 0 ? 0 : throw new IOException("connection reset");

                default:
                    _calls.Enqueue(OutcomeOf(Call(step, _client!)));
                    break;
            }
        }

        var size = Math.Min(_data.Length, Math.Min(buffer.Length, _readSize));
        _data[..size].CopyTo(buffer);
        _data = _data[size..];
        return size;
    }

    /// <summary>One call of the program; one in eleven is given up at once.</summary>
    private static Task Call(ScriptStep step, MqttClient client)
    {
        var giveUp = new CancellationTokenSource();
        var filters = Filters[step.Number % Filters.Length];
        var call = step.Kind switch
        {
            ScriptStepKind.Wait => CountAsync(client.SubscribeAsync(filters, ct: giveUp.Token), result => result.ReasonCodes.Count, filters.Length),
            ScriptStepKind.ReadOn => CountAsync(client.UnsubscribeAsync(filters, giveUp.Token), result => result.ReasonCodes.Count, filters.Length),
            _ => PublishAsync(client, step.Number, giveUp.Token),
        };
        if (step.Number % 11 == 10)
        {
            giveUp.Cancel();
        }

        return call;
    }

    private static async Task PublishAsync(MqttClient client, int number, CancellationToken ct) =>
        await client.PublishAsync("p", new byte[number % 60], (MqttQoS)(number % 3), retain: number % 7 == 0, ct).ConfigureAwait(false);

    /// <summary>An answer has one reason code for each filter. [MQTT-3.8.4-6] [MQTT-3.11.3-1]</summary>
    private static async Task CountAsync<T>(Task<T> request, Func<T, int> codes, int filters)
    {
        var count = codes(await request.ConfigureAwait(false));
        if (count != filters)
        {
            throw new InvalidDataException($"{count} reason codes for {filters} filters.");
        }
    }

    /// <summary>The client has sent MQTT: CONNECT first, whole packets of a client, nothing behind DISCONNECT.</summary>
    private void CheckWritten(ReadOnlySpan<byte> written)
    {
        var version = _options.Version;
        var isFirst = true;
        while (!written.IsEmpty)
        {
            var (status, _, size) = FrameModel.Read(written, version);
            var type = (PacketType)(written[0] >> 4);
            var error = status == FrameStatus.Complete ? PacketProbe.Read(written[..size], version, PacketSender.Client) : PacketError.FieldTruncated;
            var isInPlace = isFirst == (type == PacketType.Connect) && (type != PacketType.Disconnect || written.Length == size);
            if (error != PacketError.None || !isInPlace)
            {
                throw new InvalidOperationException($"The client wrote {type} {error}: {Convert.ToHexString(written[..Math.Min(100, written.Length)])}.");
            }

            written = written[size..];
            isFirst = false;
        }
    }
}
