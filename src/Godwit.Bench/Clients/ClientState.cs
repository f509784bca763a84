namespace Godwit.Bench.Clients;

/// <summary>How far a connection is.</summary>
internal enum ClientState : byte
{
    Idle,
    Connecting,
    AwaitingConnack,
    AwaitingSuback,
    Ready,
    Closed,
}
