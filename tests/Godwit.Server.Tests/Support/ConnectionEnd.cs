namespace Godwit.Server.Tests.Support;

/// <summary>How a connection ended for the client.</summary>
internal enum ConnectionEnd
{
    /// <summary>The server closed its side (FIN).</summary>
    Closed,

    /// <summary>The server cut the connection (RST).</summary>
    Reset,
}
