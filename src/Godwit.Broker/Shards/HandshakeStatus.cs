namespace Godwit.Broker.Shards;

/// <summary>What <see cref="Handshake"/> makes of the bytes of a new connection.</summary>
public enum HandshakeStatus : byte
{
    /// <summary>CONNECT is not complete.</summary>
    Incomplete,

    /// <summary>CONNECT is complete and acceptable: post the connection to its shard.</summary>
    Accepted,

    /// <summary>Send the answer, if any, and close.</summary>
    Refused,
}
