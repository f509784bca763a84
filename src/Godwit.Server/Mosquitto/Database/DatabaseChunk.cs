namespace Godwit.Server.Mosquitto.Database;

/// <summary>What a chunk of a <c>mosquitto.db</c> holds.</summary>
internal enum DatabaseChunk
{
    /// <summary>How the file was written.</summary>
    Configuration = 1,

    /// <summary>A message, for whoever waits for it.</summary>
    Message = 2,

    /// <summary>A message that waits for a client, or of which a client has not ended the exchange.</summary>
    Delivery = 3,

    /// <summary>A message that is retained.</summary>
    Retained = 4,

    /// <summary>A subscription.</summary>
    Subscription = 5,

    /// <summary>A session.</summary>
    Client = 6,
}
