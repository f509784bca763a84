using Godwit.Protocol;

namespace Godwit.Client.Connections;

/// <summary>Checks <see cref="MqttClientOptions"/> once, before anything is done with them.</summary>
internal static class OptionsCheck
{
    /// <summary>Does nothing when all is well.</summary>
    /// <exception cref="ArgumentException">The first thing that is wrong, named.</exception>
    public static void Check(MqttClientOptions options)
    {
        if (options.Host.Length == 0)
        {
            throw new ArgumentException("The host is empty.", nameof(options));
        }

        CheckRange(options.Port, 1, 65_535, nameof(options.Port));
        CheckTls(options.Tls);
        CheckRange(options.ReceiveMaximum, 1, 65_535, nameof(options.ReceiveMaximum));
        CheckRange(options.MaximumPacketSize ?? 1, 1, int.MaxValue, nameof(options.MaximumPacketSize));
        CheckRange(options.TopicAliasMaximum, 0, 65_535, nameof(options.TopicAliasMaximum));
        CheckRange(options.InFlightMax, 1, 65_535, nameof(options.InFlightMax));
        CheckRange(options.SendQueueMax, 1, int.MaxValue, nameof(options.SendQueueMax));
        CheckRange(options.MessageQueueMax, 1, int.MaxValue, nameof(options.MessageQueueMax));
        CheckRange(options.ConnectAttemptsMax, 1, int.MaxValue, nameof(options.ConnectAttemptsMax));
        CheckRange((long)options.KeepAlive.TotalSeconds, 0, 65_535, nameof(options.KeepAlive));
        TextCheck.CheckSeconds(options.SessionExpiry, nameof(options.SessionExpiry));
        TextCheck.Encode(options.ClientId, nameof(options.ClientId));                       // [MQTT-3.1.3-4] [MQTT3-3.1.3-4]
        TextCheck.Encode(options.Username ?? "", nameof(options.Username));                 // [MQTT-3.1.3-12] [MQTT3-3.1.3-11]
        TextCheck.CheckBinary(options.Password, nameof(options.Password));
        TextCheck.CheckUserProperties(options.UserProperties, nameof(options.UserProperties));
        TextCheck.Encode(options.AuthenticationMethod ?? "", nameof(options.AuthenticationMethod));
        TextCheck.CheckBinary(options.AuthenticationData, nameof(options.AuthenticationData));
        if (options.AuthenticationData is not null && options.AuthenticationMethod is null)
        {
            throw new ArgumentException("Authentication data needs an authentication method.", nameof(options));
        }

        CheckWill(options.Will);
        if (options.Version != ProtocolVersion.Mqtt5)
        {
            CheckVersion3(options);
        }
    }

    private static void CheckTls(MqttTlsOptions? tls)
    {
        if (tls?.Authorities is { Count: 0 })
        {
            throw new ArgumentException("Tls.Authorities is empty, so no server would be believed.", nameof(tls));
        }

        if (tls?.Certificate is { HasPrivateKey: false })
        {
            throw new ArgumentException("Tls.Certificate has no private key.", nameof(tls));
        }
    }

    private static void CheckWill(MqttWill? will)
    {
        if (will is null)
        {
            return;
        }

        TextCheck.EncodeTopic(will.Topic, nameof(will));                                    // [MQTT-3.1.3-11] [MQTT3-3.1.3-10]
        TextCheck.CheckBinary(will.Payload, nameof(will));
        TextCheck.CheckSeconds(will.Delay, nameof(will));
        TextCheck.CheckMessageProperties(will.Properties, nameof(will));
        CheckRange((int)will.QoS, 0, 2, nameof(will));                                      // [MQTT-3.1.2-12] [MQTT3-3.1.2-14]
    }

    private static void CheckVersion3(MqttClientOptions options)
    {
        if (options.Password is not null && options.Username is null)
        {
            throw new ArgumentException("In MQTT 3 a password needs a user name.", nameof(options));        // [MQTT3-3.1.2-22]
        }

        if (options.ClientId.Length == 0 && !options.CleanStart)
        {
            throw new ArgumentException("In MQTT 3 a session that lasts needs a client id.", nameof(options));      // [MQTT3-3.1.3-7]
        }

        var hasProperties = options.SessionExpiry != TimeSpan.Zero
            || options.MaximumPacketSize is not null
            || options.TopicAliasMaximum != 0
            || options.RequestResponseInformation
            || !options.RequestProblemInformation
            || options.UserProperties.Count > 0
            || options.AuthenticationMethod is not null
            || (options.Will is { } will && (will.Delay != TimeSpan.Zero || PropertyTexts.EncodeMessageProperties(will.Properties).Length > 0));
        if (hasProperties)
        {
            throw new ArgumentException("Properties exist only in MQTT 5.0.", nameof(options));
        }
    }

    private static void CheckRange(long value, long minimum, long maximum, string name)
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {minimum} to {maximum}.");
        }
    }
}
