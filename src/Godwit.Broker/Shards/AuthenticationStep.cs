namespace Godwit.Broker.Shards;

/// <summary>Where a re-authentication stands (5.0 §4.12.1). Publishing goes on meanwhile.</summary>
internal enum AuthenticationStep : byte
{
    /// <summary>None is under way.</summary>
    None,

    /// <summary>The client has sent AUTH, and the host has not answered.</summary>
    AwaitingHost,

    /// <summary>The client has been sent AUTH, and has not answered.</summary>
    AwaitingClient,
}
