using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Transports;

/// <summary>AUTH packets between CONNECT and CONNACK (MQTT 5.0 §4.12), as both transports send and read them.</summary>
internal static class AuthPackets
{
    /// <summary>AUTH 0x18 with the method of CONNECT. [MQTT-4.12.0-2] [MQTT-4.12.0-5]</summary>
    internal static byte[] Continue(string method, ReadOnlySpan<byte> data)
    {
        using var properties = new PropertyWriter([]);
        properties.Add(PropertyId.AuthenticationMethod, method);
        if (!data.IsEmpty)
        {
            properties.Add(PropertyId.AuthenticationData, data);
        }

        var auth = new AuthPacket { ReasonCode = AuthReasonCode.ContinueAuthentication, Properties = properties.Block };
        var bytes = new byte[auth.Measure(ProtocolVersion.Mqtt5)];
        auth.Write(bytes, ProtocolVersion.Mqtt5);
        return bytes;
    }

    /// <summary>Reads the client's answer.</summary>
    /// <param name="input">Everything that came behind CONNECT and is not read yet.</param>
    /// <param name="method">Of CONNECT; the answer has to name the same.</param>
    /// <param name="sizeMax">Longest packet, in bytes.</param>
    /// <param name="data">Authentication Data, when it is complete; null: it is another packet, or wrong.</param>
    /// <param name="size">Bytes of the packet.</param>
    /// <returns>False: more bytes are needed.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> input, string method, int sizeMax, out ReadOnlyMemory<byte>? data, out int size)
    {
        data = null;
        var status = PacketFramer.TryRead(input, ProtocolVersion.Mqtt5, sizeMax, out var header, out var body, out size, out _);
        if (status == FrameStatus.Incomplete)
        {
            return false;
        }

        if (status == FrameStatus.Complete
            && header.Type == PacketType.Auth
            && AuthPacket.TryRead(body, ProtocolVersion.Mqtt5, PacketSender.Client, out var auth) == PacketError.None
            && auth.ReasonCode == AuthReasonCode.ContinueAuthentication             // [MQTT-4.12.0-3]
            && auth.Properties.TryGet(PropertyId.AuthenticationMethod, out var named)
            && named.Value.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(method)))
        {
            data = auth.Properties.TryGet(PropertyId.AuthenticationData, out var found) ? found.Value.ToArray() : ReadOnlyMemory<byte>.Empty;
        }

        return true;
    }

    /// <summary>What is asked with a way to send AUTH, where the client has named a method.</summary>
    internal static AuthenticationRequest With(AuthenticationRequest request, IAuthenticationExchange exchange) =>
        request.Method is null ? request : request with { Exchange = exchange };
}
