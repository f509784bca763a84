namespace Godwit.Server.Listeners.WebSockets;

/// <summary>Which of the subprotocols that a client offers is spoken (MQTT 5.0 §6).</summary>
internal static class Subprotocols
{
    /// <summary><c>mqtt</c> when it is offered [MQTT-6.0.0-3], else the first that begins with it, as <c>mqttv3.1</c> of old clients.</summary>
    /// <param name="headers">Values of Sec-WebSocket-Protocol: one header with a list, or several.</param>
    /// <returns>As the client has written it; null: none of MQTT was offered.</returns>
    internal static string? Choose(IEnumerable<string?> headers)
    {
        string? old = null;
        foreach (var header in headers)
        {
            foreach (var offered in (header ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (offered.Equals("mqtt", StringComparison.OrdinalIgnoreCase))
                {
                    return offered;
                }

                if (old is null && offered.StartsWith("mqtt", StringComparison.OrdinalIgnoreCase) && offered.All(IsTokenCharacter))
                {
                    old = offered;
                }
            }
        }

        return old;
    }

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
}
