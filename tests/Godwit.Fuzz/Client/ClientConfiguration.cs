using System.Text;
using Godwit.Client;
using Godwit.Fuzz.Engine;
using Godwit.Protocol;

namespace Godwit.Fuzz.Client;

/// <summary>One of 256 clients: protocol version, limits so low that they are reached, with and without connecting again.</summary>
internal static class ClientConfiguration
{
    /// <summary>The version that a configuration speaks.</summary>
    public static ProtocolVersion VersionOf(byte number) => (number % 5) switch
    {
        0 => ProtocolVersion.Mqtt31,
        1 => ProtocolVersion.Mqtt311,
        _ => ProtocolVersion.Mqtt5,
    };

    public static MqttClientOptions Create(byte number, Func<MqttClientOptions, CancellationToken, ValueTask<Stream>> open)
    {
        var random = new FuzzRandom(number, 0);
        var version = VersionOf(number);
        var isVersion5 = version == ProtocolVersion.Mqtt5;
        return new MqttClientOptions
        {
            Version = version,
            ClientId = "fuzz",
            CleanStart = random.OneIn(2),
            Reconnect = random.OneIn(2),
            ReconnectDelayMin = TimeSpan.Zero,
            ReconnectDelayMax = TimeSpan.Zero,
            ConnectAttemptsMax = 1,
            SessionExpiry = isVersion5 && random.OneIn(2) ? TimeSpan.FromMinutes(1) : TimeSpan.Zero,
            ReceiveMaximum = random.OneIn(2) ? 2 : 256,
            TopicAliasMaximum = isVersion5 && random.OneIn(2) ? 2 : 0,
            MaximumPacketSize = isVersion5 && random.OneIn(4) ? 40 : null,
            AuthenticationMethod = isVersion5 && random.OneIn(8) ? "m" : null,
            InFlightMax = random.OneIn(2) ? 1 : 256,
            SendQueueMax = random.OneIn(2) ? 2 : 10_000,
            MessageQueueMax = random.OneIn(2) ? 1 : 256,
            Will = random.OneIn(4) ? new MqttWill { Topic = "w", Payload = Encoding.UTF8.GetBytes("will") } : null,
            TimeProvider = new FrozenTime(),
            StreamFactory = open,
        };
    }

    /// <summary>Bytes that the server's end gives with one read: all, or a few.</summary>
    public static int ReadSizeOf(byte number) => (number / 5 % 4) switch
    {
        0 => 1,
        1 => 3,
        _ => int.MaxValue,
    };
}
