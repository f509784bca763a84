using System.Net.Sockets;
using Godwit.Client;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Cli.Clients;

/// <summary>What went wrong, as a line on standard error and as the exit code of the process.</summary>
internal static class ClientErrors
{
    /// <summary>Exit code for everything that no MQTT code describes.</summary>
    internal const int Failed = 1;

    /// <summary>Prints one line and gives the exit code.</summary>
    /// <returns>
    /// A CONNACK that refuses: its return code in 3.x (1 to 5), its reason code in 5.0. Another failure with a reason code: that. Else 1.
    /// </returns>
    internal static int Report(Exception exception, ClientArguments arguments)
    {
        var (text, exitCode) = Describe(exception, arguments);
        Console.Error.WriteLine(text);
        return exitCode;
    }

    private static (string Text, int ExitCode) Describe(Exception exception, ClientArguments arguments) => exception switch
    {
        MqttConnectException { ReturnCode: { } code } => ($"Connection error: Connection Refused: {DescribeReturnCode(code)}.", (int)code),
        MqttConnectException { ReasonCode: { } code } refusal => (DescribeRefusal(code, refusal.ServerReference), (int)code),
        MqttConnectException { InnerException: SocketException socket } => ($"Error: {DescribeSocket(socket, arguments)}", Failed),
        MqttRequestException request => ($"Error: {request.Message}", (int)request.ReasonCode),
        MqttConnectionLostException { ReasonCode: { } code } lost => ($"Error: {lost.Message}", (int)code),
        _ => ($"Error: {exception.Message}", Failed),
    };

    private static string DescribeRefusal(ConnackReasonCode code, string? serverReference)
    {
        var other = serverReference is null ? "" : $" The server names another: {serverReference}";
        return $"Connection error: {ReasonWords.Of((byte)code)}.{other}";
    }

    /// <summary>The words of Mosquitto's tools.</summary>
    private static string DescribeReturnCode(ConnackReturnCode code) => code switch
    {
        ConnackReturnCode.UnacceptableProtocolVersion => "unacceptable protocol version",
        ConnackReturnCode.IdentifierRejected => "identifier rejected",
        ConnackReturnCode.ServerUnavailable => "broker unavailable",
        ConnackReturnCode.BadUserNameOrPassword => "bad user name or password",
        _ => "not authorised",
    };

    private static string DescribeSocket(SocketException exception, ClientArguments arguments) => exception.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"Host not found: '{arguments.Host}' has no address.",
        SocketError.ConnectionRefused => $"Connection refused: nothing listens on {arguments.Host} port {arguments.Port}.",
        _ => $"{exception.Message} ({arguments.Host} port {arguments.Port})",
    };
}
