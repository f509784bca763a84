using System.Net;

namespace Godwit.Server.Hosting;

/// <summary>One row of the start-up table.</summary>
/// <param name="Protocol">E.g. <c>mqtt</c>.</param>
/// <param name="EndPoint">The address and the port that was really bound.</param>
/// <param name="IsEncrypted">TLS.</param>
/// <param name="Audience">Who may connect, in words.</param>
public sealed record ListenerInfo(string Protocol, IPEndPoint EndPoint, bool IsEncrypted, string Audience)
{
    /// <summary>The row as it is printed, e.g. <c>mqtt  127.0.0.1:1883  not encrypted  everyone on this machine</c>.</summary>
    public override string ToString() =>
        $"{Protocol}  {EndPoint,-20}  {(IsEncrypted ? "encrypted" : "not encrypted")}  {Audience}";
}
