using Godwit.Client;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Cli.Clients;

/// <summary>Connects pub and sub.</summary>
internal static class ClientConnector
{
    /// <summary>A client that is connected, with the version that was typed, or with 5.0 and once more with 3.1.1 if the server does not know it.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="trace">Null without --debug.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <exception cref="MqttConnectException">There is no connection.</exception>
    internal static async Task<MqttClient> ConnectAsync(ClientArguments arguments, PacketTrace? trace, CancellationToken ct)
    {
        try
        {
            return await ConnectAsync(arguments.ToOptions(arguments.Version ?? ProtocolVersion.Mqtt5, trace), ct).ConfigureAwait(false);
        }
        catch (MqttConnectException exception) when (arguments.Version is null && IsOldServer(exception))
        {
            return await ConnectAsync(arguments.ToOptions(ProtocolVersion.Mqtt311, trace), ct).ConfigureAwait(false);
        }
    }

    private static bool IsOldServer(MqttConnectException exception) =>
        exception.ReasonCode == ConnackReasonCode.UnsupportedProtocolVersion
        || exception.Failure == MqttConnectFailure.ClosedBeforeConnack;

    private static async Task<MqttClient> ConnectAsync(MqttClientOptions options, CancellationToken ct)
    {
        var client = new MqttClient(options);
        try
        {
            await client.ConnectAsync(ct).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
