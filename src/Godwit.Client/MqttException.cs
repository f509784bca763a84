namespace Godwit.Client;

/// <summary>Something that went wrong between this client and the server; the message says what, in one sentence.</summary>
public class MqttException : Exception
{
    /// <summary>With the message <c>MQTT error</c>.</summary>
    public MqttException()
        : base("MQTT error")
    {
    }

    /// <summary>With a message.</summary>
    public MqttException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public MqttException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
