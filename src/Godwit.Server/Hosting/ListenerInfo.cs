using System.Net;
using System.Net.Sockets;

namespace Godwit.Server.Hosting;

/// <summary>One row of the start-up table.</summary>
/// <param name="Protocol"><c>mqtt</c>, <c>mqtts</c>, <c>ws</c> or <c>wss</c>.</param>
/// <param name="Place">What was really bound: an address with a port, or a Unix socket.</param>
/// <param name="IsEncrypted">TLS.</param>
/// <param name="Audience">Who may connect, in words.</param>
public sealed record ListenerInfo(string Protocol, EndPoint Place, bool IsEncrypted, string Audience)
{
    /// <summary>Address and port of a listener that is no Unix socket.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)Place;

    /// <summary>The row as it is printed, e.g. <c>mqtt  127.0.0.1:1883  not encrypted  everyone on this machine</c>.</summary>
    public override string ToString() =>
        $"{Protocol,-5} {(Place is UnixDomainSocketEndPoint ? $"unix:{Place}" : Place),-20}  {(IsEncrypted ? "encrypted" : "not encrypted"),-13}  {Audience}";
}
