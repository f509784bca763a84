namespace Godwit.Protocol;

/// <summary>Which side sent a packet: some reason codes and properties belong to one side only.</summary>
public enum PacketSender : byte
{
    /// <summary>The client sent it; the broker reads it.</summary>
    Client,

    /// <summary>The server sent it; the client reads it.</summary>
    Server,
}
