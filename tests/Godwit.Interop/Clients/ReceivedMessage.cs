using System.Text;

namespace Godwit.Interop.Clients;

/// <summary>A message as a client program showed it.</summary>
public sealed record ReceivedMessage(string Topic, byte[] Payload, int QoS, bool Retain, MessageProperties Properties)
{
    /// <summary>The payload as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);
}
