namespace Godwit.Bench.Sockets;

/// <summary>Something happened to a socket.</summary>
/// <param name="Client">Whose socket.</param>
/// <param name="Events">What.</param>
internal readonly record struct SocketEvent(int Client, SocketEvents Events);
