using Godwit.Client;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Cli.Clients;

/// <summary>The work of sub: connect, subscribe, print messages until something ends it.</summary>
internal sealed class Subscription
{
    private const int ExitTimedOut = 27;

    internal required ClientArguments Connection { get; init; }

    internal required IReadOnlyList<string> Filters { get; init; }

    /// <summary>The topic stands before each message.</summary>
    internal required bool PrintsTopic { get; init; }

    /// <summary>Messages after which it ends; null: it goes on.</summary>
    internal required int? Count { get; init; }

    /// <summary>Time after which it ends; null: it goes on.</summary>
    internal required TimeSpan? Timeout { get; init; }

    /// <summary>Does it.</summary>
    /// <returns>The exit code of the process.</returns>
    internal async Task<int> RunAsync(Interruption interruption)
    {
        using var output = OutputWriter.Open();
        using var timeout = Timeout is { } time ? new CancellationTokenSource(time) : new CancellationTokenSource();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token, timeout.Token);
        try
        {
            var trace = Connection.IsDebug ? new PacketTrace(output) : null;
            var client = await ClientConnector.ConnectAsync(Connection, trace, end.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var refusal = await SubscribeAsync(client, end.Token).ConfigureAwait(false);
                if (refusal != 0)
                {
                    return refusal;
                }

                _ = ReportLossesAsync(client);          // ends with the client
                await PrintAsync(client, output, end.Token).ConfigureAwait(false);
            }

            return 0;
        }
        catch (OperationCanceledException) when (interruption.ExitCode != 0)
        {
            return interruption.ExitCode;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Timed out").ConfigureAwait(false);
            return ExitTimedOut;
        }
        catch (IOException)
        {
            return ClientErrors.Failed;         // nobody reads the output any more
        }
        catch (Exception exception) when (exception is MqttException or ArgumentException)
        {
            return ClientErrors.Report(exception, Connection);
        }
    }

    /// <summary>Subscribes, and says which filters the server refuses.</summary>
    /// <returns>0; or the code of the first refusal when the server refused every filter.</returns>
    private async Task<int> SubscribeAsync(MqttClient client, CancellationToken ct)
    {
        var result = await client.SubscribeAsync(Filters, new MqttSubscribeOptions { QoS = Connection.QoS }, ct).ConfigureAwait(false);
        for (var i = 0; i < result.ReasonCodes.Count; i++)
        {
            if (result.ReasonCodes[i].IsError())
            {
                await Console.Error.WriteLineAsync($"Warning: Subscription to '{Filters[i]}' failed: {ReasonWords.Of((byte)result.ReasonCodes[i])}.").ConfigureAwait(false);
            }
        }

        if (!result.ReasonCodes.All(code => code.IsError()))
        {
            return 0;
        }

        await Console.Error.WriteLineAsync("All subscription requests were denied.").ConfigureAwait(false);
        return (int)result.ReasonCodes[0];
    }

    /// <summary>Says on standard error why the connection is made again.</summary>
    private static async Task ReportLossesAsync(MqttClient client)
    {
        var wasConnected = true;
        await foreach (var change in client.ConnectionEvents.ConfigureAwait(false))
        {
            if (wasConnected && change.State == MqttState.Reconnecting)
            {
                await Console.Error.WriteLineAsync($"Warning: {change.Reason}; connecting again.").ConfigureAwait(false);
            }

            wasConnected = change.State == MqttState.Connected;
        }
    }

    private async Task PrintAsync(MqttClient client, OutputWriter output, CancellationToken ct)
    {
        var rest = Count;
        MqttMessage? printed = null;
        try
        {
            await foreach (var message in client.Messages.WithCancellation(ct).ConfigureAwait(false))
            {
                output.WriteMessage(PrintsTopic ? message.TopicUtf8.Span : default, message.Payload);
                printed = message;
                rest--;
                if (rest == 0)
                {
                    return;
                }
            }
        }
        finally
        {
            if (printed is not null)
            {
                await printed.AckAsync(CancellationToken.None).ConfigureAwait(false);       // what was printed does not come again
            }
        }
    }
}
