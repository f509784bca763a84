using System.Net.Security;

namespace Godwit.Client.Tests.Harness;

/// <summary>A connection to <see cref="TlsServer"/>.</summary>
/// <param name="Stream">The server's end.</param>
/// <param name="HasSentConnect">The client believed the server: it has sent its CONNECT, with name and password.</param>
public sealed record TlsVisit(SslStream Stream, bool HasSentConnect);
