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
        var version = arguments.Version ?? ProtocolVersion.Mqtt5;
        while (true)
        {
            var client = new MqttClient(arguments.ToOptions(version, trace));
            try
            {
                await client.ConnectAsync(ct).ConfigureAwait(false);
                return client;
            }
            catch (MqttConnectException exception) when (arguments.Version is null && version == ProtocolVersion.Mqtt5 && IsOldServer(exception))
            {
                version = ProtocolVersion.Mqtt311;
            }
        }
    }

    private static bool IsOldServer(MqttConnectException exception) =>
        exception.ReasonCode == ConnackReasonCode.UnsupportedProtocolVersion
        || exception.Failure == MqttConnectFailure.ClosedBeforeConnack;
}
