namespace Godwit.Kills.Wire;

/// <summary>The connection has ended, in whatever way.</summary>
internal sealed class ConnectionLostException(string message, Exception? inner = null) : Exception(message, inner);
