using Godwit.Client;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Cli.Clients;

/// <summary>The work of pub: connect, publish what the source gives, disconnect.</summary>
internal sealed class Publication
{
    /// <summary>Messages whose answers may be outstanding; more lines are read when the oldest has its answer.</summary>
    private const int OutstandingMax = 1000;

    private readonly Queue<Task<MqttPublishResult>> _outstanding = new();
    private int _answeredCount;
    private int _exitCode;

    internal required ClientArguments Connection { get; init; }

    internal required IReadOnlyList<string> Topics { get; init; }

    internal required PayloadSource Source { get; init; }

    internal required bool Retain { get; init; }

    /// <summary>Does it.</summary>
    /// <returns>The exit code of the process.</returns>
    internal async Task<int> RunAsync(Interruption interruption)
    {
        using var output = Connection.IsDebug ? OutputWriter.Open() : null;
        var trace = output is null ? null : new PacketTrace(output);
        try
        {
            await Source.PrepareAsync(interruption.Token).ConfigureAwait(false);
            var client = await ClientConnector.ConnectAsync(Connection, trace, interruption.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                await PublishAllAsync(client, interruption.Token).ConfigureAwait(false);
            }

            return _exitCode;
        }
        catch (OperationCanceledException) when (interruption.ExitCode != 0)
        {
            return interruption.ExitCode;
        }
        catch (Exception exception) when (exception is MqttException or IOException or ArgumentException or InvalidDataException)
        {
            return ClientErrors.Report(exception, Connection);
        }
    }

    private async Task PublishAllAsync(MqttClient client, CancellationToken ct)
    {
        while (await NextAsync(ct).ConfigureAwait(false) is { } payload)
        {
            foreach (var topic in Topics)
            {
                if (_outstanding.Count >= OutstandingMax)
                {
                    await AnswerAsync(ct).ConfigureAwait(false);
                }

                _outstanding.Enqueue(client.PublishAsync(topic, payload, Connection.QoS, Retain, CancellationToken.None).AsTask());
            }
        }

        while (_outstanding.Count > 0)
        {
            await AnswerAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>The next payload. A source that must be waited for does not see the signal; then the wait is left alone.</summary>
    private async ValueTask<byte[]?> NextAsync(CancellationToken ct)
    {
        var next = Source.NextAsync(ct);
        return next.IsCompleted
            ? await next.ConfigureAwait(false)
            : await next.AsTask().WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Waits for the answer to the oldest message.</summary>
    private async Task AnswerAsync(CancellationToken ct)
    {
        var result = await _outstanding.Dequeue().WaitAsync(ct).ConfigureAwait(false);
        _answeredCount++;
        if (result.ReasonCode.IsError())
        {
            var words = result.ReasonString is { } reason ? $" ({reason})" : "";
            await Console.Error.WriteLineAsync($"Warning: Publish {_answeredCount} failed: {ReasonWords.Of((byte)result.ReasonCode)}{words}.").ConfigureAwait(false);
            _exitCode = _exitCode == 0 ? (int)result.ReasonCode : _exitCode;
        }
    }
}
